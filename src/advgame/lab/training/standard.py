"""Standard training: the undefended network that every defence is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from advgame.lab.fitting.loop import Batch, plain_loss
from advgame.lab.training.trained import Trained


@dataclass(frozen=True)
class Standard(Trained):
    """Trains on the unperturbed inputs."""

    name: ClassVar[str] = "standard"

    def loss(self, batch: Batch) -> torch.Tensor:
        """The cross-entropy."""
        return plain_loss(batch)
