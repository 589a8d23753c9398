"""Pools the seeds of one cell into one row: mean, spread and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from statistics import fmean, stdev

from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable


@lru_cache(maxsize=64)
def pool_seeds(table: MeasurementTable) -> MeasurementTable:
    """One row per cell, with all seeds pooled.

    Counts are added if every seed has them. A cell that lacks seeds of the network's other cells gets a
    warning, because means over different sets of runs must not be paired. The result is cached.
    """
    cells: dict[tuple[object, ...], list[Measurement]] = {}
    seeds: dict[tuple[str, str, str], set[int | None]] = {}
    for row in table:
        cells.setdefault((row.dataset, row.network, row.defence, row.column, row.metric), []).append(row)
        seeds.setdefault((row.dataset, row.network, row.defence), set()).add(row.seed)
    pooled = (
        _pool(rows, seeds[rows[0].dataset, rows[0].network, rows[0].defence]) for rows in cells.values()
    )
    return MeasurementTable(tuple(pooled))


def _pool(rows: Sequence[Measurement], seeds: set[int | None]) -> Measurement:
    first = rows[0]
    missing = len(seeds) - len(rows)
    warnings = dict.fromkeys(warning for row in rows for warning in row.warnings)
    if missing:
        warnings["a mean over fewer runs than this network's other cells: do not pair them"] = None
    if len(rows) == 1:
        return replace(first, warnings=tuple(warnings))
    accuracy, tested = _mean(rows), _total([row.tested for row in rows])
    counted = tested if all(row.correct is not None for row in rows) else None
    return replace(
        first,
        accuracy=accuracy,
        # not the sum of the counts: those of a network that answers at random are rounded means
        correct=None if counted is None else round(accuracy * counted),
        tested=tested,
        seconds=_total([row.seconds for row in rows]),
        runs=len(rows),
        std=stdev(row.accuracy for row in rows),
        seed=None,
        warnings=tuple(warnings),
    )


def _mean(rows: Sequence[Measurement]) -> float:
    """The mean accuracy; runs with more test inputs weigh more."""
    tested = [row.tested for row in rows]
    if None in tested or len(set(tested)) == 1:
        return fmean(row.accuracy for row in rows)
    return fmean((row.accuracy for row in rows), tested)  # type: ignore[arg-type]


def _total(parts: Sequence[float | int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None  # type: ignore[return-value]
