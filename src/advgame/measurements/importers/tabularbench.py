"""Imports the leaderboard of TabularBench: tabular models under constrained attacks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any, ClassVar

from advgame.errors import MeasurementError
from advgame.measurements.importers.importer import Importer, check_columns, table_of
from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable

COLUMNS = ("dataset", "architecture", "training", "augmentation", "ID", "ADV+CTR", "ADV", "accuracy")
ATTACKS = {"ID": "no modification", "ADV": "constraints ignored", "ADV+CTR": "constraints kept"}
ALL, ALMOST_NONE, HALF = 0.999, 0.05, 0.5


@dataclass(frozen=True)
class TabularbenchImporter(Importer):
    """Reads the Markdown table: a defence is a training with an augmentation, a network an architecture.

    ``ID`` is accuracy on the attacked class alone: the column ``no modification``, not a clean accuracy.
    Clean is ``accuracy``, over both classes; a line without it gives no clean row.
    """

    name: ClassVar[str] = "tabularbench"
    about: ClassVar[str] = "the leaderboard of TabularBench, a Markdown table"

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements of all lines, with collapsed models marked.

        Raises:
            MeasurementError: for a missing column, a line of another length, or a rate outside 0..1.
        """
        path = Path(path)
        rows = (row for where, record in _lines(path) for row in _rows(record, where, path.name))
        return table_of(rows, path, "a Markdown table of TabularBench")


def _lines(path: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    if not path.is_file():
        raise MeasurementError(f"There is no file {path}; name the Markdown table of TabularBench.")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as mistake:
        raise MeasurementError(f"{path.name} is not readable text: {str(mistake)[:200]}.") from None
    table = [(number, line) for number, line in enumerate(lines, start=1) if line.lstrip().startswith("|")]
    if len(table) < 3:
        raise MeasurementError(f"{path.name} has no Markdown table; expected lines that begin with '|'.")
    header = _cells(table[0][1])
    check_columns(path, header, COLUMNS)
    for number, line in table[2:]:
        cells = _cells(line)
        if len(cells) != len(header):
            raise MeasurementError(
                f"{path.name}, line {number} has {len(cells)} cells, the header {len(header)}; mend the line."
            )
        yield f"{path.name}, line {number}", dict(zip(header, cells, strict=True))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _rows(record: Mapping[str, str], where: str, source: str) -> Iterator[Measurement]:
    augmentation = record["augmentation"]
    defence = f"{record['training']} training"
    if augmentation not in ("", "None", "nan"):
        defence += f" with {augmentation}"
    shared: dict[str, Any] = {"dataset": record["dataset"], "network": record["architecture"]}
    shared |= {"defence": defence, "source": f"TabularBench, {source}"}
    shared |= {"warnings": tuple(_collapsed(record, where))}
    accuracy = _rate(record["accuracy"], "accuracy", where)
    if not isnan(accuracy):
        population = "test rows of both classes"
        yield Measurement(**shared, attack="none", metric="clean", accuracy=accuracy, population=population)
    for column, attack in ATTACKS.items():
        yield Measurement(
            **shared,
            attack=attack,
            accuracy=_rate(record[column], column, where),
            population="test rows of the attacked class",
            adaptivity=None if column == "ID" else "adaptive",
        )


def _collapsed(record: Mapping[str, str], where: str) -> Iterator[str]:
    if "recall" not in record or "precision" not in record:
        return
    recall, precision = (_rate(record[column], column, where) for column in ("recall", "precision"))
    if recall >= ALL and precision < HALF:
        yield (
            f"collapsed model: it calls nearly everything positive (recall {recall:.3g}, precision "
            f"{precision:.3g})"
        )
    if recall < ALMOST_NONE:
        yield f"collapsed model: it calls nearly everything negative (recall {recall:.3g})"


def _rate(text: str, column: str, where: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 2.0
    if not isnan(rate) and not 0 <= rate <= 1:
        raise MeasurementError(f"{where}, column {column}: {text!r} is not a rate in 0..1.")
    return rate
