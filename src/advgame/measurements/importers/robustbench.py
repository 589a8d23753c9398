"""Imports RobustBench's model_info records: one JSON file per network, in folders by data set and threat."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from typing import Any, ClassVar

from advgame.errors import MeasurementError, shortened
from advgame.measurements.importers.importer import Importer, table_of
from advgame.measurements.measurement import Measurement
from advgame.measurements.radii import read_radius
from advgame.measurements.table import MeasurementTable
from advgame.measurements.table_files import read_row

THREATS = ("Linf", "L2", "corruptions", "corruptions_3d")
CORRUPTIONS = {"corruptions_acc": "common-corruptions", "corruptions_acc_3d": "common-corruptions-3d"}
# A leaderboard has one radius; a few records state 0.031 where their leaderboard has 8/255.
BOARDS = {
    ("cifar10", "Linf"): "8/255",
    ("cifar10", "L2"): "0.5",
    ("cifar100", "Linf"): "8/255",
    ("imagenet", "Linf"): "4/255",
}
DATASETS = frozenset(dataset for dataset, _ in BOARDS)
# A record may state its radius only in a footnote: "Uses … = 0.031 ≈ 7.9/255 instead of 8/255".
FOOTNOTE_RADIUS = re.compile(r"\bUses\b[^=.<]{0,60}=\s*([0-9]*\.?[0-9]+(?:/[0-9]+)?)")
# Complete test sets, so accuracies with two decimals of percent determine the counts
IMAGES = {"cifar10": 10_000, "cifar100": 10_000}


@dataclass(frozen=True)
class Record:
    """One JSON file with the data set and threat of its folders."""

    path: Path
    dataset: str
    threat: str
    fields: Mapping[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The file with its folders."""
        folder = self.path.parent.parent.name
        root = "model_info/" if folder in DATASETS else ""
        return f"RobustBench, {root}{folder}/{self.threat}/{self.path.name}"


@dataclass(frozen=True)
class RobustbenchImporter(Importer):
    """Reads a folder of records at any depth. They are in percent, so accuracies are always divided by 100.

        The folder determines the data set; a record that states another one gets a warning. The robust
    accuracy is the smaller of AutoAttack's figure and the best external one; the authors' own figure
    becomes ``robust_reported``, which is not used in games. A network on several leaderboards of a data
    set has its threat in its name: "Standard (L2)".
    """

    name: ClassVar[str] = "robustbench"
    about: ClassVar[str] = "a folder of RobustBench model_info JSON records (dataset/threat/network.json)"

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements in all records under a folder, or in one record.

        Raises:
            MeasurementError: for damaged JSON, a field that is missing or not a number, or no record.
        """
        path = Path(path)
        if not path.exists():
            raise MeasurementError(f"There is no folder or file {path}; name a folder of model_info records.")
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path.resolve()]
        records = [_record_at(file) for file in files if file.parent.name in THREATS]
        boards = Counter((record.dataset, record.path.stem) for record in records)
        rows = (
            row for record in records for row in _rows(record, boards[record.dataset, record.path.stem] > 1)
        )
        return table_of(rows, path, f"JSON records in folders called {', '.join(THREATS)}")


def _record_at(path: Path) -> Record:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as mistake:
        # The file is damaged, not UTF-8, or has a number with thousands of digits.
        raise MeasurementError(
            f"{path} is not valid JSON ({str(mistake)[:100]}); download the file again."
        ) from None
    if not isinstance(fields, dict):
        raise MeasurementError(
            f"{path} contains {type(fields).__name__}, not a record; download the file again."
        )
    dataset, warnings = _dataset(path.parent.parent.name, str(fields.get("dataset") or ""))
    return Record(path, dataset, path.parent.name, fields, warnings)


def _dataset(folder: str, stated: str) -> tuple[str, tuple[str, ...]]:
    """The data set of the folder if it is one of RobustBench's, otherwise of the record."""
    if folder not in DATASETS or stated in ("", folder):
        return (folder if folder in DATASETS else stated or folder), ()
    shown = repr(stated[:40]).replace("|", "/")
    return folder, (f"the record states the data set {shown}, its folder {folder!r}: the folder is followed",)


