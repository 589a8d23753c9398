"""The units of pruning (weights, kernels or filters) and their order of removal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

SCOPES = ("global", "local")


class Units(ABC):
    """The units of a network, in groups that must not be emptied (layers, or layers that hang together)."""

    @property
    @abstractmethod
    def sizes(self) -> list[torch.Tensor]:
        """How many weights of convolutions and connected layers each unit has, by group: (units,)."""

    @abstractmethod
    def sums(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """The sum over each unit of values given for parameters, by group: (units,).

        Args:
            values: by the parameter's name, of its shape; parameters that are left out count as 0.
        """

    @abstractmethod
    def contributions(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """Like `sums`, over those parameters through which the whole effect of a unit passes once.

        Args:
            values: weight × gradient, say, for every parameter.
        """

    @abstractmethod
    def views(self, group: int, place: int) -> list[torch.Tensor]:
        """Views of the parameters through which a unit acts: it is silent while they are 0."""

    @abstractmethod
    def parameters_left(self, removal: Removal, count: int) -> int:
        """How many parameters the network has left when so many units of the order are gone."""

    @abstractmethod
    def remove(self, removal: Removal, count: int) -> None:
        """Takes the first so many units of the order out of the network, for good."""


@dataclass(frozen=True, eq=False)
class Removal:
    """An order in which units may go: the least important first, the best of each group never."""

    groups: NDArray[np.int64]  # (units,), of the unit to go
    places: NDArray[np.int64]  # (units,), in its group

    def __len__(self) -> int:
        return len(self.groups)

    def first(self, count: int) -> dict[int, NDArray[np.int64]]:
        """The places of the first so many units, by group, rising."""
        groups, places = self.groups[:count], self.places[:count]
        return {int(group): np.sort(places[groups == group]) for group in np.unique(groups)}


def order_of_removal(importances: Sequence[torch.Tensor], scope: str) -> Removal:
    """The order in which units go.

    >>> order = order_of_removal([torch.tensor([3.0, 1.0, 2.0]), torch.tensor([0.5, 9.0])], "global")
    >>> list(zip(order.groups.tolist(), order.places.tolist()))
    [(1, 0), (0, 1), (0, 2)]

    Args:
        importances: by group, (units,).
        scope: "global" compares units of all groups, "local" takes the same share of each.
    """
    keys, groups, places = [], [], []
    for group, importance in enumerate(importances):
        values = importance.detach().cpu().double().numpy()
        ranked = np.argsort(values, kind="stable")
        going = ranked[:-1]  # the best stays
        keys.append(values[going] if scope == "global" else (1 + np.arange(len(going))) / len(ranked))
        groups.append(np.full(len(going), group))
        places.append(going)
    order = np.argsort(np.concatenate(keys), kind="stable")
    return Removal(np.concatenate(groups)[order], np.concatenate(places)[order])


def fewest_to_remove(units: Units, removal: Removal, target: int) -> int:
    """How many units must go to come nearest to a number of parameters left, by halving the interval.

    Args:
        units: the units that can be removed, by group.
        removal: the order in which units go.
        target: number of parameters to keep.
    """
    low, high = 0, len(removal)
    while low < high:  # the first count that is at or below the target
        middle = (low + high) // 2
        if units.parameters_left(removal, middle) > target:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return 0
    above = units.parameters_left(removal, low - 1) - target
    below = target - units.parameters_left(removal, low)
    return low - 1 if above < below else low
