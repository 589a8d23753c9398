"""Compares estimated importances with the measured change of the loss when units are removed.

The true importance of a unit is (loss without it − loss with it)², which Taylor pruning approximates to first
order (Molchanov et al. 2019). Pruning ranks units by importance per weight, so both are compared per weight.
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
    """Estimated and true importance of units, and the correlation of their ranks."""

    method: str
    groups: NDArray[np.int64]  # (units,), the layer of each unit, or the layers that lose it together
    estimated: NDArray[np.float64]  # (units,), per weight
    true: NDArray[np.float64]  # (units,), per weight
    correlation: float  # Spearman's, over all units; NaN if one of the two does not vary
    low: float  # limits of its bootstrap interval at 95 %, units drawn with replacement
    high: float

    @property
    def by_group(self) -> dict[int, float]:
        """Spearman's correlation within each group of at least three units."""
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
        network: a trained network; unchanged afterwards.
        method: the pruning method; its structure defines the units.
        task: the data for the method's estimate, and the seed of all draws.
        inputs: (inputs, …) in [0, 1], on which the loss is measured.
        labels: (inputs,), the true labels.
        most: the largest number of units to remove in turn; drawn at random if there are more.

    Raises:
        LabError: without inputs, or with fewer than three units.
    """
    if len(inputs) == 0:
        raise LabError("There are no inputs to measure the loss on; give some.")
    network = network.to(task.device).eval()
    units = method.units(network, task)
    importances, sizes = method.importances(network, units, task), units.sizes
    all_units = [(group, place) for group, values in enumerate(importances) for place in range(len(values))]
    chosen = np.random.default_rng(task.seed).permutation(len(all_units))[:most]
    if len(chosen) < 3:
        raise LabError(f"There are {len(chosen)} units to compare; expected at least 3.")
    drawn = [all_units[index] for index in np.sort(chosen)]
    changes = _changes(network, units, drawn, inputs.to(task.device), labels.to(task.device), task.seed)
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
    seed: int,
) -> NDArray[np.float64]:
    """The increase of the mean loss when each unit is removed, (units,).

    A randomised network draws the same with and without the unit, so that only the removal changes the loss.
    """
    devices = [inputs.device] if inputs.is_cuda else []

    def loss() -> float:
        parts = zip(inputs.split(BATCH), labels.split(BATCH), strict=True)  # type: ignore[no-untyped-call]
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            sums = [cross_entropy(network(batch).double(), truth, reduction="sum") for batch, truth in parts]
        return float(torch.stack(sums).sum()) / len(labels)

    complete, changes = loss(), []
    for group, place in drawn:
        views = units.views(group, place)
        before = [view.clone() for view in views]
        for view in views:
            view.zero_()
        changes.append(loss() - complete)
        for view, value in zip(views, before, strict=True):
            view.copy_(value)
    return np.array(changes)