def _rows(record: Record, several_boards: bool) -> Iterator[Measurement]:
    stem = record.path.stem
    shared = {
        "dataset": record.dataset,
        "network": str(record.fields.get("architecture") or "unnamed"),
        "defence": f"{stem} ({record.threat})" if several_boards else stem,
        "source": record.source,
        "warnings": record.warnings,
    }
    if "clean_acc" not in record.fields:
        raise MeasurementError(f"{record.path}: the field 'clean_acc' is missing; every record states it.")
    if 0 < _number(record, "clean_acc") <= 1:
        raise MeasurementError(
            f"{record.path}, field clean_acc: {record.fields['clean_acc']!r} looks like a fraction; records "
            'contain percent, such as "85.34". Multiply its accuracies by 100.'
        )
    yield _measured(record, shared | {"attack": "none", "metric": "clean"}, "clean_acc")
    yield from _attacked(record, shared) if record.threat in ("Linf", "L2") else _corrupted(record, shared)


def _attacked(record: Record, shared: Mapping[str, Any]) -> Iterator[Measurement]:
    radius, warnings = _radius(record)
    column = {**shared, "attack": "autoattack", "norm": record.threat, "radius": radius}
    warnings = (*record.warnings, *warnings)
    if str(record.fields.get("unreliable")).casefold() == "true":
        warnings = (*warnings, "its source marks the AutoAttack figure as unreliable")
    figures = {
        name: _number(record, name) for name in ("autoattack_acc", "external") if _is_given(record, name)
    }
    if figures:
        smaller = min(figures, key=lambda name: figures[name])
        note = {"source": record.source + _external_note(figures)} if smaller == "external" else {}
        yield _measured(record, {**column, **note, "metric": "robust", "warnings": warnings}, smaller)
    if _is_given(record, "reported"):
        yield _measured(
            record, {**column, "metric": "robust_reported", "warnings": warnings}, "reported", counted=False
        )


def _external_note(figures: Mapping[str, float]) -> str:
    alone = f"; AutoAttack alone {figures['autoattack_acc'] / 100:.4f}" if "autoattack_acc" in figures else ""
    return f" (best known external attack{alone})"


def _corrupted(record: Record, shared: Mapping[str, Any]) -> Iterator[Measurement]:
    for field, attack in CORRUPTIONS.items():
        if _is_given(record, field):
            yield _measured(
                record, {**shared, "attack": attack, "metric": "corruption"}, field, counted=False
            )


def _radius(record: Record) -> tuple[float | None, tuple[str, ...]]:
    """The radius of the leaderboard, with a warning if the record's own differs slightly."""
    try:
        own = read_radius(record.fields.get("eps"))
    except MeasurementError as mistake:
        raise MeasurementError(f"{record.path}, field eps: {mistake}") from None
    name = BOARDS.get((record.dataset, record.threat))
    board = read_radius(name)
    if own is not None and board is not None and not isclose(own, board, rel_tol=0.05):
        return own, ()
    stated, used = _radius_used(record, own)
    radius = own if board is None else board
    if used in (None, radius):
        return radius, ()
    pixels = f" ({255 * used:.1f}/255)" if record.threat == "Linf" and "/" not in stated else ""
    on = "" if name is None else f", on a board of radius {name}"
    return radius, (f"attacked at radius {stated}{pixels}{on}",)


def _radius_used(record: Record, own: float | None) -> tuple[str, float | None]:
    """The radius as text and as a number; a footnote about the evaluation overrides the field."""
    match = FOOTNOTE_RADIUS.search(str(record.fields.get("footnote") or ""))
    if match is None:
        return str(record.fields.get("eps")), own
    try:
        return match[1], read_radius(match[1])
    except MeasurementError:
        return str(record.fields.get("eps")), own


def _measured(record: Record, row: Mapping[str, Any], field: str, *, counted: bool = True) -> Measurement:
    accuracy = round(_number(record, field) / 100, 12)
    tested = IMAGES.get(record.dataset) if counted else None
    counts: dict[str, int] = {}
    if tested is not None:
        counts["tested"] = tested
        if abs(accuracy * tested - round(accuracy * tested)) <= 1e-6:
            counts["correct"] = round(accuracy * tested)
    return read_row({**row, **counts, "accuracy": accuracy}, where=f"{record.path}, field {field}")


def _is_given(record: Record, field: str) -> bool:
    return record.fields.get(field) not in (None, "")


def _number(record: Record, field: str) -> float:
    given = record.fields[field]
    try:
        if isinstance(given, bool):
            raise ValueError
        number = float(given)
    except (TypeError, ValueError, OverflowError):
        raise MeasurementError(
            f"{record.path}, field {field}: {shortened(given)} is not a number; records contain percent, "
            "such as "
            '"85.34".'
        ) from None
    if not 0 <= number <= 100:
        raise MeasurementError(
            f"{record.path}, field {field}: {shortened(given)} is not a percentage in 0..100."
        )
    return number
