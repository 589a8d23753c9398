"""The largest divergence nearby: by hand for a linear model, and never beyond what is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from advgame.errors import LabError
from advgame.lab.measures.divergence import LargestDivergence
from advgame.lab.networks.classifier import Adapted


def two_classes(weights: list[float]) -> nn.Module:
    network = nn.Linear(len(weights), 2, bias=False)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[0.0] * len(weights), weights]))
    return network.eval()


def test_a_linear_model_is_moved_as_far_as_its_weights_allow() -> None:
    weights, radius = [1.0, -2.0, 3.0], 0.1
    inputs = torch.full((1, 3), 0.5)
    found = LargestDivergence(radius=radius).values(
        two_classes(weights), two_classes(weights), inputs, torch.zeros(1, dtype=torch.int64), 0
    )
    margin, reach = 0.5 * sum(weights), radius * sum(map(abs, weights))

    def odds(z: float) -> np.ndarray:
        p = 1 / (1 + np.exp(-z))
        return np.array([1 - p, p])

    by_hand = max(
        float((odds(margin) * np.log(odds(margin) / odds(margin + way * reach))).sum()) for way in (-1, 1)
    )
    assert found["divergence"][0] == pytest.approx(by_hand, rel=1e-4)
    assert found["psi"][0] == pytest.approx(1 / by_hand, rel=1e-4)


def test_in_l2_a_linear_model_is_moved_by_the_length_of_its_weights() -> None:
    weights, radius = [1.0, -2.0, 3.0], 0.2
    inputs, labels = torch.full((1, 3), 0.5), torch.zeros(1, dtype=torch.int64)
    network = two_classes(weights)
    found = LargestDivergence(norm="L2", radius=radius).values(network, network, inputs, labels, 0)
    margin, reach = 0.5 * sum(weights), radius * float(np.linalg.norm(weights))
    before = 1 / (1 + np.exp(-margin))
    after = [1 / (1 + np.exp(-(margin + way * reach))) for way in (-1, 1)]
    by_hand = max(before * np.log(before / p) + (1 - before) * np.log((1 - before) / (1 - p)) for p in after)
    assert found["divergence"][0] == pytest.approx(by_hand, rel=1e-3)


def test_a_ball_of_l2_lies_inside_that_of_linf() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).eval()
    inputs, labels = torch.rand(20, 4), torch.zeros(20, dtype=torch.int64)
    inside, outside = (
        LargestDivergence(radius=0.1, norm=norm).values(network, network, inputs, labels, 0)["divergence"]
        for norm in ("L2", "Linf")
    )
    assert (inside <= outside * 1.001 + 1e-9).all()


class Noise(Adapted):
    """A network whose answers are chance, whatever the input."""

    randomised = True

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.randn(len(inputs), 2) + 0 * inputs.sum(dim=1, keepdim=True)

    def stand_in(self) -> nn.Module:
        return self


def test_a_noisy_network_does_not_diverge_from_itself() -> None:
    inputs, labels = torch.rand(20, 3), torch.zeros(20, dtype=torch.int64)
    found = LargestDivergence(radius=0.1).values(Noise(), Noise(), inputs, labels, 0)
    assert found["divergence"] == pytest.approx(np.zeros(20), abs=1e-6)


def test_a_constant_answer_does_not_diverge() -> None:
    constant = two_classes([0.0, 0.0])
    found = LargestDivergence().values(
        constant, constant, torch.rand(4, 2), torch.zeros(4, dtype=torch.int64), 0
    )
    assert np.allclose(found["divergence"], 0)


def test_a_larger_ball_diverges_at_least_as_much() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).eval()
    inputs, labels = torch.rand(20, 4), torch.zeros(20, dtype=torch.int64)
    small, large = (
        LargestDivergence(radius=radius).values(network, network, inputs, labels, 0)["divergence"].mean()
        for radius in (0.02, 0.1)
    )
    assert small < large


@pytest.mark.parametrize(
    "settings", [{"radius": 0.0}, {"radius": 1.5}, {"steps": 0}, {"starts": 0}, {"norm": "L1"}]
)
def test_a_ball_that_cannot_be_searched_is_refused(settings: dict[str, float]) -> None:
    with pytest.raises(LabError, match="expected"):
        LargestDivergence(**settings)  # type: ignore[arg-type]
