"""Compiled solvers of many games at once: each fills the caller's arrays and runs no Python per game."""

from pathlib import Path

from advgame.equilibria.kernels.freshness import forget_outdated

forget_outdated(Path(__file__).parent)
