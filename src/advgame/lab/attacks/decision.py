"""Attacks that are only told the label: HopSkipJump (Chen et al. 2020) and Boundary (Brendel et al. 2018)."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from eagerpy.astensor import astensor
from eagerpy.tensor.tensor import Tensor
from foolbox.attacks.boundary_attack import BoundaryAttack
from foolbox.attacks.hop_skip_jump import HopSkipJumpAttack
from foolbox.models.pytorch import PyTorchModel
from torch import nn

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import SmallestChange, check_counts
from advgame.lab.attacks.norms import beside
from advgame.lab.attacks.seeding import seeded
from advgame.lab.attacks.starts import from_neighbours, labels_of
from advgame.lab.classifier import is_randomised


@dataclass(frozen=True)
class DecisionBased(SmallestChange):
    """Walks along the boundary from another input towards the one attacked, asking for labels only."""

    queries_only: ClassVar[bool] = True

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The nearest point of the walk; the input itself where there was nothing to start from."""
        network = steady(victim)
        starts, there = from_neighbours(labels_of(network), inputs, labels)
        changed = inputs.clone()
        if there.any():
            model = foolbox_model(network, inputs)
            changed[there] = self.walk(model, inputs[there], labels[there], starts[there])
        return changed

    @abstractmethod
    def walk(
        self, model: PyTorchModel, inputs: torch.Tensor, labels: torch.Tensor, starts: torch.Tensor
    ) -> torch.Tensor:
        """The ends of the walks from wrongly classified starts."""


@dataclass(frozen=True)
class Boundary(DecisionBased):
    """Random steps on the sphere around the input and towards it, in L2."""

    name: ClassVar[str] = "boundary"
    norm: ClassVar[str | None] = "L2"
    steps: int = 1000

    def __post_init__(self) -> None:
        check_counts(self, steps=1)

    def walk(
        self, model: PyTorchModel, inputs: torch.Tensor, labels: torch.Tensor, starts: torch.Tensor
    ) -> torch.Tensor:
        """The ends of the walks from wrongly classified starts."""
        return BoundaryAttack(steps=self.steps).run(model, inputs, labels, starting_points=starts)


@dataclass(frozen=True)
class HopSkipJump(DecisionBased):
    """Estimates the boundary's direction from labels at random points around it, in L2."""

    name: ClassVar[str] = "hopskipjump"
    norm: ClassVar[str | None] = "L2"
    batch: ClassVar[int] = 50  # foolbox holds all random points of a batch at once
    steps: int = 10
    queries: int = 100  # for the first estimate; later ones take more, by the root of the step's number

    def __post_init__(self) -> None:
        check_counts(self, steps=1, queries=2)

    def walk(
        self, model: PyTorchModel, inputs: torch.Tensor, labels: torch.Tensor, starts: torch.Tensor
    ) -> torch.Tensor:
        """The ends of the walks from wrongly classified starts."""
        constraint: Literal["linf", "l2"] = "linf" if self.norm == "Linf" else "l2"
        run = _OneByOne(steps=self.steps, initial_gradient_eval_steps=self.queries, constraint=constraint)
        return run.run(model, inputs, labels, starting_points=starts)


@dataclass(frozen=True)
class HopSkipJumpLinf(HopSkipJump):
    """The same in L∞."""

    name: ClassVar[str] = "hopskipjump_linf"
    norm: ClassVar[str | None] = "Linf"


class _OneByOne(HopSkipJumpAttack):
    """Foolbox's attack with each input's direction of length 1.

    Foolbox divides by the length of all directions of the batch together, so that its steps shrink as batches
    grow.
    """

    def approximate_gradients(self, *given: Any) -> Tensor:
        """The estimated directions, each of length 1."""
        raw = super().approximate_gradients(*given).raw
        directions: Tensor = astensor(raw / beside(raw.flatten(1).norm(dim=1) + 1e-12, raw))
        return directions


def steady(victim: Victim) -> nn.Module:
    """The network to be asked; a randomised one always draws the same for the attack, and anew for the guard.

    Walks along a boundary break off when a point that was wrong is right when asked again.
    """
    if not is_randomised(victim.network):
        return victim.network
    return _Steady(victim.network, victim.seed)


class _Steady(nn.Module):
    """A randomised network that draws the same at every call."""

    def __init__(self, network: nn.Module, seed: int) -> None:
        super().__init__()
        self.network, self.seed = network, seed
        self.training = network.training

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Logits (inputs, classes)."""
        with seeded(self.seed, inputs.device):
            logits: torch.Tensor = self.network(inputs)
        return logits
