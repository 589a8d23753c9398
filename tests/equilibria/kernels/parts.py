"""Parts of kernels, which only compiled code can call, made callable by tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def callable_part(part: Any) -> Callable[..., Any]:
    """A compiled function that does nothing but call a part."""

    @numba.njit
    def call(*given: Any) -> Any:
        return part(*given)

    called: Callable[..., Any] = call
    return called
