"""Algorithms for single games, and code they share."""
