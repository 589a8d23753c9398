"""Compiled solvers of many games at once: each fills the caller's arrays and runs no Python per game."""
