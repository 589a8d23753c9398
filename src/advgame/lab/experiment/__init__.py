"""An experiment: read from TOML, split into units, measured by workers, journalled, written as tables."""
