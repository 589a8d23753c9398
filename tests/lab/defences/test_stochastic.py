"""Stochastic layers have the distribution they claim, can be stored, and average to an accurate network."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from advgame.errors import LabError
from advgame.lab.defences.ensemble import Ensemble
from advgame.lab.defences.gaussian_layers import (
    GaussianConv2d,
    GaussianLinear,
    divergence_from_prior,
    gaussian_layers,
    one_network,
)
from advgame.lab.defences.low_pass import LowPass
from advgame.lab.defences.smoothing import Smoothing
from advgame.lab.defences.stochastic_extractor import StochasticExtractor
from advgame.lab.defences.stochastic_head import StochasticHead
from advgame.lab.fitting.defence import Defence
from advgame.lab.networks.classifier import is_randomised, stand_in
from advgame.lab.networks.weights import load_weights, save_weights
from tests.lab.defences.small_network import accuracy, fresh, pgd, some_digits, task, trained

KINDS = [StochasticHead, StochasticExtractor]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def fitted() -> dict[type[Defence], Any]:
    """A trained stochastic network of each kind."""
    return {kind: kind(epochs=4).fit(kind().prepared(trained()), task()) for kind in KINDS}


def linear(std: float = 0.3, **settings: Any) -> GaussianLinear:
    """A layer with uneven deviations."""
    layer = GaussianLinear(torch.nn.Linear(3, 2, **settings), std)
    with torch.no_grad():
        layer.log_std += torch.tensor([[0.0, 0.5, -1.0], [0.2, 0.0, 0.3]])
    return layer


def convolution(std: float = 0.2, **settings: Any) -> GaussianConv2d:
    return GaussianConv2d(torch.nn.Conv2d(4, 6, 3, padding=1, **settings), std)


def test_output_of_a_linear_layer_has_the_mean_and_deviation_of_the_weights() -> None:
    layer = linear()
    row = torch.tensor([[1.0, -2.0, 0.5]])
    draws = layer(row.expand(40_000, 3))
    variance = row.square() @ (2 * layer.log_std).exp().T + (2 * layer.bias_log_std).exp()
    assert torch.allclose(
        draws.mean(dim=0), torch.nn.functional.linear(row, layer.weight, layer.bias)[0], atol=0.02
    )
    assert torch.allclose(draws.std(dim=0), variance.sqrt()[0], rtol=0.02)


@pytest.mark.parametrize("layer", [linear(), convolution(), convolution(groups=2), convolution(bias=False)])
def test_rows_of_a_call_are_distributed_like_layers_with_drawn_weights(layer: Any) -> None:
    generator = torch.Generator().manual_seed(1)
    shape = (1, 3) if isinstance(layer, GaussianLinear) else (1, 4, 5, 5)
    row = torch.rand(shape, generator=generator)
    with torch.no_grad():
        drawn = torch.cat([layer.drawn(generator)(row) for _ in range(1500)])
        # Two rows a call: rows of one convolution call share a draw up to signs.
        own = torch.cat([layer(row.expand(2, *shape[1:])) for _ in range(1500)])
    assert torch.allclose(drawn.mean(dim=0), own.mean(dim=0), atol=0.15)
    assert torch.allclose(drawn.std(dim=0), own.std(dim=0), rtol=0.12)


def test_rows_of_a_convolution_call_are_uncorrelated() -> None:
    layer, row = convolution(), torch.ones(1, 4, 1, 1)
    with torch.no_grad():
        off = torch.stack([layer(row.expand(2, 4, 1, 1))[:, :, 0, 0] for _ in range(3000)])
    off = off - off.mean(dim=0)
    correlation = (off[:, 0] * off[:, 1]).mean(dim=0) / (off[:, 0].std(dim=0) * off[:, 1].std(dim=0))
    assert correlation.abs().max() < 0.08


@pytest.mark.parametrize("layer", [linear(), convolution()])
def test_a_pruned_weight_is_0_in_every_draw(layer: Any) -> None:
    with torch.no_grad():
        layer.weight[0] = 0
    assert (layer.drawn(torch.Generator().manual_seed(0)).weight[0] == 0).all()
    if isinstance(layer, GaussianLinear):
        assert layer(torch.full((1000, 3), 5.0))[:, 0].std() < 2 * float(layer.bias_log_std[0].detach().exp())


def test_a_layer_without_anything_random_left_has_finite_gradients() -> None:
    layer = linear(bias=False)
    layer(torch.zeros(2, 3)).sum().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in layer.parameters())


def test_divergence_from_the_prior_is_the_sum_of_those_of_single_weights_without_pruned_ones() -> None:
    network = torch.nn.Sequential(convolution(), linear())
    with torch.no_grad():
        network[1].weight[0, 1] = 0
    expected = torch.tensor(0.0)
    for layer in network:
        for mean, log_std in ((layer.weight, layer.log_std), (layer.bias, layer.bias_log_std)):
            each = kl_divergence(Normal(mean, log_std.exp()), Normal(0, 0.7))
            expected = expected + each[mean != 0].sum()
    assert divergence_from_prior(network, 0.7).item() == pytest.approx(expected.item(), rel=1e-5)


def test_preparing_draws_nothing_and_keeps_the_weights_as_means() -> None:
    for kind in KINDS:
        torch.manual_seed(4)
        network = trained()
        before = [layer.weight.clone() for layer in network if hasattr(layer, "weight")]
        state = torch.get_rng_state()
        made = kind().prepared(network)
        assert torch.equal(torch.get_rng_state(), state)
        after = [layer.weight for layer in made.modules() if hasattr(layer, "weight")]
        assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_head_is_the_last_layer_and_the_extractor_is_all_the_others() -> None:
    head = gaussian_layers(StochasticHead().prepared(fresh()))
    assert [tuple(layer.weight.shape) for layer in head] == [(10, 32)]
    extractor = gaussian_layers(StochasticExtractor().prepared(fresh()))
    assert [layer.weight.shape[0] for layer in extractor] == [16, 32, 32]


@pytest.mark.parametrize("kind", KINDS)
def test_a_vanishing_deviation_leaves_the_answers_as_they_were(kind: Any) -> None:
    inputs, _ = some_digits(20)
    network = kind(initial_std=1e-6).prepared(trained()).eval()
    expected = trained()(inputs).log_softmax(dim=1)
    assert torch.allclose(network(inputs), expected, atol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_accuracy_stays_near_the_deterministic_network(kind: Any, fitted: Any) -> None:
    inputs, labels = some_digits(500)
    assert accuracy(fitted[kind], inputs, labels) > accuracy(trained(), inputs, labels) - 0.02


def test_training_the_head_leaves_the_extractor_alone_and_training_the_whole_does_not() -> None:
    for whole in (False, True):
        defence = StochasticHead(epochs=1, whole=whole)
        network = defence.prepared(torch.nn.Sequential(torch.nn.BatchNorm2d(1), *trained()))
        before = deepcopy(network.once.state_dict())
        defence.fit(network, task())
        same = all(torch.equal(value, before[name]) for name, value in network.once.state_dict().items())
        assert same is not whole
        assert not network.training
        assert all(parameter.requires_grad for parameter in network.parameters())


def test_a_stronger_prior_pulls_the_weights_towards_it() -> None:
    norms = []
    for scale in (1.0, 10_000.0):
        defence = StochasticHead(prior_std=0.1, divergence_scale=scale, epochs=30)
        network = defence.fit(defence.prepared(trained()), task())
        norms.append(float(network.drawn.weight.detach().norm()))
        deviation = network.drawn.log_std.detach().exp().mean()
    assert norms[1] < norms[0] / 10
    assert float(deviation) == pytest.approx(0.1, rel=0.05)  # that of the prior


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_gives_the_same_weights_and_leaves_the_generators_of_torch_alone(kind: Any) -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(len(states))
        before = torch.get_rng_state()
        network = kind(epochs=1).fit(kind().prepared(trained()), task(seed=3))
        assert torch.equal(torch.get_rng_state(), before)
        states.append(network.state_dict())
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


@pytest.mark.parametrize("kind", KINDS)
def test_pruned_weights_stay_0_in_training_and_in_drawn_networks(kind: Any) -> None:
    base = trained()
    layers = [layer for layer in base if hasattr(layer, "weight")]
    with torch.no_grad():
        for layer in layers:
            layer.weight[layer.weight.abs() < layer.weight.abs().median()] = 0
    holes = [layer.weight == 0 for layer in layers]
    network = kind(epochs=1).fit(kind().prepared(base), task())
    for made in (network, one_network(network, torch.Generator().manual_seed(0))):
        weights = [layer.weight for layer in made.modules() if hasattr(layer, "weight")]
        assert all((weight[hole] == 0).all() for weight, hole in zip(weights, holes, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_stored_weights_load_into_a_prepared_network_even_if_pruning_made_it_narrower(
    kind: Any, tmp_path: Path
) -> None:
    narrow = trained()
    with torch.no_grad():
        narrow[5] = torch.nn.Linear(512, 20)
        narrow[7] = torch.nn.Linear(20, 10)
    network = kind(epochs=1).fit(kind().prepared(narrow), task())
    loaded = load_weights(kind().prepared(fresh(seed=9)), save_weights(network, tmp_path / "w.safetensors"))
    inputs, _ = some_digits(20)
    answers = []
    for each in (network, loaded.eval()):
        torch.manual_seed(5)
        answers.append(each(inputs))
    assert torch.equal(*answers)


@pytest.mark.parametrize("kind", KINDS)
def test_stand_in_averages_fresh_draws_and_attacks_better_than_transfer(kind: Any, fitted: Any) -> None:
    network = fitted[kind]
    inputs, labels = some_digits(150)
    differentiable = stand_in(network)
    assert is_randomised(network)
    assert not torch.equal(differentiable(inputs[:2]), differentiable(inputs[:2]))
    assert torch.allclose(differentiable(inputs).exp().sum(dim=1), torch.ones(150), atol=1e-4)
    adaptive = accuracy(network, pgd(differentiable, inputs, labels, 0.1, steps=10), labels)
    transferred = accuracy(network, pgd(trained(), inputs, labels, 0.1, steps=10), labels)
    assert adaptive <= transferred
    assert adaptive < 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_the_mean_of_drawn_networks_is_the_prediction(kind: Any, fitted: Any) -> None:
    network, (inputs, _) = deepcopy(fitted[kind]), some_digits(20)
    network.draws = 150
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        each = [one_network(network, generator)(inputs).softmax(dim=1) for _ in range(150)]
        assert torch.allclose(torch.stack(each).mean(dim=0), network(inputs).exp(), atol=0.1)


def test_a_drawn_network_is_deterministic_of_plain_layers_and_leaves_the_other_alone(fitted: Any) -> None:
    inputs, _ = some_digits(20)
    for network in fitted.values():
        before = deepcopy(network.state_dict())
        one = one_network(LowPass(0.9).prepared(network), torch.Generator().manual_seed(0))
        assert not is_randomised(one)
        assert gaussian_layers(one) == []
        assert torch.equal(one(inputs), one(inputs))
        other = one_network(LowPass(0.9).prepared(network), torch.Generator().manual_seed(1))
        assert not torch.equal(one(inputs), other(inputs))
        assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    with pytest.raises(LabError, match="No layer of the network is stochastic"):
        one_network(trained(), torch.Generator())


@pytest.mark.parametrize("kind", KINDS)
def test_stochastic_networks_wrap_and_are_wrapped(kind: Any) -> None:
    inputs, labels = some_digits(30)
    for network in (
        kind(initial_std=0.01).prepared(LowPass(0.9).prepared(trained())),
        LowPass(0.9).prepared(kind(initial_std=0.01).prepared(trained())),
        Smoothing(noise=0.1, draws=20).prepared(kind(initial_std=0.01, draws=3).prepared(trained())),
        Ensemble(("a", "b")).combined([trained(), kind(initial_std=0.01).prepared(trained())]),
    ):
        network.eval()
        assert is_randomised(network)
        assert accuracy(network, inputs, labels) > 0.85
        assert accuracy(network, pgd(stand_in(network), inputs, labels, 0.2, steps=5), labels) < 0.5


def test_a_network_that_is_one_layer_becomes_stochastic_too() -> None:
    network = StochasticHead().prepared(torch.nn.Linear(4, 3)).eval()
    assert network(torch.zeros(2, 4)).shape == (2, 3)


def test_layers_that_cannot_become_stochastic_are_refused() -> None:
    with pytest.raises(LabError, match="before smoothing"):
        StochasticHead().prepared(Smoothing().prepared(trained()))
    with pytest.raises(LabError, match="before smoothing"):
        StochasticHead().prepared(LowPass().prepared(StochasticHead().prepared(trained())))
    with pytest.raises(LabError, match="no fully connected layer"):
        StochasticHead().prepared(torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3)))
    with pytest.raises(LabError, match="stochastic layers already"):
        StochasticExtractor().prepared(StochasticHead().prepared(trained()))
    with pytest.raises(LabError, match="1 layers with weights"):
        StochasticExtractor().prepared(torch.nn.Linear(2, 2))


def test_filters_taken_out_of_a_stochastic_layer_are_noticed() -> None:
    network = StochasticHead().prepared(trained()).eval()
    network.drawn.weight = torch.nn.Parameter(network.drawn.weight[:, :20])
    with pytest.raises(LabError, match="Prune first"):
        network(some_digits(1)[0])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "given",
    [
        {"epochs": -1},
        {"learning_rate": 0.0},
        {"prior_std": 0.0},
        {"initial_std": -0.1},
        {"divergence_scale": -1.0},
        {"draws": 0},
        {"stand_in_draws": 0},
    ],
)
def test_settings_out_of_range_are_refused(kind: Any, given: dict[str, Any]) -> None:
    with pytest.raises(LabError, match="expected a number"):
        kind(**given)
