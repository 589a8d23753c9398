"""The certified radius of a smoothed network around an input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import nn

from advgame.errors import LabError
from advgame.lab.measures.certification import Certification
from advgame.lab.measures.measure import Measure, Values


@dataclass(frozen=True)
class CertifiedRadius(Measure):
    """The radius in L2 within which a smoothed network is proven right, by sampling (Cohen et al. 2019).

    The proof is of the vote of infinitely many noisy copies. The network votes over some, and an attack meets
    that vote: its accuracy may be a little lower.
    """

    name: ClassVar[str] = "certified_radius"
    radii: tuple[float, ...] = (0.25, 0.5)  # within which the share of inputs proven right is told
    selection_draws: int = 100  # noisy copies that tell which class to prove
    draws: int = 1000  # fresh ones that prove it; the largest radius grows with them
    risk: float = 0.001  # of each proof

    def __post_init__(self) -> None:
        if not self.radii or min(self.radii) < 0:
            raise LabError(f"The radii are {list(self.radii)}; expected at least one, and none below 0.")
        _ = self.certification  # refuses what is out of range

    @property
    def certification(self) -> Certification:
        """The proof's settings."""
        return Certification(self.selection_draws, self.draws, self.risk)

    def values(
        self, network: nn.Module, reference: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> Values:
        """The radius, 0 where the right class is not proven, and by radius whether it reaches so far.

        Raises:
            LabError: for a network that is not smoothed, or smoothed around a random one.
        """
        found = self.certification.certify(network, inputs, seed)
        truth = labels.cpu().numpy()
        return {
            "certified_radius": np.where(found.labels == truth, found.radii, 0.0),
            **{
                f"certified_accuracy_{radius:g}": found.proven(truth, radius).astype(np.float64)
                for radius in self.radii
            },
        }
