"""Analyses of an experiment: loss surfaces, pruning importances, the reference page."""
