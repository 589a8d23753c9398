"""Units worked on in this process: starting a worker that imports torch takes longer than small units do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from advgame.lab.experiment import run as measuring


class HereAndNow:
    """Workers that are no processes."""

    def submit(self, work: Callable[..., float], *given: Any) -> Future[float]:
        future: Future[float] = Future()
        try:
            future.set_result(work(*given))
        except Exception as problem:  # as a process does
            future.set_exception(problem)
        return future


@contextmanager
def in_this_process() -> Iterator[None]:
    """Within it, `measure` starts no processes."""

    @contextmanager
    def pool(_: int, **__: Any) -> Iterator[HereAndNow]:
        yield HereAndNow()

    before = measuring.worker_pool
    measuring.worker_pool = pool  # type: ignore[assignment]
    try:
        yield
    finally:
        measuring.worker_pool = before
