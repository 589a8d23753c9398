"""Imports attack artifacts of JailbreakBench: which behaviours an attack obtained from a model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from advgame.errors import MeasurementError
from advgame.measurements.importers.importer import Importer, table_of
from advgame.measurements.importers.json_files import field_of, files_at, json_of
from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable

ACCESS = {"white_box": "adaptive", "black_box": "adaptive", "transfer": "transferred", "manual": "static"}


@dataclass(frozen=True)
class JailbreakbenchImporter(Importer):
    """Reads an artifact file, or a folder of them: a defence is the model, with its defence if one is named.

    Only verdicts are read, never prompts or answers. The source has no harmless conversations, so a scenario
    must assume clean accuracies (``what_if``).
    """

    name: ClassVar[str] = "jailbreakbench"
    about: ClassVar[str] = "attack artifacts of JailbreakBench (.json): a file or folder; verdicts only"

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """One row for each file.

        Raises:
            MeasurementError: for a missing field, a verdict that is not true or false, an unknown kind of
                access, or a total that is not that of the verdicts.
        """
        path = Path(path)
        return table_of(map(_row, files_at(path)), path, "attack artifacts of JailbreakBench")


def _row(file: Path) -> Measurement:
    content = json_of(file)
    about = field_of(content, "parameters", dict, file.name)
    kind = field_of(about, "attack_type", str, file.name)
    if kind not in ACCESS:
        raise MeasurementError(
            f"{file.name}: the attack_type {kind!r} is unknown; known are {', '.join(ACCESS)}."
        )
    verdicts, without = [], 0
    for place, item in enumerate(field_of(content, "jailbreaks", list, file.name), start=1):
        where = f"{file.name}, jailbreak {place}"
        verdicts.append(field_of(item, "jailbroken", bool, where))
        without += "prompt" in item and item["prompt"] is None
    if not verdicts:
        raise MeasurementError(f"{file.name} has no jailbreaks; expected one for each behaviour.")
    model, defence = field_of(about, "model", str, file.name), about.get("defense")
    failed = verdicts.count(False)
    return Measurement(
        "jailbreakbench",
        model,
        model if defence is None else f"{model} with {defence}",
        field_of(about, "method", str, file.name),
        accuracy=failed / len(verdicts),
        correct=failed,
        tested=len(verdicts),
        population="harmful behaviours",
        adaptivity=ACCESS[kind],
        source=f"JailbreakBench artifact, {file.name}",
        warnings=(*_notes(about, verdicts, without),),
    )


def _notes(about: Any, verdicts: list[bool], without: int) -> list[str]:
    notes = []
    if without:
        notes.append(
            f"no prompt was submitted for {without} of {len(verdicts)} behaviours: counted as failed"
        )
    total = about.get("total_number_of_jailbreaks")
    if isinstance(total, int) and total != sum(verdicts):
        notes.append(f"the file states {total} jailbreaks, its verdicts are {sum(verdicts)}")
    return notes
