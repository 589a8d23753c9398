"""Imports result files of the agent security sandbox: one verdict for each case."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from advgame.errors import MeasurementError
from advgame.measurements.importers.importer import Importer, table_of
from advgame.measurements.importers.json_files import field_of, files_at, json_of, known_label
from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable

RIGHT = {"benign_completed": True, "benign_blocked": False, "attack_blocked": True, "attack_succeeded": False}
NEITHER = ("error",)  # a case that ended so counts as neither success nor failure
NAMED = re.compile(r"(?P<model>.+)_(?P<defence>[^_]+)_run(?P<run>\d+)$")
CASE = re.compile(r"(?:attack_|benign_)?(?P<kind>.*?)_?\d*$")


@dataclass(frozen=True)
class AgentSandboxImporter(Importer):
    """Reads a folder of ``MODEL_DEFENCE_runN.json`` files; an attack is named by the stem of its case id."""

    name: ClassVar[str] = "agent_sandbox"
    about: ClassVar[str] = "result files MODEL_DEFENCE_runN.json of the agent security sandbox: a folder"

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements on the cases that all files of a model have, one row per run and kind of attack.

        Raises:
            MeasurementError: for a file name or a verdict that is not known, or files without common cases.
        """
        path = Path(path)
        files = [_file(file) for file in files_at(path)]
        rows: list[Measurement] = []
        for model in dict.fromkeys(model for model, *_ in files):
            rows += _of_model(model, [file for file in files if file[0] == model], path.name)
        return table_of(rows, path, "result files of the agent security sandbox")


def _file(file: Path) -> tuple[str, str, int, dict[str, str]]:
    """The model, the defence, the run, and the verdict of each case."""
    named = NAMED.match(file.stem)
    if named is None:
        raise MeasurementError(f"{file.name} is not named MODEL_DEFENCE_runN.json; rename or remove it.")
    verdicts = {}
    for place, result in enumerate(field_of(json_of(file), "results", list, file.name), start=1):
        where = f"{file.name}, result {place}"
        case = field_of(result, "case_id", str, where)
        if case in verdicts:
            raise MeasurementError(f"{where}: the case {case!r} occurs twice; keep one.")
        verdicts[case] = known_label(field_of(result, "verdict", str, where), (*RIGHT, *NEITHER), where)
    return named["model"], named["defence"], int(named["run"]), verdicts


def _of_model(
    model: str, files: list[tuple[str, str, int, dict[str, str]]], source: str
) -> Iterator[Measurement]:
    common = set.intersection(*(set(verdicts) for *_, verdicts in files))
    if not common:
        raise MeasurementError(f"The files of {model!r} have no case in common; import them separately.")
    for _, defence, run, verdicts in files:
        surplus = len(verdicts) - len(common)
        counts: dict[str, list[bool]] = defaultdict(list)
        errors = 0
        for case in sorted(common):
            if verdicts[case] in NEITHER:
                errors += 1
                continue
            kind = "none" if verdicts[case].startswith("benign") else CASE.sub(r"\g<kind>", case)
            counts[kind or "injection"].append(RIGHT[verdicts[case]])
        notes: tuple[str, ...] = ()
        if surplus:
            notes += (f"{surplus} cases that other files lack are left out",)
        if errors:
            notes += (f"{errors} cases that ended in an error are left out",)
        for kind, right in counts.items():
            yield _row(model, defence, run, kind, right, notes, source)


def _row(
    model: str, defence: str, run: int, kind: str, right: list[bool], notes: tuple[str, ...], source: str
) -> Measurement:
    clean = kind == "none"
    about: dict[str, Any] = {"population": "harmless requests", "metric": "clean"}
    if not clean:
        about = {"population": "requests with an injection", "adaptivity": "static"}
    return Measurement(
        "agent-security-sandbox",
        model,
        defence,
        kind.replace("_", " "),
        accuracy=sum(right) / len(right),
        correct=sum(right),
        tested=len(right),
        seed=run,
        source=f"agent security sandbox, {source}",
        warnings=notes,
        **about,
    )
