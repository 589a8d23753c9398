"""One line per row and solver: written as soon as it is measured, read again to go on where a run stopped."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

WHOLE = {"defences", "attacks", "threads", "measurements", "games"}  # columns of whole numbers


@dataclass(frozen=True)
class Result:
    """What one solver took for one row."""

    part: str
    row: str
    family: str
    defences: int
    attacks: int
    question: str
    threads: int
    solver: str
    version: str
    outcome: str  # "measured", or why not
    median_seconds: str = ""  # per game
    measurements: int = 0
    games: int = 0
    goal_seconds: str = ""
    equilibria_per_game: str = ""
    complete: str = ""  # share of the games
    compiled: str = ""  # share of the games
    largest_regret: str = ""

    @property
    def seconds(self) -> float | None:
        """The median per game; None where nothing was measured."""
        return float(self.median_seconds) if self.median_seconds else None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a result one of its kind."""
        return self.part, self.row, self.solver


def read(path: Path) -> list[Result]:
    """The results in a file; none where there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [_result(line) for line in csv.DictReader(file)]


def _result(line: dict[str, Any]) -> Result:
    line.update({name: int(line[name]) for name in WHOLE})
    return Result(**line)


def write(path: Path, results: Iterable[Result]) -> None:
    """Writes all results anew, by way of a file beside it, so that none is half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Result)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(result) for result in results)
    beside.replace(path)
