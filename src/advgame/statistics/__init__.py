"""Statistical estimates with their uncertainty, from counts and arrays."""
