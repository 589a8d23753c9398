"""Whether a call of a compiled function would start the compiler; `solve` uses Python in that case."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from os import environ
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from advgame.arrays import FloatArray

WORTH_LOADING = 9  # strategies of both players: smaller games are listed before numba is imported

_missing: set[Any] = set()  # functions that this process has found neither loaded nor on disk


def worth_loading(strategies: int) -> bool:
    """Whether numba is loaded already, or the game so large that loading it saves time."""
    return "numba" in sys.modules or strategies >= WORTH_LOADING


def is_cached(function: Any, arguments: Callable[[], Sequence[Any]]) -> bool:
    """As ``is_ready``, for a function that is only ever called with arguments of the same types.

    The disk is searched once per process.

    Args:
        function: made by ``numba.njit(cache=True)``.
        arguments: makes arguments of these types, if they are needed.
    """
    if function.overloads:
        return True
    if function in _missing:
        return False
    ready = is_ready(function, *arguments())
    if not ready:
        _missing.add(function)
    return ready


def as_writable(payoffs: FloatArray) -> FloatArray:
    """A writable view of read-only payoffs, for kernels that only read them.

    For read-only arrays, numba would compile every kernel a second time. The memory is shared.
    """
    owner = payoffs.base
    if isinstance(owner, np.ndarray) and owner.shape == payoffs.shape and owner.flags.carray:
        return owner
    rows = np.ascontiguousarray(payoffs)
    known = rows.__array_interface__
    lender = SimpleNamespace(__array_interface__=known | {"data": (known["data"][0], False)}, kept=rows)
    return np.asarray(lender)


def may_be_on_disk(name: str) -> bool:
    """Whether compiled code of a kernel may exist in a cache folder; does not load numba.

    Args:
        name: how numba calls its files, such as ``rank_one_solver.solve_some``, or the start of it.
    """
    index = f"{name}*.nbi"
    elsewhere = environ.get("NUMBA_CACHE_DIR")
    if elsewhere:
        return any(Path(elsewhere).glob(f"{Path(__file__).parent.name}_*/{index}"))
    folder = Path(__file__).parent / "__pycache__"
    return any(folder.glob(index)) or not (folder / "made_of.json").exists()


def is_ready(function: Any, *arguments: Any) -> bool:
    """Whether a function can be called without compiling: it is loaded, or its code is in numba's cache.

    Args:
        function: made by ``numba.njit(cache=True)``.
        arguments: of the types the function will be called with; their values do not matter.

    Returns:
        False also where the cache cannot be read.
    """
    from numba import typeof

    types = tuple(typeof(argument) for argument in arguments)
    if types in function.overloads:
        return True
    try:
        cache = function._cache
        return cache._index_key(types, function.targetctx.codegen()) in cache._cache_file._load_index()
    except Exception:  # no cache, a folder that cannot be read, a numba that keeps its index otherwise
        return False
