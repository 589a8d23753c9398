"""Imports the table of the Adversarial Pruning Benchmark: accuracies of pruned networks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from advgame.errors import MeasurementError
from advgame.measurements.csv_records import csv_records
from advgame.measurements.importers.importer import Importer, blank, check_columns, table_of
from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable
from advgame.measurements.table_files import read_row

COLUMNS = ("dataset", "architecture", "pruning_method", "pruning_structure", "sparsity", "clean", "robust")
RADIUS = "0.031"  # the radius of the benchmark, which is not 8/255


@dataclass(frozen=True)
class AdvpruningImporter(Importer):
    """Reads dataset, architecture, pruning_method, pruning_structure, sparsity, clean, robust.

    The name of a defence is method, structure and sparsity ("HARP unstructured 90%"). An empty accuracy
    gives no row.
    """

    name: ClassVar[str] = "advpruning"
    about: ClassVar[str] = (
        "the CSV table of the Adversarial Pruning Benchmark: clean and AutoAttack, L∞ 0.031"
    )

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements in the table, two per line.

        Raises:
            MeasurementError: for a missing column, a sparsity outside 0..1, or an invalid accuracy.
        """
        path = Path(path)
        header, records = csv_records(path)
        check_columns(path, header, COLUMNS)
        rows = (row for place, record in records for row in self._rows(record, path, place))
        expected = "one line per pruned network with a clean or a robust accuracy"
        return table_of(rows, path, expected, percent=self.percent)

    def _rows(self, record: dict[str, str], path: Path, place: str) -> Iterator[Measurement]:
        where = f"{path.name}, {place}"
        sparsity = _sparsity(record["sparsity"], where)
        shared = {
            "dataset": record["dataset"],
            "network": record["architecture"],
            "defence": f"{record['pruning_method']} {record['pruning_structure']} {sparsity:.6g}%",
            "compression_nominal": 100 / (100 - sparsity),
            "source": f"Adversarial Pruning Benchmark, {path.name}",
        }
        if not blank(record, "clean"):
            clean = {"attack": "none", "metric": "clean", "accuracy": record["clean"]}
            yield read_row(shared | clean, where=where, percent=self.percent)
        if not blank(record, "robust"):
            attacked = {"attack": "autoattack", "norm": "Linf", "radius": RADIUS, "metric": "robust"}
            yield read_row(
                shared | attacked | {"accuracy": record["robust"]}, where=where, percent=self.percent
            )


def _sparsity(text: str, where: str) -> float:
    """The share of removed parameters, in percent."""
    try:
        share = float(text)
    except ValueError:
        share = float("nan")
    if not 0 <= share < 1:
        raise MeasurementError(
            f"{where}, column sparsity: {text!r} is not a share of removed parameters; write a fraction such "
            "as 0.9."
        )
    return round(100 * share, 9)
