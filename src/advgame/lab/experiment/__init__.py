"""An experiment: read from TOML, cut into units, measured by workers, journalled, written as tables."""
