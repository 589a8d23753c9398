"""What the Parquet file of a sweep contains: counts per regime, extremes and maps; memory stays small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.errors import InputError
from advgame.jobs.chunk_rows import CELL, DRAW, ERROR, REGIME, SCENARIO, VALUES

FAILURES_LISTED = 20
EXTREMES = ("defender_value", "attacker_value", "expected_share")
TEXTS = (SCENARIO, REGIME, ERROR)
COMPLETE = "complete"


@dataclass(frozen=True)
class Extreme:
    """The row in which a column is least or greatest."""

    column: str
    is_greatest: bool
    value: float
    cell: int
    scenario: str
    point: Mapping[str, float]  # address → value
    regime: str


@dataclass(frozen=True)
class SweepSummary:
    """Counts over all rows of a sweep."""

    cells: int
    scenarios: Mapping[str, int]  # name → rows
    regimes: Mapping[str, int]  # text → rows, the most frequent first
    incomplete: int  # solved rows in which further equilibria may exist
    failed: int
    failures: tuple[tuple[int, str], ...]  # the first failed cells, with the reasons
    largest_regret: float
    extremes: tuple[Extreme, ...]


@dataclass(frozen=True, eq=False)
class RegimeMap:
    """The most frequent regime in each field of a grid over two parameters."""

    x: str
    y: str
    x_edges: FloatArray  # (columns + 1,)
    y_edges: FloatArray  # (rows + 1,)
    regimes: tuple[str, ...]  # the most frequent first
    which: NDArray[np.int64]  # (rows, columns) place of the regime; -1 where no cell lies


@dataclass(frozen=True, eq=False)
class SweepReader:
    """The Parquet file of a sweep. Every method reads one row group after the other.

    Raises:
        InputError: if it is no Parquet file, or not one of a sweep.
    """

    path: Path

    def __post_init__(self) -> None:
        if not _is_of_a_sweep(self._schema):
            raise InputError(f"{self.path} is no table of a sweep; expected one that `advgame sweep` wrote.")

    @cached_property
    def _schema(self) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_schema(self.path)
        except (pa.ArrowException, OSError, ValueError):
            raise InputError(f"{self.path} is no Parquet file, or not a whole one.") from None

    @cached_property
    def _file(self) -> Any:
        import pyarrow.parquet as pq

        return pq.ParquetFile(self.path, read_dictionary=[*TEXTS])  # columns that are there: `_schema`

    @property
    def parameters(self) -> tuple[str, ...]:
        """The addresses of the parameters that vary."""
        names = self._schema.names
        between = names[names.index(CELL) + 1 : names.index(REGIME)]
        return tuple(name for name in between if name != DRAW)

    def regimes(self) -> dict[str, int]:
        """How many rows have each regime, the most frequent first; faster than `summary`.

        Raises:
            InputError: for a damaged file.
        """
        counts: Counter[str] = Counter()
        with self._readable():
            for rows in self._groups([REGIME]):
                _count(counts, rows.column(REGIME))
        return dict(counts.most_common())

    def summary(self) -> SweepSummary:
        """The counts per regime, the extremes, and what could not be solved or proven.

        Raises:
            InputError: for a damaged file.
        """
        with self._readable():
            return self._summary()

    def _summary(self) -> SweepSummary:
        scenarios: Counter[str] = Counter()
        regimes: Counter[str] = Counter()
        failures: list[tuple[int, str]] = []
        cells = incomplete = failed = 0
        regret, extremes = 0.0, _Extremes(self.parameters)
        columns = [SCENARIO, CELL, *self.parameters, REGIME, *VALUES, COMPLETE, ERROR]
        for rows in self._groups(columns):
            cells += len(rows)
            _count(scenarios, rows.column(SCENARIO))
            _count(regimes, rows.column(REGIME))
            incomplete += int((~_numpy(rows.column(COMPLETE).fill_null(True))).sum())
            failed_in_group = len(rows) - rows.column(ERROR).null_count
            failed += failed_in_group
            if failed_in_group and len(failures) < FAILURES_LISTED:
                failures += _failures(rows)[: FAILURES_LISTED - len(failures)]
            regret = max(regret, float(np.max(_numpy(rows.column(VALUES[3]).fill_null(0.0)), initial=0.0)))
            extremes.add(rows)
        return SweepSummary(
            cells,
            dict(scenarios),
            dict(regimes.most_common()),
            incomplete,
            failed,
            tuple(failures),
            regret,
            extremes.listed,
        )

    def map(
        self, x: str | None = None, y: str | None = None, *, columns: int = 60, rows: int = 20
    ) -> RegimeMap:
        """The most frequent regime in each field of a grid over two parameters.

        Args:
            x: address of the horizontal parameter; by default the last one, or the other one than ``y``.
            y: address of the vertical parameter; by default the first one, or the other one than ``x``.
            columns: number of fields across.
            rows: number of fields down; 1 if the sweep varies one parameter.

        Raises:
            InputError: for a parameter that the sweep does not vary, and for a damaged file.
        """
        x, y = self._axes(x, y)
        with self._readable():
            return self._map(x, y, columns, rows)

    def _map(self, x: str, y: str, columns: int, rows: int) -> RegimeMap:
        edges = {name: _edges(*self._range_of(name), count) for name, count in ((x, columns), (y, rows))}
        if x == y:
            edges[y], rows = np.array([-np.inf, np.inf]), 1
            x_edges = _edges(*self._range_of(x), columns)
        else:
            x_edges = edges[x]
        counts: dict[str, NDArray[np.int64]] = {}
        for group in self._groups([*dict.fromkeys((x, y)), REGIME]):
            across = _fields(_numpy(group.column(x)), x_edges)
            down = np.zeros(len(across), np.int64) if x == y else _fields(_numpy(group.column(y)), edges[y])
            regimes = group.column(REGIME).combine_chunks()
            names = regimes.dictionary.to_pylist()
            codes = _numpy(regimes.indices.fill_null(len(names)))
            fields = rows * columns
            cells = np.bincount(codes * fields + down * columns + across, minlength=(len(names) + 1) * fields)
            for text, count in zip(names, cells.reshape(-1, rows, columns), strict=False):
                counts[text] = counts.get(text, 0) + count
        order = sorted(counts, key=lambda text: -int(counts[text].sum()))
        table = np.array([np.zeros((rows, columns), np.int64), *(counts[text] for text in order)])
        which = table.argmax(axis=0) - 1  # the first layer, of zeros, is the greatest where no cell lies
        return RegimeMap(x, y, x_edges, edges[y], tuple(order), which)

    def _axes(self, x: str | None, y: str | None) -> tuple[str, str]:
        known = self.parameters
        for name in (x, y):
            if name is not None and name not in known:
                raise InputError(f"The sweep does not vary {name!r}; it varies {', '.join(known)}.")
        x = x or next((name for name in reversed(known) if name != y), known[-1])
        return x, y or next((name for name in known if name != x), x)

    def _range_of(self, name: str) -> tuple[float, float]:
        metadata, place = self._file.metadata, self._schema.names.index(name)
        ends = [
            metadata.row_group(group).column(place).statistics for group in range(metadata.num_row_groups)
        ]
        if any(end is None for end in ends):  # not `None in ends`: comparing them ends the process
            raise InputError(f"{self.path} is damaged: {name} has no range.")
        return min(end.min for end in ends), max(end.max for end in ends)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """A context in which errors of reading are reported as a damaged file.

        Raises:
            InputError: where the file is damaged.
        """
        import pyarrow as pa

        try:
            yield
        except (OSError, pa.ArrowException, ValueError, TypeError) as problem:
            if isinstance(problem, InputError):
                raise
            raise InputError(f"{self.path} is damaged: {str(problem)[:200]}") from None

    def _groups(self, columns: list[str]) -> Iterator[Any]:
        for number in range(self._file.num_row_groups):
            yield self._file.read_row_group(number, columns=columns, use_threads=False)


def _is_of_a_sweep(schema: Any) -> bool:
    """Whether the columns of a file are those that a sweep writes."""
    from pyarrow import types

    names = schema.names
    if len(set(names)) < len(names) or not {CELL, COMPLETE, *TEXTS, *VALUES} <= set(names):
        return False
    parameters = names[names.index(CELL) + 1 : names.index(REGIME)]
    kind = {field.name: field.type for field in schema}
    return (
        all(types.is_string(getattr(kind[name], "value_type", kind[name])) for name in TEXTS)
        and all(types.is_float64(kind[name]) for name in (*VALUES, *parameters) if name != DRAW)
        and types.is_int64(kind[CELL])
        and types.is_boolean(kind[COMPLETE])
    )


@dataclass
class _Extremes:
    """The least and greatest values so far."""

    parameters: tuple[str, ...]

    def __post_init__(self) -> None:
        self._best: dict[tuple[str, bool], Extreme] = {}

    def add(self, rows: Any) -> None:
        for column in EXTREMES:
            values = _numpy(rows.column(column).fill_null(float("nan")))
            if not np.isfinite(values).any():
                continue
            for is_greatest in (False, True):
                place = int(np.nanargmax(values) if is_greatest else np.nanargmin(values))
                best = self._best.get((column, is_greatest))
                value = float(values[place])
                if best is None or (value > best.value if is_greatest else value < best.value):
                    self._best[column, is_greatest] = self._at(rows, place, column, is_greatest)

    def _at(self, rows: Any, place: int, column: str, is_greatest: bool) -> Extreme:
        row = rows.slice(place, 1).to_pylist()[0]
        point = {name: row[name] for name in self.parameters}
        return Extreme(column, is_greatest, row[column], row[CELL], row[SCENARIO], point, row[REGIME])

    @property
    def listed(self) -> tuple[Extreme, ...]:
        return tuple(self._best.values())


def _count(counter: Counter[str], column: Any) -> None:
    words = column.combine_chunks()
    codes = _numpy(words.indices.drop_null() if words.null_count else words.indices)
    for text, count in zip(
        words.dictionary.to_pylist(), np.bincount(codes, minlength=len(words.dictionary)), strict=True
    ):
        if count:
            counter[text] += int(count)


def _failures(rows: Any) -> list[tuple[int, str]]:
    reasons = rows.column(ERROR)
    failed = np.flatnonzero(_numpy(reasons.is_valid()))[:FAILURES_LISTED]
    return [(rows.column(CELL)[int(place)].as_py(), reasons[int(place)].as_py()) for place in failed]


def _numpy(column: Any) -> NDArray[Any]:
    """The numbers of a column; those without nulls are not copied, and pandas is not imported for them."""
    import pyarrow as pa

    if column.null_count == 0 and pa.types.is_primitive(column.type) and not pa.types.is_boolean(column.type):
        array = column.combine_chunks() if hasattr(column, "num_chunks") else column
        numbers = np.frombuffer(array.buffers()[1] or b"", column.type.to_pandas_dtype())
        return numbers[array.offset : array.offset + len(array)]
    return np.asarray(column.to_numpy() if hasattr(column, "num_chunks") else column.to_numpy(False))


def _edges(low: float, high: float, fields: int) -> FloatArray:
    return np.linspace(low, high if high > low else low + 1.0, fields + 1)


def _fields(values: FloatArray, edges: FloatArray) -> NDArray[np.int64]:
    """The field in which each value lies."""
    part = (values - edges[0]) / (edges[-1] - edges[0])
    return np.asarray(np.clip((part * (len(edges) - 1)).astype(np.int64), 0, len(edges) - 2))
