"""Defences that are made of several networks of an experiment."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from advgame.errors import LabError
from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.settings import check_range


@dataclass(frozen=True)
class Combination(Defence):
    """One network out of several that were defended before; no training.

    Whoever builds the networks calls ``combined`` in place of ``prepared`` and ``fit``.
    """

    learns: ClassVar[bool] = False
    of: tuple[str, ...]  # the names its members have in the experiment
    weights: tuple[float, ...] | None = None  # of the members, in that order; None for equal ones

    def __post_init__(self) -> None:
        if len(self.of) < 2 or len(set(self.of)) < len(self.of):
            raise LabError(
                f"The setting 'of' is {list(self.of)}; expected the names of at least two different defences."
            )
        if self.weights is None:
            return
        if len(self.weights) != len(self.of):
            raise LabError(
                f"The setting 'weights' has {len(self.weights)} entries for {len(self.of)} members; give one "
                "for each."
            )
        for weight in self.weights:
            check_range("weights", weight, 0, low_included=False)

    @property
    def shares(self) -> tuple[float, ...]:
        """The weights, summing to 1."""
        weights = self.weights or (1.0,) * len(self.of)
        return tuple(weight / sum(weights) for weight in weights)

    @abstractmethod
    def combined(self, networks: Sequence[nn.Module]) -> nn.Module:
        """The combined network, of the members in the order of ``of``; they are used, not copied."""
