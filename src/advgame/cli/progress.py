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
