"""Compiles, once per machine, the code that solves single games."""

from __future__ import annotations

from advgame.equilibria.algorithms.lemke_howson import compile_path
from advgame.equilibria.algorithms.vertex_matching import compile_search
from advgame.equilibria.algorithms.whole_enumeration import compile_whole_search
from advgame.equilibria.rank_one.compiled_path import compile_walks


def compile_solvers() -> None:
    """Compiles what `solve` runs faster with, and keeps it in numba's cache: under a minute, once.

    `solve` itself never waits for a compiler: where this code is not compiled yet, it runs in Python. Batches
    compile what they need when they are first called. Call this after an installation, or when the image of
    a container is built; if the code is compiled already, it takes no time.

    >>> compile_solvers()  # doctest: +SKIP
    """
    for compile_part in (compile_path, compile_search, compile_whole_search, compile_walks):
        compile_part()
