"""Progress of long commands: a bar on a terminal, occasional lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer


@contextmanager
def progress_bar(doing: str) -> Iterator[Callable[[float, float], Any]]:
    """The part done, on standard error: a bar on a terminal, occasional lines elsewhere.

    Args:
        doing: what is being done.
    """
    from time import monotonic

    if not sys.stderr.isatty():
        last_line = monotonic()

        def tell(done: float, total: float) -> None:
            nonlocal last_line
            if monotonic() - last_line >= SECONDS_BETWEEN_PERCENTAGES:
                last_line = monotonic()
                typer.echo(f"{doing}: {100 * done / (total or 1):.0f} %", err=True)

        yield tell
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def measuring_bar() -> Iterator[Callable[[Any], Any]]:
    """Finished units, time left and the last unit: a bar on a terminal, occasional lines elsewhere."""
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    if not sys.stderr.isatty():
        last_line = monotonic()

        def tell(step: Any) -> None:
            nonlocal last_line
            if monotonic() - last_line >= SECONDS_BETWEEN_LINES or step.done == step.total:
                last_line = monotonic()
                typer.echo(f"{step.done} of {step.total} units, {_time_left(step.seconds_left)}", err=True)

        yield tell
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.description}"),
    )
    # refreshed at each unit: a thread that refreshes would keep the workers from being forked
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=None, left="")
        yield lambda step: bar.update(
            task,
            completed=step.done,
            total=step.total,
            description=step.doing,
            left=_time_left(step.seconds_left),
            refresh=True,
        )


@contextmanager
def rate_bar(units: str) -> Iterator[Callable[[int, int], Any]]:
    """Done units, the rate and the time left: a bar on a terminal, occasional lines elsewhere.

    Args:
        units: what is counted, in the plural.
    """
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    rate = _Rate(units)
    if not sys.stderr.isatty():
        last_line = monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal last_line
            line = rate.line(done, total, monotonic())
            if monotonic() - last_line >= SECONDS_BETWEEN_LINES:
                last_line = monotonic()
                typer.echo(line, err=True)

        yield tell
        return
    columns = (BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda done, total: bar.update(
            task, completed=done, total=total, description=rate.line(done, total, monotonic())
        )


class _Rate:
    """The rate since the first call, whose units were done by an earlier run.

    >>> rate = _Rate("cells")
    >>> rate.line(100, 1000, 0.0)
    '100 of 1,000 cells, time left not yet known'
    >>> rate.line(400, 1000, 3.0)
    '400 of 1,000 cells, 100 cells/s, under a minute left'
    """

    def __init__(self, units: str) -> None:
        self.units = units
        self.first: tuple[int, float] | None = None

    def line(self, done: int, total: int, now: float) -> str:
        """What is done, the rate and the time left.

        Args:
            done: units done.
            total: all units.
            now: seconds on a clock that never jumps.
        """
        self.first = self.first or (done, now)
        units, seconds = done - self.first[0], now - self.first[1]
        counted = f"{done:,} of {total:,} {self.units}"
        if units <= 0 or seconds <= 0:
            return f"{counted}, {_time_left(None)}"
        left = _time_left((total - done) * seconds / units)
        return f"{counted}, {units / seconds:,.0f} {self.units}/s, {left}"


SECONDS_BETWEEN_LINES = 60.0
SECONDS_BETWEEN_PERCENTAGES = 10.0


def _time_left(seconds: float | None) -> str:
    """The time left, in words.

    >>> _time_left(None), _time_left(40), _time_left(5400)
    ('time left not yet known', 'under a minute left', 'about 1 h 30 min left')
    """
    if seconds is None:
        return "time left not yet known"
    if seconds < SECONDS_BETWEEN_LINES:
        return "under a minute left"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"about {f'{hours} h ' if hours else ''}{minutes} min left"
