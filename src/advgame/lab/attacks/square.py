"""Square attack (Andriushchenko et al. 2020), as pyautoattack runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from pyautoattack.square import SquareAttack
from torch import nn

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.averaged import steady
from advgame.lab.attacks.kinds import FixedEpsilonAttack, check_counts
from advgame.lab.networks.classifier import is_randomised

SMALLEST_SIDE = 5  # in L2 the library begins with a grid of a fifth of the side


@dataclass(frozen=True)
class Square(FixedEpsilonAttack):
    """Random squares that are kept if they lower the margin, in L∞; uses the network's logits.

    A randomised network is queried several times for each, and until the last query.

    A row of a table is an image one value high: single values then move instead of squares.
    """

    name: ClassVar[str] = "square"
    norm: ClassVar[str | None] = "Linf"
    queries_only: ClassVar[bool] = True
    queries: int = 1000  # for each input, until it is fooled

    def __post_init__(self) -> None:
        check_counts(self, queries=1)

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """What fooled, or the last state of the search."""
        images, network = as_images(inputs), AsImages(steady(victim), inputs.shape[1:])
        if self.norm != "Linf" and min(images.shape[2:]) < SMALLEST_SIDE:
            raise LabError(
                f"The attack {self.name!r} needs images at least {SMALLEST_SIDE} values high and wide, these "
                f"inputs are {tuple(inputs.shape[1:])}; use 'square', which works in L∞, or 'hopskipjump'."
            )
        search = _Unretired if is_randomised(victim.network) else SquareAttack
        run = search(
            network,
            norm=self.norm,
            n_queries=self.queries,
            eps=radius,
            seed=victim.seed,
            device=inputs.device,
        )
        run.init_hyperparam(images)
        with torch.no_grad():
            _, changed = run.attack_single_run(images, labels)
        examples: torch.Tensor = changed.reshape(inputs.shape)
        return examples


@dataclass(frozen=True)
class SquareL2(Square):
    """Random squares in L2, for images; uses the network's logits."""

    name: ClassVar[str] = "square_l2"
    norm: ClassVar[str | None] = "L2"


class _Unretired(SquareAttack):  # type: ignore[misc]  # the library has no types
    """The library's search, which never takes a randomised network's error for the end of it."""

    def margin_and_loss(self, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """A margin that no input passes, and the loss that decides what is kept."""
        _, loss = super().margin_and_loss(x, y)
        return torch.ones_like(loss), loss


def as_images(inputs: torch.Tensor) -> torch.Tensor:
    """The inputs as images (inputs, channels, height, width); a row of a table is one value high."""
    return inputs if inputs.dim() == 4 else inputs.reshape(len(inputs), 1, 1, -1)


class AsImages(nn.Module):
    """A network that is given its inputs as images."""

    def __init__(self, network: nn.Module, shape: torch.Size) -> None:
        super().__init__()
        self.network, self.shape = network, shape  # of one input
        self.training = network.training

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (inputs, classes)."""
        logits: torch.Tensor = self.network(images.reshape(len(images), *self.shape))
        return logits
