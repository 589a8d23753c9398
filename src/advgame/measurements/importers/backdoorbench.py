"""Imports the results table of BackdoorBench: repairs of networks with a backdoor."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, ClassVar

from advgame.errors import MeasurementError
from advgame.measurements.csv_records import csv_records
from advgame.measurements.importers.importer import Importer, blank, check_columns, table_of
from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable

COLUMNS = ("dataset", "backbone", "attack_name", "defense_name", "ratio", "test_acc", "test_asr", "test_ra")
MEAN = "a mean over the networks of the attacks: the source has a network for each attack"
NOT_MEASURED = -1.0


@dataclass(frozen=True)
class BackdoorbenchImporter(Importer):
    """Reads dataset, backbone, attack_name, defense_name, ratio, test_acc, test_asr, test_ra.

    Each poisoned share is a data set of its own. ``test_asr`` is the success rate of the attack, so the
    accuracy under attack is one minus it; ``test_ra`` is utility under attack. The source has one network for
    each attack: the clean accuracy is the mean over them. Empty cells and −1 give no row.
    """

    name: ClassVar[str] = "backdoorbench"
    about: ClassVar[str] = "the results CSV of BackdoorBench: repairs of networks with a backdoor"

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements, with a clean row for each repair.

        Raises:
            MeasurementError: for a missing column, or a rate outside 0..1.
        """
        path = Path(path)
        header, records = csv_records(path)
        check_columns(path, header, COLUMNS)
        groups: dict[tuple[str, str, str], list[tuple[str, list[float]]]] = defaultdict(list)
        for place, record in records:
            where = f"{path.name}, {place}"
            if any(blank(record, column) for column in COLUMNS[5:]):
                continue
            rates = [_rate(record[column], column, where) for column in COLUMNS[5:]]
            if NOT_MEASURED in rates:
                continue
            share = _rate(record["ratio"], "ratio", where)
            dataset = f"{record['dataset']}, {100 * share:g} % poisoned"
            group = dataset, record["backbone"], record["defense_name"]
            groups[group].append((record["attack_name"], rates))
        rows = (row for group, some in groups.items() for row in _rows(group, some, path.name))
        return table_of(rows, path, "one line per repaired network with three rates")


def _rows(
    group: tuple[str, str, str], some: list[tuple[str, list[float]]], source: str
) -> Iterator[Measurement]:
    dataset, network, defence = group
    shared: dict[str, Any] = {"dataset": dataset, "network": network, "defence": defence}
    shared |= {"source": f"BackdoorBench, {source}"}
    clean = [rates[0] for _, rates in some]
    several = len(clean) > 1
    yield Measurement(
        **shared,
        attack="none",
        metric="clean",
        accuracy=fmean(clean),
        runs=len(clean) if several else None,
        std=stdev(clean) if several else None,
        population="test images",
        warnings=(MEAN,),
    )
    for attack, (_, success, robust) in some:
        for metric, rate in (("robust", 1 - success), ("utility_under_attack", robust)):
            yield Measurement(
                **shared,
                attack=attack,
                metric=metric,
                accuracy=rate,
                population="triggered test images of other classes",
                adaptivity="static",
            )


def _rate(text: str, column: str, where: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = float("nan")
    if rate == NOT_MEASURED or 0 <= rate <= 1:
        return rate
    raise MeasurementError(f"{where}, column {column}: {text!r} is not a rate in 0..1.")
