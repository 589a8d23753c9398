"""A table of measurements without contradictory duplicates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from advgame.errors import MeasurementError
from advgame.measurements.measurement import Column, Measurement
from advgame.measurements.radii import same_radius


@dataclass(frozen=True)
class MeasurementTable:
    """Measurements in order, each cell once; radii that differ only by rounding are merged.

    Raises:
        MeasurementError: when there is no row, or two rows have different values for one cell.
    """

    rows: tuple[Measurement, ...]

    def __post_init__(self) -> None:
        if not self.rows:
            raise MeasurementError("The table has no rows; give at least one measurement.")
        object.__setattr__(self, "rows", _each_cell_once(self.rows))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self.rows)

    @cached_property
    def defences(self) -> tuple[str, ...]:
        """The defences in order of appearance."""
        return tuple(dict.fromkeys(row.defence for row in self.rows))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order of appearance."""
        return tuple(dict.fromkeys(row.column for row in self.rows))

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """The data sets in order of appearance."""
        return tuple(dict.fromkeys(row.dataset for row in self.rows))

    @cached_property
    def networks(self) -> tuple[str, ...]:
        """The networks in order of appearance."""
        return tuple(dict.fromkeys(row.network for row in self.rows))

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The sources in order of appearance."""
        return tuple(dict.fromkeys(row.source for row in self.rows if row.source))

    def keep(self, wanted: Callable[[Measurement], bool]) -> MeasurementTable:
        """The rows that satisfy a condition.

        Raises:
        MeasurementError: when no row is left.
        """
        kept = tuple(row for row in self.rows if wanted(row))
        if not kept:
            raise MeasurementError("The selection leaves no rows; widen it.")
        return MeasurementTable(kept)


def _each_cell_once(rows: Iterable[Measurement]) -> tuple[Measurement, ...]:
    cells: dict[tuple[object, ...], Measurement] = {}
    for row in _with_one_radius_each(rows):
        cell = (row.dataset, row.network, row.defence, row.column, row.metric, row.seed)
        known = cells.setdefault(cell, row)
        if known is not row and known.accuracy == row.accuracy:
            both = tuple(dict.fromkeys((*known.warnings, *row.warnings)))
            cells[cell] = replace(known, warnings=both)
        if known.accuracy != row.accuracy:
            raise MeasurementError(
                f"Two rows for {row.row_name}, metric {row.metric}: accuracy {known.accuracy} and "
                f"{row.accuracy}; keep one of them, or give them different seeds."
            )
    return tuple(cells.values())


def _with_one_radius_each(rows: Iterable[Measurement]) -> Iterator[Measurement]:
    """The rows; radii of an attack that differ only by rounding (8/255 and 0.03137) become the first one."""
    radii: dict[tuple[str, str | None, str | None], list[float]] = {}
    for row in rows:
        if row.radius is None:
            yield row
            continue
        known = radii.setdefault((row.attack, row.norm, row.source_model), [])
        first = next((radius for radius in known if same_radius(radius, row.radius)), None)
        if first is None:
            known.append(row.radius)
        yield row if first in (None, row.radius) else replace(row, radius=first)
