"""The probability that a network drawn from a stochastic one is robust at an input, with a guarantee."""

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
from advgame.lab.networks.classifier import is_randomised, surrogate
from advgame.statistics.sequential_estimate import Guarantee, estimate_probabilities, looks


@dataclass(frozen=True)
class RobustnessProbability(Measure):
    """P(network drawn from the posterior is right everywhere an attack looks in an L∞ ball), by input.

    After Cardelli et al. 2019 (arXiv:1903.01980). Off by more than ``error`` with a probability of at most
    1 − ``confidence`` for each input; as robust counts what projected gradient descent does not fool, so
    it is the probability of withstanding that attack. Of a network that is not stochastic it is 0 or 1.
    """

    name: ClassVar[str] = "robustness_probability"
    radius: float = 0.05
    steps: int = 20
    error: float = 0.1
    confidence: float = 0.95

    def __post_init__(self) -> None:
        check_range("radius", self.radius, 0, 1, low_included=False)
        check_range("steps", self.steps, 1)
        looks(self.error, self.confidence)  # refuses what is out of range

    def values(
        self, network: nn.Module, reference: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> Values:
        """The probability, its limits, the draws it took and those a fixed sample would have taken.

        Raises:
            LabError: for a network that is random in another way than by its weights.
        """
        found = self.guarantees(network, inputs, labels, seed)
        return {
            "robustness_probability": np.array([each.estimate for each in found]),
            "low": np.array([each.low for each in found]),
            "high": np.array([each.high for each in found]),
            "draws": np.array([each.draws for each in found], dtype=np.float64),
            "fixed_draws": np.array([each.fixed_draws for each in found], dtype=np.float64),
        }

    def guarantees(
        self, network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> list[Guarantee]:
        """The guarantee for each input; a drawn network is attacked at all inputs that are still open.

        Args:
            network: the network, in evaluation mode.
            inputs: (inputs, channels, height, width) in [0, 1].
            labels: (inputs,) int64, the true classes.
            seed: seed of the drawn networks.
        """
        generator = np.random.default_rng(seed)
        if not gaussian_layers(network):
            robust = self._robust(network, inputs, labels, generator)
            sure = [float(each) for each in robust]
            return [Guarantee(each, each, each, 0.0, 1.0, 1, int(each), 1) for each in sure]

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
        """Whether a network with fixed weights is right at each input and withstands the attack there."""
        if is_randomised(network):
            raise LabError(
                "The network is random in another way than by its weights (smoothing, switching), so no draw "
                "of the weights makes it robust or not; measure the stochastic network inside."
            )
        victim = Victim(network, surrogate(network), {}, int(generator.integers(2**31)))
        attack = Pgd(steps=self.steps, step_size=min(2.0, 2.5 / self.steps))
        robust: NDArray[np.bool_] = outcomes(attack, victim, inputs, labels, [self.radius]).right[0]
        return robust
