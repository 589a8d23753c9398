"""Analyses of an experiment: pictures of networks, pruning importances, the reference page."""
