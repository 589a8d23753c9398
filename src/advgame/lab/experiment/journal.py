"""The journal of an experiment: one file per finished unit, written atomically and found by its key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from advgame.errors import LabError
from advgame.files import written_whole
from advgame.lab.experiment.records import BadRecord, check_radii, file_digest, opened, sealed
from advgame.lab.experiment.units import CRAFT, INSPECT, MAKE, MEASURE, Unit

FORMAT = 2  # 1: records without proof, and no journal.json
ABOUT = "journal.json"
KINDS = (MAKE, CRAFT, MEASURE, INSPECT)


@dataclass(frozen=True)
class SetAside:
    """A damaged or changed file of the journal, which was renamed."""

    unit: str  # in words
    path: Path  # its new path
    reason: str


@dataclass(frozen=True)
class Journal:
    """A folder beside the table of results. A unit is finished if its record, written last, exists."""

    folder: Path

    @staticmethod
    def beside(table: Path) -> Journal:
        """The journal of a table: ``rows.csv`` is journalled in ``rows.journal/``."""
        return Journal(table.with_suffix(".journal"))

    def make_folders(self) -> None:
        """Creates the folders.

        Raises:
            LabError: if they cannot be created.
        """
        try:
            for kind in KINDS:
                (self.folder / kind).mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise LabError(
                f"The journal {self.folder} cannot be created: {problem.strerror}. Give another output, or "
                "permission to write there."
            ) from None

    def open(self, experiment: str = "") -> None:
        """Creates the folders, records the experiment, and removes temporary files of killed processes.

        Raises:
            LabError: if the folders cannot be created, and for a journal of a newer version.
        """
        self.make_folders()
        self.check_format()
        for temporary in (path for kind in KINDS for path in (self.folder / kind).glob(".*")):
            temporary.unlink()
        unproved = self._about().get("unproved_records", any(self.records()))
        about = {"format": FORMAT, "experiment": experiment, "unproved_records": unproved is not False}
        text = json.dumps(about, ensure_ascii=False, indent=1)
        written_whole(self.folder / ABOUT, lambda file: file.write(text), text=True)

    def check_format(self) -> None:
        """Raises an error for a journal of a newer version, whose records this one would set aside.

        Raises:
            LabError: names what to do.
        """
        written = self._about().get("format")
        if isinstance(written, int) and written > FORMAT:
            raise LabError(
                f"{self.folder} was written by a newer version of advgame (format {written}; this one reads "
                f"formats up to {FORMAT}); install that version, or give another output with -o."
            )

    def experiment(self) -> str | None:
        """The name of the last experiment; None for a journal of an older version."""
        name = self._about().get("experiment")
        return name if isinstance(name, str) and name else None

    def records(self) -> Iterator[Path]:
        """The record files of all finished units, of any experiment."""
        for kind in KINDS:
            yield from sorted((self.folder / kind).glob("[!.]*.json"))

    def finished(self, units: Iterable[Unit]) -> set[str]:
        """The keys of the finished units."""
        return {unit.key for unit in units if self.record_path(unit).is_file()}

    def to_do(self, units: Iterable[Unit]) -> list[Unit]:
        """The unfinished units, and those whose weights or examples they need and are missing."""
        by_key = {unit.key: unit for unit in units}
        required = by_key.keys() - self.finished(by_key.values())
        unchecked = list(required)
        while unchecked:
            for need in by_key[unchecked.pop()].needs:
                if need not in required and not self._available(by_key[need]):
                    required.add(need)
                    unchecked.append(need)
        return [unit for key, unit in by_key.items() if key in required]

    def _available(self, unit: Unit) -> bool:
        """Whether the record of a unit, and its weights or examples, exist."""
        return self.record_path(unit).is_file() and (not unit.stored or self.tensors_path(unit).is_file())

    def record_path(self, unit: Unit) -> Path:
        """The path of the record of a unit."""
        return self.folder / unit.kind / f"{unit.key}.json"

    def tensors_path(self, unit: Unit) -> Path:
        """The path of the weights or crafted examples of a unit."""
        return self.folder / unit.kind / f"{unit.key}.safetensors"

    def write(self, unit: Unit, content: Mapping[str, Any]) -> None:
        """Writes the record of a finished unit; its weights or examples must be stored before."""
        tensors = self.tensors_path(unit)
        digest = file_digest(tensors) if unit.stored and tensors.is_file() else None
        text = sealed(unit, content, digest)
        written_whole(self.record_path(unit), lambda file: file.write(text), text=True)

    def read(self, unit: Unit) -> dict[str, Any]:
        """The record of a unit.

        Raises:
            LabError: if the record is missing, damaged or changed.
        """
        try:
            return self._opened(unit)[0]
        except BadRecord as reason:
            raise LabError(
                f"{self.record_path(unit)} cannot be used: {reason}. Run the measurement again with "
                "--resume, which renames the file and measures the unit again."
            ) from None

    def stored_tensors(self, unit: Unit) -> Path:
        """The path of the weights or examples of a unit, after their integrity is verified.

        Raises:
            LabError: if they are missing or changed.
        """
        try:
            _, proof = self._opened(unit)
            self._check_tensors(unit, proof)
        except BadRecord as reason:
            raise LabError(
                f"{self.tensors_path(unit)} cannot be used: {reason}. Run the measurement again with "
                "--resume, which renames the file and creates it again."
            ) from None
        return self.tensors_path(unit)

    def set_bad_aside(
        self, units: Iterable[Unit], radii: Mapping[str, Sequence[float | None]]
    ) -> list[SetAside]:
        """Renames damaged or changed files, so that their units are measured again.

        Damaged weights are renamed together with their record. Missing weights are created again only when
        they are needed.

        Args:
            units: the units of the experiment.
            radii: key of a cell → its radii.
        """
        moved: list[SetAside] = []
        units = list(units)
        words = frozenset(unit.words for unit in units)
        for unit in units:
            if not self._exists(unit):
                continue
            try:
                content, proof = self._opened(unit, words)
                if unit.key in radii:
                    check_radii(content, radii[unit.key])
                if unit.stored and self.tensors_path(unit).exists():
                    self._check_tensors(unit, proof)
            except BadRecord as reason:
                paths = self.record_path(unit), self.tensors_path(unit)
                moved += [
                    SetAside(unit.words, _renamed(path), str(reason)) for path in paths if _exists(path)
                ]
        return moved

    def unproved(self, units: Iterable[Unit]) -> int:
        """The number of finished units whose record is of an older version, without a proof."""
        return sum(self._opened(unit)[1] is None for unit in units if self.record_path(unit).is_file())

    def _exists(self, unit: Unit) -> bool:
        return _exists(self.record_path(unit)) or (
            _exists(self.tensors_path(unit)) and not self.tensors_path(unit).is_file()
        )

    def _opened(
        self, unit: Unit, other_units: frozenset[str] = frozenset()
    ) -> tuple[dict[str, Any], dict[str, Any] | None]:
        try:
            text = self.record_path(unit).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise BadRecord("it is missing") from None
        except UnicodeDecodeError:
            raise BadRecord("it is no UTF-8 text") from None
        except OSError as problem:
            raise BadRecord(f"it cannot be read, {problem.strerror}") from None
        return opened(unit, text, proof_required=not self._may_lack_proof(), other_units=other_units)

    def _check_tensors(self, unit: Unit, proof: Mapping[str, Any] | None) -> None:
        from safetensors import SafetensorError
        from safetensors.torch import load

        path = self.tensors_path(unit)
        try:
            expected = None if proof is None else proof.get("tensors")
            if expected is None:
                load(path.read_bytes())
            elif file_digest(path) != expected:
                raise BadRecord("its content is not what was stored")
        except FileNotFoundError:
            raise BadRecord("it is missing") from None
        except OSError as problem:
            raise BadRecord(f"it cannot be read, {problem.strerror}") from None
        except SafetensorError as problem:
            raise BadRecord(f"it is no whole safetensors file, {problem}") from None

    def _about(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, RecursionError):
            about = json.loads((self.folder / ABOUT).read_text(encoding="utf-8"))
            if isinstance(about, dict):
                return about
        return {}

    def _may_lack_proof(self) -> bool:
        """Whether the journal was started by a version whose records have no proof."""
        return self._about().get("unproved_records") is not False


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _renamed(path: Path) -> Path:
    """Renames a damaged file to an unused name beside it and returns the new path."""
    names = (f"{path.name}.bad{number or ''}" for number in count())
    unused = next(target for target in map(path.with_name, names) if not _exists(target))
    return path.rename(unused)
