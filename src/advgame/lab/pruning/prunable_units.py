"""The units of pruning (weights, kernels or filters) and their order of removal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError

SCOPES = ("global", "local")
TOLERANCE = 1.1  # relative deviation from the target size at which a network counts as pruned further


class Units(ABC):
    """The units of a network, in groups that must not become empty (layers, or layers that are coupled)."""

    @property
    @abstractmethod
    def sizes(self) -> list[torch.Tensor]:
        """The number of weights of convolutions and linear layers in each unit, by group: (units,)."""

    @abstractmethod
    def sums(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """The sums over each unit of values given for the parameters, by group: (units,).

        Args:
            values: parameter name → values in the shape of the parameter; missing parameters count as 0.
        """

    @abstractmethod
    def contributions(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """Like `sums`, over those parameters through which the whole effect of a unit passes exactly once.

        Args:
            values: parameter name → values in the shape of the parameter, such as weight × gradient.
        """

    @abstractmethod
    def views(self, group: int, place: int) -> list[torch.Tensor]:
        """Views of the parameters through which a unit acts: it has no effect while they are 0."""

    @abstractmethod
    def parameters_left(self, removal: Removal, count: int) -> int:
        """The number of parameters left after the first ``count`` units are removed."""

    @abstractmethod
    def remove(self, removal: Removal, count: int) -> None:
        """Removes the first ``count`` units from the network permanently."""


@dataclass(frozen=True, eq=False)
class Removal:
    """The order in which units may be removed: the least important first, the best of each group never."""

    groups: NDArray[np.int64]  # (units,), the group of each unit
    places: NDArray[np.int64]  # (units,), its index in the group

    def __len__(self) -> int:
        return len(self.groups)

    def first(self, count: int) -> dict[int, NDArray[np.int64]]:
        """The sorted indices of the first ``count`` units, by group."""
        groups, places = self.groups[:count], self.places[:count]
        return {int(group): np.sort(places[groups == group]) for group in np.unique(groups)}


def order_of_removal(importances: Sequence[torch.Tensor], scope: str) -> Removal:
    """The order in which units are removed.

    >>> order = order_of_removal([torch.tensor([3.0, 1.0, 2.0]), torch.tensor([0.5, 9.0])], "global")
    >>> list(zip(order.groups.tolist(), order.places.tolist()))
    [(1, 0), (0, 1), (0, 2)]

    Args:
        importances: by group, (units,).
        scope: "global" compares units of all groups, "local" removes the same share of each group.
    """
    keys, groups, places = [], [], []
    for group, importance in enumerate(importances):
        values = importance.detach().cpu().double().numpy()
        ranked = np.argsort(values, kind="stable")
        removable = ranked[:-1]  # all but the best
        keys.append(values[removable] if scope == "global" else (1 + np.arange(len(removable))) / len(ranked))
        groups.append(np.full(len(removable), group))
        places.append(removable)
    order = np.argsort(np.concatenate(keys), kind="stable")
    return Removal(np.concatenate(groups)[order], np.concatenate(places)[order])


def check_reachable(units: Units, removal: Removal, before: int, compression: float, structure: str) -> None:
    """Raises an error if removing every removable unit leaves too many parameters.

    Args:
        units: the units that can be removed, by group.
        removal: the order in which units go.
        before: number of parameters before any pruning.
        compression: parameters before pruning / parameters left that is wanted.
        structure: what a unit is: "unstructured" for a weight, "kernel" or "filter".

    Raises:
        LabError: with the largest compression that can be reached.
    """
    least = units.parameters_left(removal, len(removal))
    if least > round(before / compression) * TOLERANCE:
        unit = "weight" if structure == "unstructured" else structure
        raise LabError(
            f"The compression {compression:g} cannot be reached: {least:,} of {before:,} parameters "
            f"must remain, among them one {unit} of each layer. Give at most {before / least:.3g}."
        )


def fewest_to_remove(units: Units, removal: Removal, target: int) -> int:
    """The number of units to remove so that the parameters left come nearest to a target, by bisection.

    Args:
        units: the units that can be removed, by group.
        removal: the order in which units go.
        target: desired number of parameters left.
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
