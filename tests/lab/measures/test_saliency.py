"""Saliency finds what a network looks at, where that is known; comparisons of maps are those of ranks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import nn

from advgame.errors import LabError
from advgame.lab.defences.smoothing import Smoothed
from advgame.lab.measures.saliency import (
    BASELINES,
    Explanations,
    OcclusionBaselines,
    baseline,
    grad_cam_map,
    occlusion_map,
    rank_correlations,
    relative_infidelities,
)


class LooksAtACorner(nn.Module):
    """Class 1 by the brightness of the upper left corner, and of nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(1, 1, 1, bias=False)
        nn.init.ones_(self.look.weight)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        seen = torch.relu(self.look(inputs))[:, 0, :3, :3].mean(dim=(1, 2))
        return torch.stack([torch.zeros_like(seen) + 0.1, seen], dim=1)


def test_occlusion_and_grad_cam_find_the_corner_that_is_looked_at() -> None:
    network, inputs = LooksAtACorner().eval(), torch.full((2, 1, 9, 9), 0.8)
    hidden = occlusion_map(network, inputs, torch.zeros_like(inputs), window=3, stride=3)
    assert (hidden[:, :3, :3] > 0.5).all()
    assert np.allclose(hidden[:, 3:, 3:], 0)
    cam = grad_cam_map(network, inputs)
    assert cam.shape == (2, 9, 9)


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_is_an_image_of_the_same_shape(name: str) -> None:
    inputs = torch.rand(3, 2, 10, 8)
    made = baseline(name, inputs, seed=1)
    assert made.shape == inputs.shape
    assert made.min() >= 0
    assert made.max() <= 1


def test_an_even_image_is_inpainted_by_itself() -> None:
    inputs = torch.full((1, 1, 12, 12), 0.3)
    for name in ("mean", "blur", "inpainting"):
        assert torch.allclose(baseline(name, inputs, 0), inputs, atol=1e-6)


def test_rank_correlations_are_spearmans() -> None:
    one, other = np.random.default_rng(0).normal(size=(2, 5, 4, 4))
    expected = [spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(one, other, strict=True)]
    assert rank_correlations(one, other) == pytest.approx(expected)
    assert np.isnan(rank_correlations(np.ones((1, 2, 2)), one[:1, :2, :2])).all()


def test_a_network_explains_itself_as_itself() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3)).eval()
    inputs, labels = torch.rand(4, 1, 8, 8), torch.zeros(4, dtype=torch.int64)
    values = Explanations(window=3, stride=1).values(network, network, inputs, labels, 0)
    assert values["occlusion_stability"] == pytest.approx(1)
    assert (values["infidelity"] >= 0).all()
    pairs = OcclusionBaselines(window=3, stride=1).values(network, network, inputs, labels, 0)
    assert len(pairs) == len(BASELINES) * (len(BASELINES) - 1) // 2
    assert all(np.nanmax(np.abs(each)) <= 1 + 1e-12 for each in pairs.values())


def test_a_randomised_network_explains_itself_as_itself_too() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
    smoothed, inputs = Smoothed(network, 0.5, draws=5, stand_in_draws=3).eval(), torch.rand(4, 1, 8, 8)
    values = Explanations(window=3, stride=1).values(smoothed, smoothed, inputs, torch.zeros(4), 0)
    assert values["occlusion_stability"] == pytest.approx(1)
    assert values["grad_cam_stability"] == pytest.approx(1)
    assert all(by_input.shape == (4,) and np.isfinite(by_input).all() for by_input in values.values())
    same = OcclusionBaselines(window=3, stride=1).values(smoothed, smoothed, inputs, torch.zeros(4), 0)
    again = OcclusionBaselines(window=3, stride=1).values(smoothed, smoothed, inputs, torch.zeros(4), 0)
    assert all((same[pair] == again[pair]).all() for pair in same)


class Square(nn.Module):
    """One logit, the square of the sum of the pixels: its gradient at a sum of 0 is 0."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs.flatten(1).sum(dim=1, keepdim=True) ** 2


def infidelities(network: nn.Module, inputs: torch.Tensor) -> np.ndarray:
    inputs = inputs.clone().requires_grad_(True)
    logits = network(inputs)
    predicted = logits.argmax(dim=1).detach()
    (gradient,) = torch.autograd.grad(logits.gather(1, predicted[:, None]).sum(), inputs)
    return relative_infidelities(network, inputs.detach(), gradient, predicted, 0.05, seed=0).numpy()


def test_a_gradient_explains_all_of_a_linear_network_and_nothing_where_it_is_zero() -> None:
    linear = nn.Sequential(nn.Flatten(), nn.Linear(16, 3)).eval()
    assert infidelities(linear, torch.rand(3, 1, 4, 4)) == pytest.approx(0, abs=1e-9)
    assert infidelities(Square(), torch.zeros(3, 1, 4, 4)) == pytest.approx(1)


@pytest.mark.parametrize("factor", [0.1, 10.0, 1000.0])
def test_infidelity_does_not_depend_on_the_scale_of_the_logits(factor: float) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3)).eval()
    inputs, labels = torch.rand(4, 1, 8, 8), torch.zeros(4, dtype=torch.int64)
    explanations = Explanations(window=3, stride=1)
    before = explanations.values(network, network, inputs, labels, 0)["infidelity"]
    with torch.no_grad():
        for parameter in network[3].parameters():
            parameter.mul_(factor)
    after = explanations.values(network, network, inputs, labels, 0)["infidelity"]
    assert (before > 1e-3).all()
    assert after == pytest.approx(before, rel=1e-3)


def test_rows_of_a_table_have_no_saliency_map() -> None:
    with pytest.raises(LabError, match="images"):
        OcclusionBaselines().values(nn.Linear(3, 2), nn.Linear(3, 2), torch.rand(2, 3), torch.zeros(2), 0)
