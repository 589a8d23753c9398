"""Work that stops in time: a deadline that is asked, and a stop for code that never asks."""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

Answer = TypeVar("Answer")


class TimeUp(Exception):
    """The time allowed for a computation is over."""


@dataclass(frozen=True)
class Deadline:
    """A number of seconds from now on."""

    seconds: float
    started: float = field(default_factory=monotonic)

    @property
    def left(self) -> float:
        """The seconds that are left, 0 once the time is over."""
        return max(0.0, self.started + self.seconds - monotonic())

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return monotonic() - self.started > self.seconds

    def check(self) -> None:
        """Raises TimeUp once the time is over."""
        if self.over:
            raise TimeUp


ALWAYS = Deadline(math.inf)  # as long as it takes


def within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """What ``work`` returns, if it is done in time; pure-Python loops that never end are broken.

    The work runs in a thread of its own, into which TimeUp is raised when the time is over: signals
    would only work in a main thread, and a dashboard has none.

    >>> within(1.0, lambda: 42)
    42

    Raises:
        TimeUp: when it is not.
    """
    outcome: list[Answer] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as problem:
            failure.append(problem)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    while thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUp)
        )
        thread.join(0.05)
    if failure:
        raise failure[0]
    return outcome[0]
