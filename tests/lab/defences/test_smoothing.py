"""A smoothed network votes, and only an attacker who averages over its noise sees how robust it is."""

from __future__ import annotations

from math import erf, log, sqrt
from typing import Any

import pytest
import torch

from advgame.errors import LabError
from advgame.lab.defences.low_pass import LowPass
from advgame.lab.defences.smoothing import Smoothed, Smoothing
from advgame.lab.measures.certification import Certification
from advgame.lab.networks.classifier import is_randomised, stand_in
from advgame.lab.networks.expectation import log_mean_probabilities, repeated
from tests.lab.defences.small_network import accuracy, pgd, some_digits, trained


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def step_at(threshold: float) -> Any:
    """A classifier of single numbers: class 1 above the threshold."""
    network = torch.nn.Linear(1, 2)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[0.0], [1.0]]))
        network.bias.copy_(torch.tensor([0.0, -threshold]))
    return network.eval()


def normal(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


def test_votes_follow_the_normal_distribution() -> None:
    network = Smoothed(step_at(0.5), noise=0.2)
    inputs = torch.tensor([[0.3], [0.5], [0.8]])
    votes = network.votes(inputs, 20_000)
    assert votes.sum(dim=1).tolist() == [20_000] * 3
    expected = [normal((float(each) - 0.5) / 0.2) for each in inputs]
    assert (votes[:, 1] / 20_000).tolist() == pytest.approx(expected, abs=0.012)  # 3.4 standard errors


def test_logits_are_the_logarithms_of_vote_shares_and_finite_without_votes() -> None:
    network = Smoothing(noise=0.01, draws=100).prepared(step_at(0.5)).eval()
    logits = network(torch.tensor([[0.9], [0.1]]))
    assert logits[0].tolist() == pytest.approx([log(0.5 / 101), log(100.5 / 101)], rel=1e-4)
    assert logits.argmax(dim=1).tolist() == [1, 0]
    assert logits.exp().sum(dim=1).tolist() == pytest.approx([1.0, 1.0])


def test_stand_in_is_the_expectation_over_noise() -> None:
    network = Smoothing(noise=0.2, stand_in_draws=20_000).prepared(step_at(0.5)).eval()
    found = stand_in(network)(torch.tensor([[0.8]])).exp()[0, 1].detach()
    rows = 0.8 + 0.2 * torch.randn(1_000_000)
    assert float(found) == pytest.approx(float((rows - 0.5).sigmoid().mean()), abs=0.003)


def test_stand_in_draws_fresh_noise_and_has_a_gradient_where_the_vote_has_none() -> None:
    network = Smoothing().prepared(trained()).eval()
    inputs, _ = some_digits(3)
    inputs.requires_grad_(True)
    differentiable = stand_in(network)
    assert not torch.equal(differentiable(inputs), differentiable(inputs))
    assert not network(inputs).requires_grad
    assert torch.autograd.grad(differentiable(inputs)[:, 0].sum(), inputs)[0].abs().sum() > 0


def test_training_mode_sees_one_noisy_copy_with_a_gradient() -> None:
    network = Smoothing().prepared(trained()).train()
    inputs, labels = some_digits(8)
    torch.nn.functional.cross_entropy(network(inputs), labels).backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_asking_for_the_stand_in_leaves_the_mode_of_the_network_alone() -> None:
    network = Smoothing().prepared(trained())
    network.train()
    stand_in(network)
    assert all(module.training for module in network.modules())


def test_same_seed_of_torch_gives_the_same_votes() -> None:
    network = Smoothing().prepared(trained(noise=0.25)).eval()
    inputs, _ = some_digits(50)
    torch.manual_seed(3)
    first = network(inputs)
    torch.manual_seed(3)
    assert torch.equal(first, network(inputs))


def test_accuracy_stays_near_the_network_trained_under_the_same_noise() -> None:
    base = trained(noise=0.25)
    inputs, labels = some_digits()
    network = Smoothing(noise=0.25).prepared(base).eval()
    assert accuracy(network, inputs, labels) >= accuracy(base, inputs, labels) - 0.04


def test_smallest_changes_that_fool_the_base_flatter_smoothing_but_the_adaptive_attack_does_not() -> None:
    import foolbox

    base = trained(noise=0.25)
    network = Smoothing(noise=0.25).prepared(base).eval()
    inputs, labels = some_digits()
    model = foolbox.PyTorchModel(base, bounds=(0, 1))
    smallest = foolbox.attacks.LInfFMNAttack(steps=50)(model, inputs, labels, epsilons=None)[0]
    sizes = (smallest - inputs).abs().amax(dim=(1, 2, 3), keepdim=True)
    transferred = accuracy(network, torch.where(sizes <= 0.15, smallest, inputs), labels)
    adaptive = accuracy(network, pgd(stand_in(network), inputs, labels, 0.15), labels)
    assert adaptive < transferred - 0.15


def test_no_l2_attack_found_beats_the_certificate() -> None:
    network = Smoothing(noise=0.25).prepared(trained(noise=0.25)).eval()
    inputs, labels = some_digits(100)
    found = Certification(draws=500).certify(network, inputs, seed=0)
    for radius in (0.25, 0.4):
        attacked = pgd(stand_in(network), inputs, labels, radius, norm="L2")
        proven = found.proven(labels.numpy(), radius)
        assert accuracy(network, attacked[proven], labels[proven]) == 1
        assert 0 < proven.mean() <= accuracy(network, attacked, labels)


def test_smoothing_wraps_and_is_wrapped() -> None:
    inputs, labels = some_digits(50)
    for network in (
        LowPass(0.9).prepared(Smoothing(noise=0.1).prepared(trained())),
        Smoothing(noise=0.1).prepared(LowPass(0.9).prepared(trained())),
        Smoothing(noise=0.1, draws=10).prepared(Smoothing(noise=0.1, draws=10).prepared(trained())),
    ):
        network.eval()
        assert is_randomised(network)
        assert accuracy(network, inputs, labels) > 0.85
        fooled = pgd(stand_in(network), inputs, labels, 0.2, steps=5)
        assert accuracy(network, fooled, labels) < 0.5


@pytest.mark.parametrize("count", [1, 3, 249, 251])
def test_every_input_is_repeated_as_often_as_asked(count: int) -> None:
    parts = list(repeated(torch.zeros(count, 2), 7))
    assert sum(len(part) for part in parts) == 7
    assert all(part.shape[1:] == (count, 2) for part in parts)


def test_mean_probabilities_keep_the_gradient_of_an_over_confident_network() -> None:
    inputs = torch.tensor([[0.0, 400.0]], requires_grad=True)  # the first class underflows: e⁻⁴⁰⁰
    mean = log_mean_probabilities(lambda rows: rows, inputs, draws=3)
    assert float(mean[0, 0].detach()) == pytest.approx(-400)
    assert torch.autograd.grad(mean[0, 0], inputs)[0].tolist() == [pytest.approx([1.0, -1.0], abs=1e-3)]


@pytest.mark.parametrize("settings", [{"noise": 0.0}, {"noise": -1.0}, {"draws": 0}, {"stand_in_draws": 0}])
def test_settings_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(LabError, match="expected a number"):
        Smoothing(**settings)
