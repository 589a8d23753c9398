"""Progress of long commands: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer


@contextmanager
def progress_bar(doing: str) -> Iterator[Callable[[int, int], Any] | None]:
    """A bar on standard error where that is a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def measuring_bar() -> Iterator[Callable[[Any], Any]]:
    """Units done, time left and what was done last: a bar on a terminal, now and then a line elsewhere."""
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    if not sys.stderr.isatty():
        told = monotonic()

        def tell(step: Any) -> None:
            nonlocal told
            if monotonic() - told >= SECONDS_BETWEEN_LINES or step.done == step.total:
                told = monotonic()
                typer.echo(f"{step.done} of {step.total} units, {_time_left(step.seconds_left)}", err=True)

        yield tell
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, left="")
        yield lambda step: bar.update(
            task,
            completed=step.done,
            total=step.total,
            description=step.doing,
            left=_time_left(step.seconds_left),
        )


SECONDS_BETWEEN_LINES = 60.0


def _time_left(seconds: float | None) -> str:
    """The time left, in words.

    >>> _time_left(None), _time_left(40), _time_left(5400)
    ('time left not known yet', 'under a minute left', 'about 1 h 30 min left')
    """
    if seconds is None:
        return "time left not known yet"
    if seconds < SECONDS_BETWEEN_LINES:
        return "under a minute left"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"about {f'{hours} h ' if hours else ''}{minutes} min left"
