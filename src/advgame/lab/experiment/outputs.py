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
SOURCE = "measured: experiment "  # the source of each row, followed by the name


@dataclass(frozen=True)
class Output:
    """A table and the files beside it."""

    table: Path

    @property
    def outcomes(self) -> Path:
        """The outcome of every input."""
        return self.table.with_suffix(".outcomes.parquet")

    @property
    def networks(self) -> Path:
        """The costs and sizes of networks."""
        return self.table.with_suffix(".networks.csv")

    @property
    def attacks(self) -> Path:
        """The costs of attacks."""
        return self.table.with_suffix(".attacks.csv")

    @property
    def run(self) -> Path:
        """The run record: versions, seeds, settings."""
        return self.table.with_suffix(".run.json")

    @property
    def measures(self) -> Path:
        """Other measures of networks."""
        return self.table.with_suffix(".measures.csv")

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that one run writes."""
        return self.table, self.outcomes, self.networks, self.attacks, self.measures, self.run

    @cached_property
    def journal(self) -> Journal:
        """The journal of finished units."""
        return Journal.beside(self.table)

    @property
    def note(self) -> Path:
        """Exists only while the files are being replaced; see `together`."""
        return self.journal.folder / "replacing.json"

    @property
    def lock(self) -> Path:
        """The lock file of the measuring process."""
        return self.journal.folder / "lock"

    def check(self) -> None:
        """Raises an error if the table cannot be written.

        Raises:
            LabError: for a suffix other than .csv or .parquet, or a folder that does not exist.
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
        """Raises an error if the table belongs to another experiment or has an unknown origin.

        Raises:
            LabError: names the owner, and states what to do.
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
        """The experiment in the run record, or in the sources of the rows."""
        with suppress(OSError, ValueError, RecursionError):
            record = json.loads(self.run.read_text(encoding="utf-8"))
            if isinstance(record, dict) and isinstance(record.get("experiment"), str):
                return str(record["experiment"])
        with suppress(MeasurementError, OSError):
            sources = {row.source for row in read_table(self.table)}
            if len(sources) == 1 and str(source := sources.pop()).startswith(SOURCE):
                return str(source).removeprefix(SOURCE)
        return None
