"""Algorithms for one game of any kind, and what several of them share."""
