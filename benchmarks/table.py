"""The results as a table to read: medians, and how many times longer each peer takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.results import Result
from benchmarks.rows import ALL, ONE
from benchmarks.solvers import PEERS, Ours

NOTE = (
    "Medians of CPU seconds of warm answers to the same game. In brackets: how many times longer than ours; "
    "below 1 the peer is quicker. Lists are compared with lists, one equilibrium with one. Where a peer's "
    "list holds only part of the equilibria, the row says so, and compares it with our answer of one "
    "equilibrium as well. Games of attrition, tournaments, Blotto and travellers are degenerate: ours lists "
    "all extreme equilibria, in whole numbers, where complete; the peers list in floats and do not say what "
    "is missing. One equilibrium of a small game takes ours about 20 µs, nearly all of it Python that checks "
    "for large constants and makes profile, certificate and solution; QuantEcon is quicker there. Dual "
    "cyclic games of 10×10 are near ties within rounding: ours lists their equilibria in exact arithmetic, "
    "with proof, in 2 to 4 s; QuantEcon lists them in floats, without proof, in 25 ms."
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
        one = rows.get(name.replace(ALL, ONE), {}).get(Ours.name)
        complete = f"{100 * float(ours.complete):.4g} %" if ours and ours.complete and ALL in name else ""
        lines.append([name, complete, *(_cell_of_class(row.get(solver), ours, one) for solver in solvers)])
    return f"{_aligned(lines)}\n\n{NOTE}"


def _cell_of_class(result: Result | None, ours: Result | None, one: Result | None) -> str:
    """A time, its ratio to ours, and where all equilibria are asked for how many were found.

    Args:
        result: of the solver.
        ours: our answer to the same question.
        one: our answer of one equilibrium of the same games.
    """
    cell = _cell(result, ours)
    if result is None or result.question != ALL or not result.equilibria_per_game:
        return cell
    if not _is_part(result, ours):
        return f"{cell}, {result.equilibria_per_game} found"
    cell += f", only {result.equilibria_per_game} of {ours.equilibria_per_game if ours else ''} found"
    if one is None or one.seconds is None or result.seconds is None:
        return cell
    return f"{cell}; {result.seconds / one.seconds:.3g}× our one equilibrium"


def _is_part(result: Result, ours: Result | None) -> bool:
    """Whether a peer finds fewer equilibria of the same games than ours."""
    if ours is None or not ours.equilibria_per_game or result.measurements != ours.measurements:
        return False
    return float(result.equilibria_per_game) < float(ours.equilibria_per_game)


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
    scale, unit = next((unit for unit in UNITS if seconds >= unit[0]), UNITS[-1])
    return f"{seconds / scale:.3g} {unit}"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    return "\n".join([drawn[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *drawn[1:]])
