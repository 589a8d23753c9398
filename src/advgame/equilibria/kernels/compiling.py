"""How kernels are compiled, and where their code is cached: on disk, or in memory if no folder is writable.

numba keeps compiled code beside the source, in NUMBA_CACHE_DIR or in the user's cache folder, and raises an
error where none of them can be written. A locked-down container then gets a temporary folder, and one
without any writable folder compiles in memory.
"""

from __future__ import annotations

import atexit
import logging
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import event

from advgame.equilibria.kernels.cache import forget_outdated
from advgame.equilibria.kernels.parts import PartCompiler

SECONDS = 15  # of CPU time that the kernels of one command take to compile, about
COMPILING = "Compiling the solvers once; about %d seconds …"
NOT_KEPT = (
    "Compiled solvers cannot be kept, because neither %s nor the user's cache folder can be written: every "
    "process compiles them anew. Set NUMBA_CACHE_DIR to a folder that can be written."
)
LOG = logging.getLogger("advgame")


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """numba's decorator; compiled code is cached on disk if a folder is writable."""
    decorate: Callable[[Callable[..., Any]], Any] = numba.njit(cache=KEPT is not None, **options)
    return decorate


def part(*, allocates: bool = False, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """As ``njit``, for functions called by compiled code only: they are compiled with their caller.

    Args:
        allocates: whether the function makes arrays, or calls one that does. Elsewhere references to arrays
            are not counted, as the caller holds them all: there is less code to compile.
        options: as for ``numba.njit``.
    """
    options |= {"pipeline_class": PartCompiler, "_nrt": allocates}
    options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    decorate: Callable[[Callable[..., Any]], Any] = numba.njit(**options)
    return decorate


def folder_of_compiled_code() -> Path | None:
    """The cache folder of compiled kernels; None if there is none."""
    folder = _folder_of_numba()
    if folder is not None:
        return folder
    LOG.warning(NOT_KEPT, Path(__file__).parent / "__pycache__")
    try:
        temporary = tempfile.mkdtemp(prefix="advgame-compiled-")
    except OSError:
        return None
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    vars(numba.config)["CACHE_DIR"] = temporary
    return _folder_of_numba()


def _folder_of_numba() -> Path | None:
    """The folder that numba chooses for code of this file when it decorates a function."""
    try:
        return Path(str(numba.njit(cache=True)(_nothing).stats.cache_path))
    except RuntimeError:  # no folder can be written
        return None


def _nothing() -> None:
    """A function that is never compiled."""


class Announcement(event.Listener):
    """Announces once per process that kernels are being compiled."""

    def __init__(self) -> None:
        self.made = False

    def on_start(self, event: Any) -> None:
        """Called by numba before it compiles any function, of this package or of another."""
        ours = event.data["dispatcher"].py_func.__module__.startswith(__package__)
        if ours and not self.made:
            self.made = True
            LOG.info(COMPILING, SECONDS)

    def on_end(self, event: Any) -> None:
        """Called by numba afterwards."""


KEPT = folder_of_compiled_code()
if KEPT is not None:
    forget_outdated(Path(__file__).parent, KEPT)
event.register("numba:compile", Announcement())
