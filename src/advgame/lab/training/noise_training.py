"""Training with Gaussian noise: cheap, helps against small perturbations, required for smoothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch.nn.functional import cross_entropy

from advgame.errors import LabError
from advgame.lab.fitting.loop import Batch
from advgame.lab.fitting.settings import check_range
from advgame.lab.training.trained import Trained


@dataclass(frozen=True)
class NoiseTraining(Trained):
    """Trains on inputs with Gaussian noise, which is not clipped at 0 and 1.

    With ``least_noise`` the standard deviation differs by input, uniform between the two: one network for
    smoothing at several noise levels.
    """

    name: ClassVar[str] = "noise_training"
    noise: float = 0.25  # standard deviation, in units of inputs in [0, 1]
    least_noise: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("noise", self.noise, 0, low_included=False)
        if self.least_noise is not None:
            check_range("least_noise", self.least_noise, 0)
            if self.least_noise > self.noise:
                raise LabError(
                    f"The setting 'least_noise' is {self.least_noise:g} and 'noise' is {self.noise:g}; "
                    "expected the first to be at most the second."
                )

    def loss(self, batch: Batch) -> torch.Tensor:
        """The cross-entropy on the noisy inputs."""
        noisy = batch.inputs + self._strength(batch) * batch.normal()
        return cross_entropy(batch.network(noisy), batch.labels)

    def _strength(self, batch: Batch) -> torch.Tensor | float:
        if self.least_noise is None:
            return self.noise
        share = torch.rand(len(batch.inputs), generator=batch.generator)
        strength = self.least_noise + (self.noise - self.least_noise) * share
        return strength.to(batch.inputs.device).reshape(-1, *[1] * (batch.inputs.dim() - 1))
