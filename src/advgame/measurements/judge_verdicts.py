"""Verdicts of several judges on the same attacked cases: did the attack succeed?"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from advgame.errors import MeasurementError, shortened
from advgame.measurements.csv_records import csv_records
from advgame.statistics.judged_rates import JudgeCounts

Cell = tuple[str, str, str]  # network, defence, attack

CELL = ("network", "defence", "attack")
NO_JUDGE = ("dataset", *CELL, "case", "cases")  # columns that hold no verdicts
SUCCESS, FAILURE = "success", "failure"
NEITHER = ("", "error")  # the run or the judge ended without a verdict


@dataclass(frozen=True, eq=False)
class JudgeVerdicts:
    """How many cases of each cell were judged how, by several judges.

    Args:
        judges: names of the judges.
        cells: (network, defence, attack) → verdicts in the order of the judges, True for success → cases.
        left_out: cases in which a judge gave no verdict.
    """

    judges: tuple[str, ...]
    cells: Mapping[Cell, Mapping[tuple[bool, ...], int]]
    left_out: int = 0

    @cached_property
    def together(self) -> Mapping[tuple[bool, ...], int]:
        """The verdicts on all cells."""
        total: Counter[tuple[bool, ...]] = Counter()
        for counts in self.cells.values():
            total.update(counts)
        return total

    def against(self, judge: str, truth: str) -> JudgeCounts:
        """How a judge decided on all cells, taking another judge as right.

        Args:
            judge: name of the judge.
            truth: name of the judge taken as right.
        """
        judged, reference = self.judges.index(judge), self.judges.index(truth)
        counts: Counter[tuple[bool, bool]] = Counter()
        for verdicts, cases in self.together.items():
            counts[verdicts[reference], verdicts[judged]] += cases
        return JudgeCounts(
            counts[True, True],
            counts[True, True] + counts[True, False],
            counts[False, False],
            counts[False, False] + counts[False, True],
        )

    def success_rate(self, cell: Cell, judge: str) -> float:
        """The share of the cases of a cell that a judge decided as successes of the attack.

        Args:
            cell: network, defence, attack.
            judge: name of the judge.
        """
        place, counts = self.judges.index(judge), self.cells[cell]
        return sum(count for verdicts, count in counts.items() if verdicts[place]) / sum(counts.values())


def read_verdicts(path: str | os.PathLike[str]) -> JudgeVerdicts:
    """The verdicts in a CSV or Parquet file, one row per case.

    Columns ``network``, ``defence`` and ``attack`` name the cell, ``case`` the case; ``cases`` says how many
    cases a row stands for, where rows were counted. Every other column is a judge, with ``success`` or
    ``failure`` of the attack in each row. A case with an empty verdict, or ``error``, counts as neither:
    it is left out for all judges.

    >>> from advgame.bundled import bundled
    >>> found = read_verdicts(bundled("data") / "published" / "prompt-defences.verdicts.parquet")
    >>> found.judges, sum(found.together.values())
    (('rule', 'language model'), 2637)

    Raises:
        MeasurementError: for a missing column, fewer than two judges, an unknown verdict, or a case given
            twice; the message names the row.
    """
    path = Path(path)
    if not path.is_file():
        raise MeasurementError(f"There is no file {path}; name a CSV or Parquet table of verdicts.")
    header, records = _records(path)
    missing = [name for name in CELL if name not in header]
    if missing:
        raise MeasurementError(f"{path.name}: the column {missing[0]!r} is missing; it names the cell.")
    judges = tuple(name for name in header if name not in NO_JUDGE)
    if len(judges) < 2:
        raise MeasurementError(
            f"{path.name} has verdicts of {_listed(judges)}; judges are compared on the same cases, so give "
            "a column for each of two judges."
        )
    return _counted(path, judges, records)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "nobody"


def _records(path: Path) -> tuple[list[str], Iterable[tuple[str, Mapping[str, Any]]]]:
    if path.suffix != ".parquet":
        header, records = csv_records(path)
        return header, records
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError) as mistake:
        raise MeasurementError(f"{path.name} is not a readable Parquet file: {str(mistake)[:200]}.") from None
    rows = ((f"row {place}", record) for place, record in enumerate(table.to_pylist(), 1))
    return table.column_names, rows


def _counted(
    path: Path, judges: tuple[str, ...], records: Iterable[tuple[str, Mapping[str, Any]]]
) -> JudgeVerdicts:
    cells: dict[Cell, Counter[tuple[bool, ...]]] = {}
    seen: set[tuple[Cell, str]] = set()
    left_out = 0
    for place, record in records:
        where = f"{path.name}, {place}"
        cell = str(record["network"]), str(record["defence"]), str(record["attack"])
        case = str(record.get("case") or "")
        if case and (cell, case) in seen:
            raise MeasurementError(f"{where}: the case {case!r} of {' · '.join(cell)} is there twice.")
        seen.add((cell, case))
        count = _cases(record.get("cases"), where)
        verdicts = [_verdict(record[judge], judge, where) for judge in judges]
        if None in verdicts:
            left_out += count
        else:
            cells.setdefault(cell, Counter())[tuple(map(bool, verdicts))] += count
    if not cells:
        raise MeasurementError(f"{path.name} has no case with a verdict of every judge.")
    return JudgeVerdicts(judges, cells, left_out)


def _verdict(given: object, judge: str, where: str) -> bool | None:
    text = "" if given is None else str(given).strip().casefold()
    if text in NEITHER:
        return None
    if text not in (SUCCESS, FAILURE):
        raise MeasurementError(
            f"{where}, column {judge}: the verdict {shortened(given)} is unknown; expected {SUCCESS!r} or "
            f"{FAILURE!r} of the attack, or nothing where there is no verdict."
        )
    return text == SUCCESS


def _cases(given: object, where: str) -> int:
    if given in (None, ""):
        return 1
    try:
        count = int(str(given))
    except ValueError:
        count = 0
    if count < 1:
        raise MeasurementError(f"{where}, column cases: {shortened(given)} is no count of at least 1.")
    return count
