"""Fitting of weights: the training loop, its task, and the contract of a defence."""
