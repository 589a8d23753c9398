"""What an experiment still costs, estimated from the units that are finished."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.units import CRAFT, MAKE, Plan, Unit


@dataclass(frozen=True)
class Share:
    """Units of one kind: the training of one defence, or one attack or measure."""

    work: str  # in words
    units: int
    finished: int
    seconds_each: float | None  # mean wall seconds of the finished units; None if none is finished

    @property
    def seconds_left(self) -> float | None:
        """Wall seconds of the unfinished units on one worker; None if they cannot be estimated."""
        if self.finished == self.units:
            return 0.0
        return None if self.seconds_each is None else self.seconds_each * (self.units - self.finished)


def estimate(experiment: Experiment, table: Path) -> list[Share]:
    """The kinds of units of an experiment, with their number and the time that they take.

    Args:
        experiment: the experiment.
        table: the table into which it is measured; finished units are read from the journal beside it.

    Raises:
        LabError: for a record of the journal that is damaged.
    """
    units, journal = Plan(experiment).units, Journal.beside(table)
    finished = journal.finished(units)
    shares = []
    for work in dict.fromkeys(map(_work, units)):
        of_kind = [unit for unit in units if _work(unit) == work]
        seconds = [journal.read(unit)["wall_seconds"] for unit in of_kind if unit.key in finished]
        mean = sum(seconds) / len(seconds) if seconds else None
        shares.append(Share(work, len(of_kind), len(seconds), mean))
    return shares


def estimate_text(shares: Iterable[Share]) -> str:
    """The estimate as a table in plain text, with the totals.

    >>> print(estimate_text([Share("training plain", 3, 1, 60.0), Share("pgd", 3, 0, None)]))
    units  finished  seconds each  hours left
        3         1          60.0        0.03  training plain
        3         0       unknown     unknown  pgd
        6         1                      0.03  in all, without 3 units of kinds that no unit has finished
    """
    lines, shares = ["units  finished  seconds each  hours left"], list(shares)
    for share in shares:
        seconds = "unknown" if share.seconds_each is None else f"{share.seconds_each:.1f}"
        left = "unknown" if share.seconds_left is None else f"{share.seconds_left / 3600:.2f}"
        lines.append(f"{share.units:5}  {share.finished:8}  {seconds:>12}  {left:>10}  {share.work}")
    total = sum(share.seconds_left or 0.0 for share in shares) / 3600
    unknown = sum(share.units for share in shares if share.seconds_left is None)
    rest = f", without {unknown} units of kinds that no unit has finished" if unknown else ""
    counts = f"{sum(share.units for share in shares):5}  {sum(share.finished for share in shares):8}"
    lines.append(f"{counts}  {'':12}  {total:10.2f}  in all{rest}")
    return "\n".join(lines)


def _work(unit: Unit) -> str:
    if unit.kind == MAKE:
        return f"training {unit.defence}"
    crafting = "crafting " if unit.kind == CRAFT else ""
    return f"{crafting}{unit.attack or 'benign inputs'}"
