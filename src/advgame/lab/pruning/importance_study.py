"""Compares estimated importances with the measured change of the loss when units are removed.

The true importance of a unit is (loss without it − loss with it)², which Taylor pruning expands to first
order (Molchanov et al. 2019). Pruning ranks units by importance per weight; so both are compared per weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from advgame.errors import LabError
from advgame.lab.fitting.task import Task
from advgame.lab.pruning.method import Pruning
from advgame.lab.pruning.prunable_units import Units
from advgame.statistics.rank_correlation import bootstrap_interval, spearman

LEVEL = 0.95
RESAMPLES = 2000
BATCH = 250


@dataclass(frozen=True, eq=False)
class ImportanceStudy:
    """Estimated and true importance of units, and how far their orders agree."""

    method: str
    groups: NDArray[np.int64]  # (units,), the layer of each, or the layers that lose it together
    estimated: NDArray[np.float64]  # (units,), per weight
    true: NDArray[np.float64]  # (units,), per weight
    correlation: float  # Spearman's, over all units; nan where one of the two does not vary
    low: float  # limits of its bootstrap interval at 95 %, units drawn with replacement
    high: float

    @property
    def by_group(self) -> dict[int, float]:
        """Spearman's correlation within each group that has at least three units: orders inside a layer."""
        return {
            int(group): float(spearman(self.estimated[self.groups == group], self.true[self.groups == group]))
            for group in np.unique(self.groups)
            if (self.groups == group).sum() >= 3
        }


def importance_study(
    network: nn.Module,
    method: Pruning,
    task: Task,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    most: int = 500,
) -> ImportanceStudy:
    """How well a method's importance agrees with the true one, unit by unit.

    Costs one pass over the inputs for each unit.

    Args:
        network: trained; it comes out as it went in.
        method: its structure says what a unit is.
        task: what the method estimates on, and the seed of all draws.
        inputs: on which the loss is measured; labels: (inputs,).
        most: units that are removed in turn, drawn at random where there are more.

    Raises:
        LabError: where there is nothing to measure the loss on, or fewer than three units.
    """
    if len(inputs) == 0:
        raise LabError("There are no inputs to measure the loss on; give some.")
    network = network.to(task.device).eval()
    units = method.units(network, task)
    importances, sizes = method.importances(network, units, task), units.sizes
    everything = [(group, place) for group, each in enumerate(importances) for place in range(len(each))]
    chosen = np.random.default_rng(task.seed).permutation(len(everything))[:most]
    if len(chosen) < 3:
        raise LabError(f"There are {len(chosen)} units to compare; expected at least 3.")
    drawn = [everything[each] for each in np.sort(chosen)]
    changes = _changes(network, units, drawn, inputs.to(task.device), labels.to(task.device))
    estimated = np.array([float(importances[group][place]) for group, place in drawn])
    true = changes**2 / np.array([float(sizes[group][place]) for group, place in drawn])
    low, high = bootstrap_interval(estimated, true, LEVEL, task.seed, draws=RESAMPLES)
    groups = np.array([group for group, _ in drawn])
    correlation = float(spearman(estimated, true))
    return ImportanceStudy(method.name, groups, estimated, true, correlation, low, high)


@torch.no_grad()
def _changes(
    network: nn.Module,
    units: Units,
    drawn: list[tuple[int, int]],
    inputs: torch.Tensor,
    labels: torch.Tensor,
) -> NDArray[np.float64]:
    """By how much the mean loss grows without each unit, (units,)."""

    def loss() -> float:
        parts = zip(inputs.split(BATCH), labels.split(BATCH), strict=True)  # type: ignore[no-untyped-call]
        sums = [cross_entropy(network(some).double(), goal, reduction="sum") for some, goal in parts]
        return float(torch.stack(sums).sum()) / len(labels)

    whole, found = loss(), []
    for group, place in drawn:
        views = units.views(group, place)
        before = [view.clone() for view in views]
        for view in views:
            view.zero_()
        found.append(loss() - whole)
        for view, value in zip(views, before, strict=True):
            view.copy_(value)
    return np.array(found)
