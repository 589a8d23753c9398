"""Test workers share their work: each kernel is compiled by one of them, and one of them has the browser."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSER = "tests/browser/"
HELD: set[str] = set()  # kernels that this process is compiling; compiling one may ask for it again


def pytest_configure(config: pytest.Config) -> None:
    """Lets each worker wait for another one that is compiling the same kernel, and load what that one stored.

    numba looks into its cache before it compiles, but two workers that start together both find it empty.
    """
    if hasattr(config, "workerinput"):
        compile_each_kernel_once()


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Gives all tests in a browser to one worker, so that one browser and one dashboard are started."""
    from xdist.scheduler import LoadFileScheduling

    class OneBrowser(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else str(super()._split_scope(nodeid))

    return OneBrowser(config, log) if config.getoption("dist") == "loadfile" else None


def compile_each_kernel_once() -> None:
    """Replaces numba's method that loads or compiles a function."""
    from numba.core.caching import FunctionCache
    from numba.core.compiler_lock import global_compiler_lock
    from numba.core.dispatcher import Dispatcher

    compile_one = Dispatcher.compile

    def compile_once(self: Any, signature: Any) -> Any:
        if not isinstance(self._cache, FunctionCache):
            return compile_one(self, signature)
        # numba's own lock is taken first: a thread that waited for it with the file locked could deadlock.
        with global_compiler_lock, locked(Path(self._cache.cache_path), name_of(self)):
            return compile_one(self, signature)

    Dispatcher.compile = compile_once


def name_of(dispatcher: Any) -> str:
    function = dispatcher.py_func
    return f"{function.__module__}.{function.__qualname__}".replace("<", "").replace(">", "")


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Waits until no other process is inside with the same name."""
    if name in HELD:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    HELD.add(name)
    try:
        with (folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    finally:
        HELD.discard(name)
