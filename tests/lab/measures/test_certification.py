"""Certified radii: never larger than the true one where that is known, and no attack succeeds inside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import norm

from advgame.errors import LabError
from advgame.lab.defences.smoothing import Smoothed
from advgame.lab.measures.certification import ABSTAINS, Certification


def half_planes() -> Any:
    """A linear classifier of the plane: class 1 where 3x + 4y > 2.5, so the margin is |3x + 4y − 2.5| / 5."""
    network = torch.nn.Linear(2, 2)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[0.0, 0.0], [3.0, 4.0]]))
        network.bias.copy_(torch.tensor([0.0, -2.5]))
    return network.eval()


def margins(inputs: Any) -> Any:
    return (inputs @ torch.tensor([3.0, 4.0]) - 2.5).numpy() / 5


def test_radius_of_a_linear_classifier_stays_below_its_margin_and_comes_near_with_many_draws() -> None:
    inputs = torch.rand(200, 2, generator=torch.Generator().manual_seed(0))
    true = margins(inputs)
    found = Certification(draws=20_000).certify(Smoothed(half_planes(), noise=0.25), inputs, seed=1)
    proven = found.labels != ABSTAINS
    assert (found.labels[proven] == (true > 0)[proven]).all()
    assert (found.radii[proven] <= np.abs(true)[proven]).all()
    reachable = proven & (np.abs(true) < 0.5)  # further out the count is no longer told from all
    assert (np.abs(true) - found.radii)[reachable].max() < 0.06
    assert (np.abs(true)[~proven] < 0.02).all()


def test_radius_is_the_formula_of_the_counts() -> None:
    certain = torch.nn.Linear(2, 2)
    with torch.no_grad():
        certain.weight.zero_()
        certain.bias.copy_(torch.tensor([0.0, 9.0]))
    found = Certification(draws=1000, risk=0.001).certify(Smoothed(certain, 0.5), torch.zeros(3, 2), seed=0)
    # 1,000 of 1,000 votes: p ≥ 0.001 ** (1 / 1000)
    assert found.radii == pytest.approx(0.5 * norm.ppf(0.001 ** (1 / 1000)))
    assert found.labels.tolist() == [1, 1, 1]


def test_on_the_boundary_nothing_is_proven_but_rarely() -> None:
    inputs = torch.tensor([[0.5, 0.25]]).repeat(1000, 1)  # 3x + 4y = 2.5
    found = Certification(risk=0.01).certify(Smoothed(half_planes(), 0.25), inputs, seed=2)
    # The class is chosen by chance, and a proof then fails with a probability of at most .01.
    assert (found.labels != ABSTAINS).mean() <= 0.02


def test_certified_accuracy_falls_with_the_radius_and_counts_abstentions_as_wrong() -> None:
    inputs = torch.rand(300, 2, generator=torch.Generator().manual_seed(3))
    labels = (margins(inputs) > 0).astype(np.int64)
    found = Certification().certify(Smoothed(half_planes(), 0.25), inputs, seed=4)
    radii = [0, 0.1, 0.2, 0.4]
    counts = [found.proven(labels, radius).sum() for radius in radii]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] <= (found.labels != ABSTAINS).sum()
    # Never more than the inputs whose true margin is that large.
    for radius, count in zip(radii, counts, strict=True):
        assert 0 < count <= (np.abs(margins(inputs)) >= radius).sum()


def test_same_seed_gives_the_same_certificates_and_leaves_the_generators_of_torch_alone() -> None:
    inputs = torch.rand(20, 2, generator=torch.Generator().manual_seed(0))
    network = Smoothed(half_planes(), 0.25)
    torch.manual_seed(5)
    first = Certification().certify(network, inputs, seed=9)
    after = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(after, torch.rand(1))
    second = Certification().certify(network, inputs, seed=9)
    assert (first.radii == second.radii).all()


def test_only_a_smoothed_network_is_certified() -> None:
    with pytest.raises(LabError, match="smoothing"):
        Certification().certify(half_planes(), torch.zeros(1, 2), seed=0)


def test_a_random_network_under_the_noise_is_refused() -> None:
    with pytest.raises(LabError, match="independent trials"):
        Certification().certify(Smoothed(Smoothed(half_planes(), 0.1), 0.1), torch.zeros(1, 2), seed=0)


@pytest.mark.parametrize("settings", [{"draws": 0}, {"selection_draws": 0}, {"risk": 0.0}, {"risk": 0.7}])
def test_settings_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(LabError, match="expected a number"):
        Certification(**settings)
