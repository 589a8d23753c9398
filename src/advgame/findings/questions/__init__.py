"""One question of the field per file: a function from measured tables to a `Finding`."""
