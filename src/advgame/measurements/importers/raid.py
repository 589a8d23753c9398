"""Imports leaderboard files of RAID: detectors of machine-written text under attacks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from advgame.errors import MeasurementError
from advgame.measurements.importers.importer import Importer, table_of
from advgame.measurements.importers.json_files import field_of, files_at, json_of
from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable

WHOLE = {"domain": "all", "model": "all", "decoding": "all", "repetition_penalty": "all"}
BY_THRESHOLD = "the share of human texts passed is set by the threshold, not measured here"


@dataclass(frozen=True)
class RaidImporter(Importer):
    """Reads a leaderboard file, or a folder of them: a defence is a detector at a false-positive rate.

    The figures over all domains, models and decodings are read. Human texts are the clean ones; machine texts
    without an attack are the attack ``no modification``.
    """

    name: ClassVar[str] = "raid"
    about: ClassVar[str] = "leaderboard JSON of RAID (detectors of machine-written text): a file or folder"

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements of all detectors.

        Raises:
            MeasurementError: for a missing field, a count below 0, or a file without figures over everything.
        """
        path = Path(path)
        rows = [row for file in files_at(path) for row in _rows(file)]
        return table_of(rows, path, "leaderboard files of RAID with scores over all texts")


def _rows(file: Path) -> Iterator[Measurement]:
    content = json_of(file)
    detector = field_of(content, "detector_name", str, file.name).strip()
    scores = [
        score
        for score in field_of(content, "scores", list, file.name)
        if isinstance(score, dict) and all(score.get(key) == value for key, value in WHOLE.items())
    ]
    targets: dict[str, None] = {}
    for place, score in enumerate(scores, start=1):
        where = f"{file.name}, score {place} over all texts"
        attack = field_of(score, "attack", str, where)
        if attack == "all":
            continue
        for target, counts in field_of(score, "accuracy", dict, where).items():
            detected, missed = (_count(counts, name, where) for name in ("tp", "fn"))
            if target not in targets:
                targets[target] = None
                yield _human(detector, _rate(target, where), file.name)
            yield Measurement(
                "raid",
                "detector",
                _named(detector, _rate(target, where)),
                "no modification" if attack == "none" else attack.replace("_", " "),
                accuracy=detected / (detected + missed),
                correct=detected,
                tested=detected + missed,
                population="machine texts",
                adaptivity=None if attack == "none" else "static",
                source=f"RAID leaderboard, {file.name}",
            )


def _human(detector: str, rate: float, source: str) -> Measurement:
    return Measurement(
        "raid",
        "detector",
        _named(detector, rate),
        "none",
        metric="clean",
        accuracy=1 - rate,
        population="human texts",
        source=f"RAID leaderboard, {source}",
        warnings=(BY_THRESHOLD,),
    )


def _named(detector: str, rate: float) -> str:
    return f"{detector} ({100 * rate:g} % FPR)"


def _rate(target: str, where: str) -> float:
    try:
        rate = float(target)
    except ValueError:
        rate = -1.0
    if not 0 < rate < 1:
        raise MeasurementError(f"{where}: {target!r} is not a false-positive rate in 0..1.")
    return rate


def _count(counts: Any, name: str, where: str) -> int:
    count: int = field_of(counts, name, int, where)
    if count < 0:
        raise MeasurementError(f"{where}: {name} is {count}; expected a count of at least 0.")
    return count
