"""The worst of several attacks, input by input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from advgame.errors import LabError
from advgame.lab.attacks.attack import Attack, Victim
from advgame.lab.attacks.kinds import FixedEpsilonAttack, in_batches
from advgame.lab.attacks.norms import ROUNDING, size
from advgame.lab.attacks.survivors import Survivors


@dataclass(frozen=True)
class WorstOf(FixedEpsilonAttack):
    """Runs attacks of one norm in turn, each on the inputs that none before it has fooled."""

    batch: ClassVar[int] = 1000
    of: tuple[str, ...] = ()  # names in the catalogue, with their usual settings; best the cheapest first

    def __post_init__(self) -> None:
        members = self.members()
        if not members:
            raise LabError(f"The attack {self.name!r} combines no attacks; name at least one in 'of'.")
        for member in members:
            if member.norm != self.norm or isinstance(member, WorstOf):
                raise LabError(
                    f"The attack {self.name!r} cannot include {member.name!r}, which is bounded in "
                    f"{member.norm}; name attacks in {self.norm}."
                )

    def members(self) -> tuple[Attack, ...]:
        """The attacks with their usual settings.

        Raises:
            UnknownName: for one that the catalogue does not list.
        """
        from advgame.lab.attacks import ATTACKS  # which lists this one too

        return tuple(ATTACKS[name]() for name in self.of)

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The first example within the radius that fools; the first attempt where none does."""
        survivors = Survivors(victim, inputs, labels)
        for member in self.members():

            def one(some: torch.Tensor, goal: torch.Tensor, member: Attack = member) -> torch.Tensor:
                return member.craft(victim, some, goal, [radius])[0]

            if len(survivors) > 0:
                examples = in_batches(one, survivors.inputs, survivors.labels)
                fits = size(examples, survivors.inputs, str(self.norm)) <= radius * (1 + ROUNDING)
                survivors.meet(examples, fits)
        return survivors.changed


@dataclass(frozen=True)
class WorstOfLinf(WorstOf):
    """The worst of several attacks in L∞."""

    name: ClassVar[str] = "worst_of_linf"
    norm: ClassVar[str | None] = "Linf"
    of: tuple[str, ...] = ("strongest_linf", "square")


@dataclass(frozen=True)
class WorstOfL2(WorstOf):
    """The worst of several attacks in L2."""

    name: ClassVar[str] = "worst_of_l2"
    norm: ClassVar[str | None] = "L2"
    of: tuple[str, ...] = ("strongest_l2", "cw")


@dataclass(frozen=True)
class WorstOfL1(WorstOf):
    """The worst of several attacks in L1."""

    name: ClassVar[str] = "worst_of_l1"
    norm: ClassVar[str | None] = "L1"
    of: tuple[str, ...] = ("strongest_l1", "ead")


@dataclass(frozen=True)
class WorstOfL0(WorstOf):
    """The worst of several attacks in L0."""

    name: ClassVar[str] = "worst_of_l0"
    norm: ClassVar[str | None] = "L0"
    of: tuple[str, ...] = ("strongest_l0", "pointwise")
