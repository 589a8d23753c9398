"""Whether the code of a compiled function is at hand, so that nobody waits for a compiler unasked."""

from __future__ import annotations

import sys
from typing import Any

WORTH_LOADING = 9  # strategies of both players: smaller games are listed before numba is imported


def worth_asking(strategies: int) -> bool:
    """Whether a game is large enough, or numba loaded already, for compiled code to be looked for."""
    return "numba" in sys.modules or strategies >= WORTH_LOADING


def is_ready(function: Any, *arguments: Any) -> bool:
    """Whether calling a function compiles nothing: it is loaded, or its code is in numba's cache.

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
