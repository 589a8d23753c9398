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

FORMAT = 2  # 1: records without proof, and no file about the journal
ABOUT = "journal.json"
KINDS = (MAKE, CRAFT, MEASURE, INSPECT)


@dataclass(frozen=True)
class SetAside:
    """A file of the journal that was not what it should be, and was renamed."""

    unit: str  # in words
    path: Path  # where it is now
    reason: str


@dataclass(frozen=True)
class Journal:
    """A folder beside the table that is being measured. A record is written last: where it is, all is."""

    folder: Path

    @staticmethod
    def beside(table: Path) -> Journal:
        """The journal of a table: ``rows.csv`` is journalled in ``rows.journal/``."""
        return Journal(table.with_suffix(".journal"))

    def make_folders(self) -> None:
        """Makes the folders.

        Raises:
            LabError: when they cannot be made.
        """
        try:
            for kind in KINDS:
                (self.folder / kind).mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise LabError(f"The journal {self.folder} cannot be made: {problem.strerror}.") from None

    def open(self, experiment: str = "") -> None:
        """Makes the folders, notes whose journal it is, and removes what killed processes left half-written.

        Raises:
            LabError: when they cannot be made.
        """
        self.make_folders()
        for temporary in (path for kind in KINDS for path in (self.folder / kind).glob(".*")):
            temporary.unlink()
        unproved = self._about().get("unproved_records", any(self.records()))
        about = {"format": FORMAT, "experiment": experiment, "unproved_records": unproved is not False}
        text = json.dumps(about, ensure_ascii=False, indent=1)
        written_whole(self.folder / ABOUT, lambda file: file.write(text), text=True)

    def experiment(self) -> str | None:
        """The name of the experiment that was measured last; None for a journal of an older version."""
        name = self._about().get("experiment")
        return name if isinstance(name, str) and name else None

    def records(self) -> Iterator[Path]:
        """The files of all finished units, whichever experiment asked for them."""
        for kind in KINDS:
            yield from sorted((self.folder / kind).glob("[!.]*.json"))

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

    def write(self, unit: Unit, content: Mapping[str, Any]) -> None:
        """Notes that a unit is done, and what came of it; its weights or examples must be stored before."""
        tensors = self.tensors_path(unit)
        digest = file_digest(tensors) if unit.stored and tensors.is_file() else None
        text = sealed(unit, content, digest)
        written_whole(self.record_path(unit), lambda file: file.write(text), text=True)

    def read(self, unit: Unit) -> dict[str, Any]:
        """What came of a unit.

        Raises:
            LabError: when its record is not there, or is not what was written.
        """
        try:
            return self._opened(unit)[0]
        except BadRecord as why:
            raise LabError(
                f"{self.record_path(unit)} cannot be used: {why}. Run the measurement again with --resume, "
                "which sets it aside and measures the unit again."
            ) from None

    def stored_tensors(self, unit: Unit) -> Path:
        """Where the weights or examples of a unit are, once they are proved to be those that were stored.

        Raises:
            LabError: when they are gone or were changed.
        """
        try:
            _, proof = self._opened(unit)
            self._check_tensors(unit, proof)
        except BadRecord as why:
            raise LabError(
                f"{self.tensors_path(unit)} cannot be used: {why}. Run the measurement again with --resume, "
                "which sets it aside and makes it again."
            ) from None
        return self.tensors_path(unit)

    def set_bad_aside(
        self, units: Iterable[Unit], radii: Mapping[str, Sequence[float | None]]
    ) -> list[SetAside]:
        """Renames what cannot be trusted, so that it is measured again.

        Weights that are damaged go with their record. Weights that are gone stay gone until they are needed.

        Args:
            radii: those of each cell, by its key.
        """
        moved: list[SetAside] = []
        units = list(units)
        words = frozenset(unit.words for unit in units)
        for unit in units:
            if not self._there(unit):
                continue
            try:
                content, proof = self._opened(unit, words)
                if unit.key in radii:
                    check_radii(content, radii[unit.key])
                if unit.stored and self.tensors_path(unit).exists():
                    self._check_tensors(unit, proof)
            except BadRecord as why:
                paths = self.record_path(unit), self.tensors_path(unit)
                moved += [SetAside(unit.words, _renamed(path), str(why)) for path in paths if _exists(path)]
        return moved

    def unproved(self, units: Iterable[Unit]) -> int:
        """How many of the finished units have a record of an older version, which proves nothing."""
        return sum(self._opened(unit)[1] is None for unit in units if self.record_path(unit).is_file())

    def _there(self, unit: Unit) -> bool:
        return _exists(self.record_path(unit)) or (
            _exists(self.tensors_path(unit)) and not self.tensors_path(unit).is_file()
        )

    def _opened(
        self, unit: Unit, others: frozenset[str] = frozenset()
    ) -> tuple[dict[str, Any], dict[str, Any] | None]:
        try:
            text = self.record_path(unit).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise BadRecord("it is missing") from None
        except UnicodeDecodeError:
            raise BadRecord("it is no UTF-8 text") from None
        except OSError as problem:
            raise BadRecord(f"it cannot be read, {problem.strerror}") from None
        return opened(unit, text, proof_required=not self._may_lack_proof(), others=others)

    def _check_tensors(self, unit: Unit, proof: Mapping[str, Any] | None) -> None:
        from safetensors import SafetensorError
        from safetensors.torch import load

        path = self.tensors_path(unit)
        try:
            known = None if proof is None else proof.get("tensors")
            if known is None:
                load(path.read_bytes())
            elif file_digest(path) != known:
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
        """Whether the journal was begun by a version whose records prove nothing."""
        return self._about().get("unproved_records") is not False


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _renamed(path: Path) -> Path:
    """Where a file that cannot be trusted is now: beside, under a name of its own."""
    names = (f"{path.name}.bad{number or ''}" for number in count())
    free = next(target for target in map(path.with_name, names) if not _exists(target))
    return path.rename(free)
