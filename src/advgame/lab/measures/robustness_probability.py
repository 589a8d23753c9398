"""The probability that a network drawn from a stochastic network is robust at an input, with a guarantee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.pgd import Pgd
from advgame.lab.defences.gaussian_layers import gaussian_layers, one_network
from advgame.lab.evaluation.robust_accuracy import outcomes
from advgame.lab.fitting.settings import check_range
from advgame.lab.measures.measure import Measure, Values
from advgame.lab.networks.classifier import is_randomised, stand_in
from advgame.statistics.sequential_estimate import Guarantee, estimate_probabilities, looks


@dataclass(frozen=True)
class RobustnessProbability(Measure):
    """P(a network drawn from the posterior withstands an attack in an L∞ ball), by input.

    After Cardelli et al. 2019 (arXiv:1903.01980). The estimate is the share of drawn networks that withstand
    the attack. Its interval is at most twice ``error`` wide and contains the probability with a probability
    of at least ``confidence`` for each input. A drawn network counts as robust if projected gradient descent
    fails, so this is the probability of withstanding that attack. For a deterministic network it is 0 or 1.
    """

    name: ClassVar[str] = "robustness_probability"
    revision: ClassVar[int] = 2
    radius: float = 0.05
    steps: int = 20
    error: float = 0.1
    confidence: float = 0.95

    def __post_init__(self) -> None:
        check_range("radius", self.radius, 0, 1, low_included=False)
        check_range("steps", self.steps, 1)
        looks(self.error, self.confidence)  # checks the settings

    def values(
        self, network: nn.Module, reference: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> Values:
        """The share of robust draws, the limits of the probability, and the numbers of draws.

        ``robustness_probability`` is ``successes`` / ``draws``; ``fixed_draws`` is the number of draws that a
        sample of fixed size would need for an interval of the same width.

        Raises:
            LabError: for a network with randomness other than in its weights.
        """
        guarantees = self.guarantees(network, inputs, labels, seed)
        return {
            "robustness_probability": np.array([guarantee.share for guarantee in guarantees]),
            "low": np.array([guarantee.low for guarantee in guarantees]),
            "high": np.array([guarantee.high for guarantee in guarantees]),
            "successes": np.array([guarantee.successes for guarantee in guarantees], dtype=np.float64),
            "draws": np.array([guarantee.draws for guarantee in guarantees], dtype=np.float64),
            "fixed_draws": np.array([guarantee.fixed_draws for guarantee in guarantees], dtype=np.float64),
        }

    def guarantees(
        self, network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> list[Guarantee]:
        """The guarantee for each input; a drawn network is attacked at all inputs that need more draws.

        Args:
            network: the network, in evaluation mode.
            inputs: (inputs, channels, height, width) in [0, 1].
            labels: (inputs,) int64, the true classes.
            seed: seed of the drawn networks.
        """
        generator = np.random.default_rng(seed)
        if not gaussian_layers(network):
            robust = self._robust(network, inputs, labels, generator)
            shares = [float(outcome) for outcome in robust]
            return [Guarantee(share, share, share, 0.0, 1.0, 1, int(share), 1) for share in shares]

        def draw(given: np.random.Generator, places: NDArray[np.int64]) -> NDArray[np.bool_]:
            weights = torch.Generator().manual_seed(int(given.integers(2**63)))
            chosen = torch.from_numpy(places).to(inputs.device)
            return self._robust(one_network(network, weights), inputs[chosen], labels[chosen], given)

        return estimate_probabilities(
            draw, len(inputs), generator, error=self.error, confidence=self.confidence
        )

    def _robust(
        self, network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, generator: np.random.Generator
    ) -> NDArray[np.bool_]:
        """Whether a network with fixed weights classifies each input correctly also under the attack."""
        if is_randomised(network):
            raise LabError(
                "The network has randomness other than in its weights (smoothing, switching), so drawn "
                "weights do not make it deterministic; measure the stochastic network inside."
            )
        victim = Victim(network, stand_in(network), {}, int(generator.integers(2**31)))
        attack = Pgd(steps=self.steps, step_size=min(2.0, 2.5 / self.steps))
        robust: NDArray[np.bool_] = outcomes(attack, victim, inputs, labels, [self.radius]).right[0]
        return robust
