"""Certified radii of a smoothed network: no L2 perturbation within the radius changes the class.

After Cohen et al. 2019 (arXiv:1902.02918). If noisy copies of an input, with noise of standard deviation σ,
are assigned to class c with a probability of at least p > 1/2, then c has the most votes everywhere within
σ Φ⁻¹(p). An exact (Clopper–Pearson) limit bounds the probability from below, from a count of fresh copies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from advgame.errors import LabError
from advgame.lab.defences.smoothing import Smoothed
from advgame.lab.fitting.settings import check_range
from advgame.lab.networks.classifier import is_randomised
from advgame.statistics.clopper_pearson import lower_limit

ABSTAINS = -1


@dataclass(frozen=True, eq=False)
class Certificates:
    """The proven class and radius of each input; each proof fails with a probability of at most ``risk``."""

    labels: NDArray[np.int64]  # (inputs,), ABSTAINS where nothing is proven
    radii: NDArray[np.float64]  # (inputs,), 0 where nothing is proven
    risk: float

    def proven(self, labels: NDArray[np.int64], radius: float) -> NDArray[np.bool_]:
        """Whether the true label of each input is proven within the radius, (inputs,).

        >>> certificates = Certificates(np.array([0, 1, ABSTAINS]), np.array([0.5, 0.2, 0.0]), risk=0.001)
        >>> [certificates.proven(np.array([0, 1, 1]), radius).tolist() for radius in (0, 0.3)]
        [[True, True, False], [True, False, False]]

        Args:
            labels: (inputs,), the true labels.
            radius: in the L2 norm.
        """
        proven: NDArray[np.bool_] = (self.labels == labels) & (self.radii >= radius)
        return proven


@dataclass(frozen=True)
class Certification:
    """Proves radii by sampling; its fields are its settings."""

    selection_draws: int = 100  # noisy copies that select the class to prove
    draws: int = 1000  # fresh copies for the proof; the largest provable radius grows with their number
    risk: float = 0.001  # of each proof

    def __post_init__(self) -> None:
        check_range("selection_draws", self.selection_draws, 1)
        check_range("draws", self.draws, 1)
        check_range("risk", self.risk, 0, 0.5, low_included=False)

    def certify(self, network: nn.Module, inputs: torch.Tensor, seed: int, batch: int = 250) -> Certificates:
        """The class of each input and the radius within which it is proven.

        Args:
            network: the smoothed network.
            inputs: (inputs, ...) on the network's device.
            seed: seed of the noise; torch's global generators are restored.
            batch: inputs per pass.

        Raises:
            LabError: for a network that is not smoothed, or whose output for one noisy copy is random.
        """
        network = _checked(network).eval()
        devices = [inputs.device] if inputs.device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(seed)
            parts = [self._counted(network, part) for part in torch.split(inputs, batch)]
        tops = np.concatenate([top for top, _ in parts])
        counts = np.concatenate([count for _, count in parts])
        labels, radii = np.full(len(tops), ABSTAINS, dtype=np.int64), np.zeros(len(tops))
        for place, (top, count) in enumerate(zip(tops, counts, strict=True)):
            radius = self._radius(int(count), network.noise)
            if radius > 0:
                labels[place], radii[place] = top, radius
        return Certificates(labels, radii, self.risk)

    def _counted(
        self, network: Smoothed, inputs: torch.Tensor
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The most frequent class of the noisy copies, and its count among fresh copies."""
        top = network.votes(inputs, self.selection_draws).argmax(dim=1)
        counts = network.votes(inputs, self.draws).gather(1, top[:, None])[:, 0]
        return top.cpu().numpy(), counts.cpu().numpy()

    def _radius(self, count: int, noise: float) -> float:
        """The proven radius; 0 or less if nothing is proven."""
        from scipy.special import ndtri

        return noise * float(ndtri(lower_limit(count, self.draws, self.risk)))


def _checked(network: nn.Module) -> Smoothed:
    if not isinstance(network, Smoothed):
        raise LabError(
            f"A {type(network).__name__} cannot be certified; expected the network of the defence smoothing, "
            "with no other defence after it."
        )
    if is_randomised(network.network):
        raise LabError(
            "The smoothed network is itself randomised, so its counts are not independent trials; smooth a "
            "deterministic network, or give one draw of it."
        )
    return network
