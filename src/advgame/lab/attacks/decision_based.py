"""Decision-based attacks: HopSkipJump (Chen et al. 2020) and Boundary (Brendel et al. 2018)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from eagerpy.astensor import astensor
from eagerpy.tensor.tensor import Tensor
from foolbox.attacks.boundary_attack import BoundaryAttack
from foolbox.attacks.hop_skip_jump import HopSkipJumpAttack
from foolbox.models.pytorch import PyTorchModel

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.averaged import steady
from advgame.lab.attacks.foolbox_model import foolbox_model
from advgame.lab.attacks.kinds import MinimumNormAttack, check_counts
from advgame.lab.attacks.norms import beside
from advgame.lab.attacks.starts import firmly_wrong, from_neighbours, labels_of
from advgame.lab.networks.classifier import is_randomised

DRAWS = 2  # of a randomised network, for each label; four lead no nearer on the digits
BLIND = 0.2  # of random points: where fewer answer differently from the others, they give no direction
WIDER = 30.0  # times further away lie the next ones then


@dataclass(frozen=True)
class DecisionBased(MinimumNormAttack):
    """Walks along the decision boundary from another input towards the attacked one, using labels only."""

    queries_only: ClassVar[bool] = True

    def smallest(self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The nearest point of the walk; the input itself where there was nothing to start from."""
        network = steady(victim, DRAWS)
        starts, there = from_neighbours(labels_of(network), inputs, labels)
        if is_randomised(victim.network):
            starts, there = firmly_wrong(labels_of(network), inputs, starts, labels, there)
        changed = inputs.clone()
        if there.any():
            model = foolbox_model(network, inputs)
            changed[there] = self.walk(model, inputs[there], labels[there], starts[there])
        return changed

    @abstractmethod
    def walk(
        self, model: PyTorchModel, inputs: torch.Tensor, labels: torch.Tensor, starts: torch.Tensor
    ) -> torch.Tensor:
        """The ends of the walks from wrongly classified starts.

        Args:
            model: the network as foolbox wraps it.
            inputs: (inputs, channels, height, width) in [0, 1].
            labels: (inputs,) int64, the true classes.
            starts: (inputs, channels, height, width) in [0, 1], misclassified points to start from.
        """


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
        # Foolbox looks at every tenth step, and a hundred of those before its steps change: too late.
        run = BoundaryAttack(steps=self.steps, update_stats_every_k=1)
        return run.run(model, inputs, labels, starting_points=starts)


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
    """HopSkipJump in L∞: the boundary's direction from labels at random points around it."""

    name: ClassVar[str] = "hopskipjump_linf"
    norm: ClassVar[str | None] = "Linf"


class _OneByOne(HopSkipJumpAttack):
    """Foolbox's attack with each input's direction of length 1, and steps wide enough to change the answers.

    Foolbox divides by the length of all directions of the batch together, so that its steps shrink as batches
    grow. Its random points lie so near that a network behind rounded inputs answers the same at all
    of them: where that happens, those of the next estimate lie further away.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.wider: Any = 1.0  # by input, after the first queries

    def select_delta(self, originals: Tensor, distances: Tensor, step: int) -> Tensor:
        """How far away the random points lie, (inputs,)."""
        delta: Tensor = super().select_delta(originals, distances, step)
        if isinstance(self.wider, torch.Tensor):
            delta = (delta * astensor(self.wider)).minimum(distances / 2)
        return delta

    def approximate_gradients(
        self, is_adversarial: Callable[[Tensor], Tensor], x_advs: Tensor, steps: int, delta: Tensor
    ) -> Tensor:
        """The estimated directions, each of length 1."""
        answers: list[torch.Tensor] = []

        def noted(points: Tensor) -> Tensor:
            answer = is_adversarial(points)
            answers.append(answer.raw)
            return answer

        raw = super().approximate_gradients(noted, x_advs, steps, delta).raw
        wrong = torch.stack(answers).to(raw.dtype).mean(dim=0)
        blind = torch.minimum(wrong, 1 - wrong) < BLIND
        self.wider = torch.where(blind, WIDER, 1.0).to(raw.dtype) * self.wider
        directions: Tensor = astensor(raw / beside(raw.flatten(1).norm(dim=1) + 1e-12, raw))
        return directions
