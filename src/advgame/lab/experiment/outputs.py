"""The output files of a measurement: the table, the files beside it, and their experiment."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from advgame.errors import LabError, MeasurementError
from advgame.lab.experiment.journal import Journal
from advgame.measurements import read_table

SUFFIXES = (".csv", ".parquet")
SOURCE = "measured: experiment "  # before the name, in the source of each row


@dataclass(frozen=True)
class Output:
    """A table and what stands beside it."""

    table: Path

    @property
    def outcomes(self) -> Path:
        """Right or wrong, for every input."""
        return self.table.with_suffix(".outcomes.parquet")

    @property
    def networks(self) -> Path:
        """What networks cost, and how large they are."""
        return self.table.with_suffix(".networks.csv")

    @property
    def attacks(self) -> Path:
        """What attacks cost."""
        return self.table.with_suffix(".attacks.csv")

    @property
    def run(self) -> Path:
        """Versions, seeds, settings."""
        return self.table.with_suffix(".run.json")

    @property
    def measures(self) -> Path:
        """Other measures of networks."""
        return self.table.with_suffix(".measures.csv")

    @property
    def files(self) -> tuple[Path, ...]:
        """All that one run writes."""
        return self.table, self.outcomes, self.networks, self.attacks, self.measures, self.run

    @cached_property
    def journal(self) -> Journal:
        """What is finished so far."""
        return Journal.beside(self.table)

    @property
    def note(self) -> Path:
        """There only while the files are replaced; see `together`."""
        return self.journal.folder / "replacing.json"

    @property
    def lock(self) -> Path:
        """Held by the process that measures."""
        return self.journal.folder / "lock"

    def check(self) -> None:
        """Refuses a table that cannot be written.

        Raises:
            LabError: for another ending than .csv or .parquet, or a folder that is not there.
        """
        if self.table.suffix not in SUFFIXES:
            raise LabError(
                f"{self.table} ends in {self.table.suffix!r}; the table is written as .csv or .parquet."
            )
        if not self.table.parent.is_dir():
            raise LabError(
                f"There is no folder {self.table.parent} to write {self.table.name} into; make it first."
            )

    def check_owner(self, experiment: str) -> None:
        """Refuses to replace what another experiment has measured, or what nobody knows the origin of.

        Raises:
            LabError: names whose it is, and says what to do.
        """
        begun = any(self.journal.records())
        if not begun and not self.table.exists():
            return
        owner = (self.journal.experiment() if begun else None) or self._owner_of_table()
        if owner == experiment or (owner is None and not self.table.exists()):
            return
        whose = f"belongs to the experiment {owner!r}" if owner else "is there, and no experiment wrote it"
        raise LabError(
            f"{self.table} {whose}; measuring {experiment!r} would overwrite it. Give another output with "
            "-o, or --overwrite if it is no longer needed."
        )

    def _owner_of_table(self) -> str | None:
        """The experiment that the run record names, or the sources of the rows."""
        with suppress(OSError, ValueError, RecursionError):
            record = json.loads(self.run.read_text(encoding="utf-8"))
            if isinstance(record, dict) and isinstance(record.get("experiment"), str):
                return str(record["experiment"])
        with suppress(MeasurementError, OSError):
            sources = {row.source for row in read_table(self.table)}
            if len(sources) == 1 and str(source := sources.pop()).startswith(SOURCE):
                return str(source).removeprefix(SOURCE)
        return None
