"""Ctrl-C and SIGTERM end a command with one line: what is kept and how to continue."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """The command was stopped by a signal. Not a `KeyboardInterrupt`, for which typer prints "Aborted!"."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.kept = ""

    @property
    def exit_code(self) -> int:
        """The exit code for the signal: 130 for Ctrl-C, 143 for SIGTERM.

        >>> Stopped(signal.SIGINT).exit_code, Stopped(signal.SIGTERM).exit_code
        (130, 143)
        """
        return 128 + self.number

    def __str__(self) -> str:
        by = "Ctrl-C" if self.number == signal.SIGINT else signal.Signals(self.number).name
        return f"Stopped by {by}. {self.kept}".rstrip()


@contextmanager
def stop_signals() -> Iterator[None]:
    """A context in which Ctrl-C and SIGTERM raise `Stopped`; a second signal ends the process at once.

    A signal that the caller ignores, as under ``nohup``, stays ignored. Outside the main thread, where Python
    does not allow signal handlers, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) or signal.SIG_DFL for number in SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: FrameType | None) -> None:
    for name in SIGNALS:
        signal.signal(name, signal.SIG_DFL)
    raise Stopped(number)


@contextmanager
def when_stopped(kept: str | Callable[[], str]) -> Iterator[None]:
    """A context that adds to `Stopped` what is kept and how to continue.

    Args:
        kept: complete sentences, such as "rows.csv was not written. Run the command again to start over.",
            or a function that returns them when the command is stopped.
    """
    try:
        yield
    except Stopped as stop:
        stop.kept = kept if isinstance(kept, str) else kept()
        raise
