"""The ascent inside adversarial training reaches what is known in closed form, and stays in its ball."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from advgame.lab.attacks.norms import size
from advgame.lab.fitting.loop import Batch
from advgame.lab.training.adversarial_training import AdversarialTraining
from advgame.lab.training.ascent import Ball, climbed, ramped, statistics_at_rest
from tests.lab.defences.small_network import digits, trained


def linear() -> nn.Linear:
    layer = nn.Linear(3, 2, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, -2.0, 0.5], [0.0, 0.0, 0.0]]))
    return layer


def batch_of(network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, progress: float = 1) -> Batch:
    return Batch(network, inputs, labels, torch.Generator().manual_seed(0), progress, {})


def test_in_linf_a_linear_network_is_attacked_along_the_signs_of_its_weights() -> None:
    inputs, labels = torch.full((2, 3), 0.5), torch.tensor([0, 1])
    moved = climbed(batch_of(linear(), inputs, labels), Ball("Linf", 0.1), steps=7)
    assert moved.tolist() == [pytest.approx([0.4, 0.6, 0.4]), pytest.approx([0.6, 0.4, 0.6])]


def test_in_l2_a_linear_network_is_attacked_along_its_weights() -> None:
    inputs, labels = torch.full((2, 3), 0.5), torch.tensor([0, 1])
    batch = batch_of(linear(), inputs, labels)
    moved = climbed(batch, Ball("L2", 0.2), steps=3, start=torch.zeros_like(inputs))
    way = torch.tensor([1.0, -2.0, 0.5]) / (1 + 4 + 0.25) ** 0.5
    expected = torch.stack([0.5 - 0.2 * way, 0.5 + 0.2 * way])
    assert torch.allclose(moved, expected, atol=1e-6)


@given(
    norm=st.sampled_from(["Linf", "L2"]),
    radius=st.floats(0.01, 1.0),
    steps=st.integers(1, 4),
    seed=st.integers(0, 1000),
)
@settings(max_examples=25, deadline=None)
def test_inputs_stay_in_the_ball_and_in_the_range_of_inputs(
    norm: str, radius: float, steps: int, seed: int
) -> None:
    inputs, labels = digits().train_inputs[:20], digits().train_labels[:20]
    generator = torch.Generator().manual_seed(seed)
    moved = climbed(Batch(trained(), inputs, labels, generator, 1, {}), Ball(norm, radius), steps)
    assert (size(moved, inputs, norm) <= radius * (1 + 1e-5)).all()
    assert (moved >= 0).all()
    assert (moved <= 1).all()
    assert not moved.requires_grad


def test_random_starts_fill_the_ball() -> None:
    batch = batch_of(linear(), torch.full((5000, 3), 0.5), torch.zeros(5000, dtype=torch.int64))
    drawn = Ball("Linf", 0.2).drawn(batch)
    assert drawn.abs().max() <= 0.2
    assert drawn.std().item() == pytest.approx(0.2 / 3**0.5, rel=0.03)
    lengths = Ball("L2", 0.2).drawn(batch).norm(dim=1)
    assert lengths.max() <= 0.2 + 1e-6
    assert lengths.mean().item() == pytest.approx(0.1, rel=0.05)


def test_crafting_leaves_the_statistics_of_batch_normalisation_alone() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.BatchNorm1d(10)).train()
    before = network[2].running_mean.clone()
    climbed(batch_of(network, digits().train_inputs[:50], digits().train_labels[:50]), Ball("Linf", 0.1), 3)
    assert torch.equal(network[2].running_mean, before)
    assert network[2].training
    with statistics_at_rest(network):
        assert not network[2].training
        assert network.training


def test_a_ramp_starts_at_0_and_ends_at_the_radius() -> None:
    assert [ramped(0.3, 0.5, share) for share in (0, 0.25, 0.5, 1)] == [0, 0.15, 0.3, 0.3]
    assert ramped(0.3, 0.0, 0) == 0.3


def test_a_radius_that_has_not_grown_yet_is_standard_training() -> None:
    inputs, labels = digits().train_inputs[:50], digits().train_labels[:50]
    defence = AdversarialTraining(radius=0.3, ramp=0.5)
    start, end = (defence.loss(batch_of(trained(), inputs, labels, share)).item() for share in (0.0, 0.5))
    honest = nn.functional.cross_entropy(trained()(inputs), labels).item()
    assert start == pytest.approx(honest, abs=1e-6)
    assert end > honest + 1


def test_a_larger_radius_makes_harder_inputs() -> None:
    inputs, labels = digits().train_inputs[:100], digits().train_labels[:100]
    losses = [
        AdversarialTraining(radius=radius).loss(batch_of(trained(), inputs, labels)).item()
        for radius in (0.02, 0.05, 0.1, 0.2)
    ]
    assert losses == sorted(losses)
