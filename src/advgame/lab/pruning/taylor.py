"""Taylor pruning: by the first-order change of the loss (Molchanov et al. 2019, arXiv:1906.10771)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from advgame.lab.fitting.loop import counted
from advgame.lab.fitting.settings import check_range
from advgame.lab.fitting.task import Task
from advgame.lab.networks.classifier import stand_in
from advgame.lab.pruning.method import Pruning
from advgame.lab.pruning.prunable_units import Units

BATCH = 128


@dataclass(frozen=True)
class TaylorPruning(Pruning):
    """Ranks units by the squared first-order change of the loss on their removal, per weight.

    importance(U) = mean over batches of (Σ_{w ∈ U} w ∂loss/∂w)² / |U|
    """

    name: ClassVar[str] = "taylor"
    inputs: int = 2048  # training inputs for the estimate, drawn with the task's seed

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("inputs", self.inputs, 1)

    def importances(self, network: nn.Module, units: Units, task: Task) -> list[torch.Tensor]:
        """The importances, (units,) by group."""
        data = task.dataset
        chosen = torch.randperm(len(data.train_labels), generator=task.generator())[: self.inputs]
        inputs, labels = data.train_inputs[chosen].to(task.device), data.train_labels[chosen].to(task.device)
        changes = expected_changes(network, units, inputs, labels, task.seed)
        return [change / size for change, size in zip(changes, units.sizes, strict=True)]


def expected_changes(
    network: nn.Module, units: Units, inputs: torch.Tensor, labels: torch.Tensor, seed: int
) -> list[torch.Tensor]:
    """The squared first-order change of the loss when a unit is removed, mean over batches, by group.

    Args:
        network: the network, in evaluation mode.
        units: the units that can be removed, by group.
        inputs: (inputs, …) in [0, 1].
        labels: (inputs,), the true labels.
        seed: seed of randomised networks.
    """
    totals: list[torch.Tensor] | None = None
    batches = list(zip(inputs.split(BATCH), labels.split(BATCH), strict=True))  # type: ignore[no-untyped-call]
    parameters = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
    devices = [inputs.device] if inputs.is_cuda else []
    with torch.random.fork_rng(devices=devices), counted(network), torch.enable_grad():
        torch.manual_seed(seed)
        for batch, truth in batches:
            loss = cross_entropy(stand_in(network)(batch), truth)
            gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
            products = {
                name: torch.zeros_like(weight) if gradient is None else weight * gradient
                for (name, weight), gradient in zip(parameters.items(), gradients, strict=True)
            }
            squares = [change.square() / len(batches) for change in units.contributions(products)]
            totals = squares if totals is None else [a + b for a, b in zip(totals, squares, strict=True)]
    assert totals is not None  # there is at least one batch
    return totals
