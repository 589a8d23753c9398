"""Batch solvers: certified solutions of many games, given as arrays, on all threads."""
