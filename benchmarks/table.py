"""The results as a table to read: medians, and how many times longer each peer takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.results import Result
from benchmarks.rows import ALL
from benchmarks.solvers import PEERS, Ours

NOTE = (
    "In brackets: how many times longer than ours; below 1 the peer is quicker. Where a peer lists fewer "
    "equilibria, its time for each is compared as well. Games of attrition, tournaments, Blotto and "
    "travellers are degenerate: ours lists all extreme equilibria, in whole numbers, where complete; "
    "the peers list in floats and do not say what is missing."
)
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def table(results: Iterable[Result]) -> str:
    """Markdown: one line per row, a column per solver."""
    rows: dict[str, dict[str, Result]] = {}
    for result in results:
        if result.part == "table":
            rows.setdefault(result.row, {})[result.solver] = result
    solvers = [Ours.name, *(name for name in PEERS if any(name in row for row in rows.values()))]
    lines = [["per game", "goal", "equilibria", "complete", *solvers, "one core ÷ more"]]
    lines += [_line(name, row, solvers, rows) for name, row in rows.items()]
    return _aligned(lines)


def class_table(results: Iterable[Result]) -> str:
    """Markdown for the classes: medians, equilibria found, and how many times longer peers take."""
    rows: dict[str, dict[str, Result]] = {}
    for result in results:
        rows.setdefault(result.row, {})[result.solver] = result
    solvers = list(dict.fromkeys(solver for row in rows.values() for solver in row))
    lines = [["median per game", "complete", *solvers]]
    for name, row in rows.items():
        ours = row.get(Ours.name)
        complete = f"{100 * float(ours.complete):.4g} %" if ours and ours.complete and "all" in name else ""
        lines.append([name, complete, *(_cell_of_class(row.get(solver), ours) for solver in solvers)])
    return f"{_aligned(lines)}\n\n{NOTE}"


def _cell_of_class(result: Result | None, ours: Result | None) -> str:
    listed = (
        "" if result is None or not result.equilibria_per_game else f", {result.equilibria_per_game} found"
    )
    return _cell(result, ours) + listed + _per_equilibrium(result, ours)


def _per_equilibrium(result: Result | None, ours: Result | None) -> str:
    """How many times longer a peer that lists fewer equilibria takes for each of them."""
    if result is None or ours is None or result.seconds is None or ours.seconds is None:
        return ""
    if not result.equilibria_per_game or not ours.equilibria_per_game:
        return ""
    found, all_of_them = float(result.equilibria_per_game), float(ours.equilibria_per_game)
    if not found < all_of_them or result.measurements != ours.measurements:  # or of other games
        return ""
    return f", {result.seconds / found / (ours.seconds / all_of_them):.3g}× for each"


def _line(
    name: str, row: dict[str, Result], solvers: Sequence[str], rows: dict[str, dict[str, Result]]
) -> list[str]:
    ours = row.get(Ours.name)
    cells = [_cell(row.get(solver), ours) for solver in solvers]
    if ours is None:
        return [name, "", "", "", *cells, ""]
    goal = f"{duration(float(ours.goal_seconds))}" if ours.goal_seconds else ""
    counted = bool(ours.complete) and ours.question == ALL  # the others ask for one answer
    complete = f"{100 * float(ours.complete):.4g} %" if counted else ""
    return [name, goal, ours.equilibria_per_game, complete, *cells, _gain(ours, rows)]


def _cell(result: Result | None, ours: Result | None) -> str:
    if result is None:
        return ""
    if result.seconds is None:
        return result.outcome
    shown = duration(result.seconds)
    if ours is None or ours.seconds is None or result.solver == ours.solver:
        return shown
    return f"{shown} ({result.seconds / ours.seconds:.3g}×)"


def _gain(ours: Result, rows: dict[str, dict[str, Result]]) -> str:
    alone = rows.get(ours.row.partition(f", {ours.threads} cores")[0], {}).get(Ours.name)
    if ours.threads == 1 or alone is None or alone.seconds is None or ours.seconds is None:
        return ""
    return f"{alone.seconds / ours.seconds:.2f}"


def duration(seconds: float) -> str:
    """A time in the unit that reads best.

    >>> duration(0.0000123), duration(2.0)
    ('12.3 µs', '2 s')
    """
    scale, unit = next((each for each in UNITS if seconds >= each[0]), UNITS[-1])
    return f"{seconds / scale:.3g} {unit}"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    return "\n".join([drawn[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *drawn[1:]])
