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
    """The L2 radius within which a smoothed network is proven correct, by sampling (Cohen et al. 2019).

    The proof applies to the vote over infinitely many noisy copies. The deployed network votes over a finite
    number, so its accuracy under attack may be a little lower.
    """

    name: ClassVar[str] = "certified_radius"
    radii: tuple[float, ...] = (0.25, 0.5)  # radii of the certified accuracies
    selection_draws: int = 100  # noisy copies that select the class to prove
    draws: int = 1000  # fresh copies for the proof; the largest provable radius grows with their number
    risk: float = 0.001  # of each proof

    def __post_init__(self) -> None:
        if not self.radii or min(self.radii) < 0:
            raise LabError(f"The radii are {list(self.radii)}; expected at least one, and none below 0.")
        _ = self.certification  # checks the settings

    @property
    def certification(self) -> Certification:
        """The settings of the proof."""
        return Certification(self.selection_draws, self.draws, self.risk)

    def values(
        self, network: nn.Module, reference: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> Values:
        """The certified radius, 0 if the true class is not proven, and whether it reaches each of ``radii``.

        Raises:
            LabError: for a network that is not smoothed, or smoothed around a random one.
        """
        certificates = self.certification.certify(network, inputs, seed)
        truth = labels.cpu().numpy()
        return {
            "certified_radius": np.where(certificates.labels == truth, certificates.radii, 0.0),
            **{
                f"certified_accuracy_{radius:g}": certificates.proven(truth, radius).astype(np.float64)
                for radius in self.radii
            },
        }
