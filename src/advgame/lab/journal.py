"""What an experiment has finished so far: one file for each unit, written whole, found again by its key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advgame.errors import LabError
from advgame.files import written_whole
from advgame.lab.units import CRAFT, INSPECT, MAKE, MEASURE, Unit


@dataclass(frozen=True)
class Journal:
    """A folder beside the table that is being measured. A record is written last: where it is, all is."""

    folder: Path

    @staticmethod
    def beside(table: Path) -> Journal:
        """The journal of a table: ``rows.csv`` is journalled in ``rows.journal/``."""
        return Journal(table.with_suffix(".journal"))

    def open(self) -> None:
        """Makes the folders.

        Raises:
            LabError: when they cannot be made.
        """
        try:
            for kind in (MAKE, CRAFT, MEASURE, INSPECT):
                (self.folder / kind).mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise LabError(f"The journal {self.folder} cannot be made: {problem.strerror}.") from None

    def finished(self, units: Iterable[Unit]) -> set[str]:
        """The keys of the units that are done."""
        return {unit.key for unit in units if self.record_path(unit).is_file()}

    def to_do(self, units: Iterable[Unit]) -> list[Unit]:
        """The units that are not done, and those whose weights or examples they need and are gone."""
        by_key = {unit.key: unit for unit in units}
        wanted = by_key.keys() - self.finished(by_key.values())
        to_look_at = list(wanted)
        while to_look_at:
            for need in by_key[to_look_at.pop()].needs:
                if need not in wanted and not self._at_hand(by_key[need]):
                    wanted.add(need)
                    to_look_at.append(need)
        return [unit for key, unit in by_key.items() if key in wanted]

    def _at_hand(self, unit: Unit) -> bool:
        """Whether what others need of a unit is there."""
        return self.record_path(unit).is_file() and (not unit.stored or self.tensors_path(unit).is_file())

    def record_path(self, unit: Unit) -> Path:
        """Where the facts about a unit are kept."""
        return self.folder / unit.kind / f"{unit.key}.json"

    def tensors_path(self, unit: Unit) -> Path:
        """Where the weights, or the crafted examples, of a unit are kept."""
        return self.folder / unit.kind / f"{unit.key}.safetensors"

    def write(self, unit: Unit, record: dict[str, Any]) -> None:
        """Notes that a unit is done, and what came of it."""
        about = {"unit": unit.words, **record}
        text = json.dumps(about, ensure_ascii=False, indent=1)
        written_whole(self.record_path(unit), lambda file: file.write(text), text=True)

    def read(self, unit: Unit) -> dict[str, Any]:
        """What came of a unit.

        Raises:
            LabError: when its file is not there or was changed by hand.
        """
        path = self.record_path(unit)
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise LabError(
                f"{path} is missing or damaged; delete it and measure again with --resume."
            ) from None
        if not isinstance(record, dict):
            raise LabError(f"{path} holds no record; delete it and measure again with --resume.")
        return record
