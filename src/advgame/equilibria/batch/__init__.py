"""Many games at once: arrays in, certified answers out, on all threads."""
