"""The rows of a chunk: one per cell, as an Arrow table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from advgame.arrays import FloatArray
from advgame.errors import SweepError
from advgame.jobs.cell_solver import SolvedCells, joined, solve_at_draws, solve_in_bulk, solve_singly
from advgame.jobs.regimes import regimes_of
from advgame.jobs.sweep_job import Chunk, SweepJob

SCENARIO, CELL, DRAW, REGIME, ERROR = "scenario", "cell", "draw", "regime", "error"
VALUES = ("defender_value", "attacker_value", "expected_share", "regret")
WORKER_DIED = "its worker process ended"
LONGEST_MESSAGE = 300  # characters of an error message


def schema_of(job: SweepJob) -> Any:
    """The Arrow schema of a job's table: the strategies of all its scenarios.

    A cell that could not be solved has nulls and the reason in the column ``error``.
    """
    import pyarrow as pa

    dictionary = pa.dictionary(pa.int32(), pa.string())
    accuracies = [scenario.accuracies for scenario in job.scenarios]
    defences = dict.fromkeys(name for measured in accuracies for name in measured.defences)
    attacks = dict.fromkeys(name for measured in accuracies for name in measured.attacks)
    numbers = [*job.design.bounds]
    results = [*map(_defence, defences), *map(_attack, attacks), *VALUES[:3]]
    return pa.schema(
        [
            (SCENARIO, dictionary),
            (CELL, pa.int64()),
            *([(DRAW, pa.int64())] if job.draws else []),
            *((name, pa.float64()) for name in numbers),
            (REGIME, dictionary),
            *((name, pa.float64()) for name in results),
            ("equilibria", pa.int32()),
            ("complete", pa.bool_()),
            (VALUES[3], pa.float64()),
            (ERROR, dictionary),
        ]
    )


def rows_of(job: SweepJob, chunk: Chunk, skip: Collection[int] = (), schema: Any = None) -> Any:
    """The Arrow table of a chunk. The result does not depend on how many threads or processes are at work.

    Args:
        job: the sweep.
        chunk: the cells.
        skip: cells of the scenario that are not solved, because they end the process that solves them.
        schema: that of the job, if already made.

    Raises:
        SweepError: when the memory does not suffice for a chunk.
    """
    import pyarrow as pa

    schema, parts, first = schema or schema_of(job), [], chunk.first
    with _one_thread():
        for cell in [*sorted(skip), chunk.last]:
            if first < cell:
                parts += _solved(job, chunk, first, cell, schema)
            if cell < chunk.last:
                parts.append(_failed(job, chunk, cell, WORKER_DIED, schema))
            first = cell + 1
    if len(parts) == 1:
        return parts[0]
    return pa.concat_tables(parts).unify_dictionaries().combine_chunks()


@contextmanager
def _one_thread() -> Iterator[None]:
    """A context in which this thread solves alone, so that the result does not depend on the cores."""
    from numba import get_num_threads, set_num_threads

    before = get_num_threads()
    set_num_threads(1)
    try:
        yield
    finally:
        set_num_threads(before)


def _solved(job: SweepJob, chunk: Chunk, first: int, last: int, schema: Any) -> list[Any]:
    """The tables of some cells; where solving fails, it is tried with each half."""
    try:
        columns = _columns(job, first, last)
        cells = _cells(job, chunk, first, last, columns)
    except MemoryError:
        raise SweepError(
            f"The memory does not suffice for {last - first:,} cells; use fewer workers."
        ) from None
    except Exception as problem:  # a cell that cannot be solved must not stop the others
        if last - first == 1:
            text = " ".join(f"{type(problem).__name__}: {problem}".split())[:LONGEST_MESSAGE]
            return [_failed(job, chunk, first, text, schema)]
        middle = (first + last) // 2
        return [
            *_solved(job, chunk, first, middle, schema),
            *_solved(job, chunk, middle, last, schema),
        ]
    return [_table(job, chunk, first, columns, cells, schema)]


def _cells(
    job: SweepJob, chunk: Chunk, first: int, last: int, columns: Mapping[str, FloatArray]
) -> SolvedCells:
    scenario = job.scenarios[chunk.scenario]
    method = job.method(scenario)
    if job.draws and method is not None:
        draws = np.arange(first, last) % job.draws
        return solve_at_draws(scenario, columns, draws, method, job.seed, job.draws)
    if method is not None:
        return solve_in_bulk(scenario, columns, method)
    solver = job.solver(scenario)
    points = zip(*(column.tolist() for column in columns.values()), strict=True)
    return joined(
        [solve_singly(scenario, dict(zip(columns, point, strict=True)), solver) for point in points]
    )


def _columns(job: SweepJob, first: int, last: int) -> dict[str, FloatArray]:
    """The values of the parameters in some cells of a scenario."""
    if not job.draws:
        return job.design.columns(first, last)
    points = job.design.columns(first // job.draws, (last - 1) // job.draws + 1)
    which = np.arange(first, last) // job.draws - first // job.draws
    return {address: column[which] for address, column in points.items()}


def _table(
    job: SweepJob,
    chunk: Chunk,
    first: int,
    columns: Mapping[str, FloatArray],
    cells: SolvedCells,
    schema: Any,
) -> Any:
    accuracies = job.scenarios[chunk.scenario].accuracies
    regimes = regimes_of(accuracies.defences, accuracies.attacks, cells.defender, cells.attacker)
    results: dict[str, Any] = {
        REGIME: _dictionary_array(regimes.codes, regimes.texts),
        **dict(zip(map(_defence, accuracies.defences), _columns_of(cells.defender), strict=True)),
        **dict(zip(map(_attack, accuracies.attacks), _columns_of(cells.attacker), strict=True)),
        **dict(zip(VALUES[:2], _columns_of(cells.value), strict=True)),
        VALUES[2]: cells.expected_share,
        "equilibria": cells.equilibria,
        "complete": cells.complete,
        VALUES[3]: cells.regret,
    }
    return _assembled(job, chunk, first, len(cells.regret), {**columns, **results}, schema)


def _failed(job: SweepJob, chunk: Chunk, cell: int, reason: str, schema: Any) -> Any:
    known = {**_columns(job, cell, cell + 1), ERROR: _dictionary_array([0], [reason])}
    return _assembled(job, chunk, cell, 1, known, schema)


def _assembled(
    job: SweepJob, chunk: Chunk, first: int, count: int, known: Mapping[str, Any], schema: Any
) -> Any:
    import pyarrow as pa

    row = chunk.row + first - chunk.first
    values: dict[str, Any] = {
        SCENARIO: _dictionary_array(np.zeros(count, np.int32), [job.scenarios[chunk.scenario].name]),
        CELL: np.arange(row, row + count),
        **known,
    }
    if job.draws:
        values[DRAW] = np.arange(first, first + count) % job.draws
    return pa.table(
        [
            _array(values[field.name], field.type) if field.name in values else pa.nulls(count, field.type)
            for field in schema
        ],
        schema=schema,
    )


def _array(values: Any, kind: Any) -> Any:
    """The Arrow array of a column, without a copy of the numbers.

    ``pyarrow.array`` would import pandas, which takes longer than solving a million cells.
    """
    import pyarrow as pa

    if isinstance(values, pa.Array):
        return values
    stored = np.ascontiguousarray(values, kind.to_pandas_dtype())
    if pa.types.is_boolean(kind):
        stored = np.packbits(stored, bitorder="little")
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(stored)])


def _dictionary_array(codes: Any, texts: list[str]) -> Any:
    """A dictionary-encoded Arrow array: which text each code stands for."""
    import pyarrow as pa

    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    words = pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))
    return pa.DictionaryArray.from_arrays(_array(np.asarray(codes, np.int32), pa.int32()), words)


def _columns_of(rows: FloatArray) -> list[FloatArray]:
    return list(np.ascontiguousarray(rows.T))


def _defence(name: str) -> str:
    return f"P[{name}]"


def _attack(name: str) -> str:
    return f"P(attack)[{name}]"
