"""Progress of a study: how much of its work is done, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Progress = Callable[[float, float], object]  # work done, all work
Item = TypeVar("Item")

_listener: ContextVar[Progress | None] = ContextVar("listener", default=None)


@contextmanager
def reported_to(progress: Progress | None) -> Iterator[None]:
    """Inside, the studies that run report their progress to a function; None for none.

    Args:
        progress: called with the work done and all work, which never falls.
    """
    before = _listener.set(None if progress is None else _rising(progress))
    try:
        yield
    finally:
        _listener.reset(before)


def _rising(progress: Progress) -> Progress:
    """As the function, called only where more is done than before."""
    most = 0.0

    def report(done: float, total: float) -> None:
        nonlocal most
        share = done / (total or 1.0)
        if share > most:
            most = share
            progress(done, total)

    return report


@contextmanager
def part(low: float, high: float) -> Iterator[None]:
    """Inside, all work counts as the part from ``low`` to ``high`` of the work outside.

    Args:
        low: what is done before, 0..1.
        high: what is done after, 0..1.
    """
    outside = _listener.get()
    if outside is None:
        yield
        return
    inside = _listener.set(lambda done, total: outside(low + (high - low) * done / (total or 1.0), 1.0))
    try:
        yield
    finally:
        _listener.reset(inside)
    outside(high, 1.0)


def advanced(done: float, total: float) -> None:
    """Reports that some of the work is done.

    Args:
        done: the work done.
        total: all of it, in the same unit.
    """
    listener = _listener.get()
    if listener is not None:
        listener(done, total)


def tracked(
    items: Iterable[Item], total: float, weight: Callable[[Item], float] = lambda _: 1.0
) -> Iterator[Item]:
    """The items one by one; when the next one is requested, the one before is reported as done.

    >>> reports = []
    >>> with reported_to(lambda done, total: reports.append((done, total))):
    ...     letters = list(tracked("ab", 2))
    >>> letters, reports
    (['a', 'b'], [(1.0, 2), (2.0, 2)])

    Args:
        items: any.
        total: the sum of their weights.
        weight: the work of one item; by default 1.
    """
    done = 0.0
    for item in items:
        yield item
        done += weight(item)
        advanced(done, total)
