"""Whether `advgame compile` has compiled the kernels as they are now, for this processor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from advgame.equilibria.kernels.cache import digest, sources_in
from advgame.equilibria.kernels.compiling import KEPT

MARK = "compiled_ahead.json"  # beside the compiled code


def mark_compiled_ahead() -> None:
    """Notes beside the compiled code that all of it is there."""
    if KEPT is not None:
        (KEPT / MARK).write_text(json.dumps(_state()), encoding="utf-8")


def is_compiled_ahead() -> bool:
    """Whether the kernels are on disk; also true where nothing can be kept, as compiling ahead is of no use.

    A kernel that has changed since, another numba or another processor need it anew.
    """
    if KEPT is None:
        return True
    try:
        return bool(json.loads((KEPT / MARK).read_text(encoding="utf-8")) == _state())
    except (OSError, ValueError):
        return False


def _state() -> dict[str, Any]:
    import numba
    from numba.core.registry import cpu_target

    sources = sources_in(Path(__file__).parent)
    return {
        "numba": numba.__version__,
        "processor": list(cpu_target.target_context.codegen().magic_tuple()),
        "kernels": {name: digest(sources, name) for name in sources},
    }
