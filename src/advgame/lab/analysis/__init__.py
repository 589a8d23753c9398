"""Studies of what an experiment has made: loss surfaces, importances of pruning, the reference page."""
