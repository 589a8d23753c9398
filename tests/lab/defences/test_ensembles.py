"""Networks that answer together, or by turns, answer as the mean of their probabilities says."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from advgame.errors import LabError
from advgame.lab.defences.combination import Combination
from advgame.lab.defences.ensemble import Ensemble
from advgame.lab.defences.low_pass import LowPass
from advgame.lab.defences.smoothing import Smoothing
from advgame.lab.defences.switching import Switching
from advgame.lab.networks.classifier import is_randomised, stand_in
from tests.lab.defences.small_network import accuracy, pgd, some_digits, trained

PAIR = ("plain", "noisy")
COMBINATIONS = [Ensemble, Switching]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def members() -> list[Any]:
    return [trained(), trained(noise=0.25)]


def constant(*logits: float) -> Any:
    """A network that always answers the same."""
    network = torch.nn.Linear(2, len(logits))
    with torch.no_grad():
        network.weight.zero_()
        network.bias.copy_(torch.tensor(logits))
    return network.eval()


def test_ensemble_averages_probabilities_and_not_logits() -> None:
    network = Ensemble(PAIR).combined([constant(0, 100), constant(0, -1)])
    # (1 + 1 / (1 + e)) / 2
    assert network(torch.zeros(1, 2)).exp()[0, 1].item() == pytest.approx(0.634471, abs=1e-6)


@pytest.mark.parametrize("kind", COMBINATIONS)
def test_probabilities_an_attacker_differentiates_are_the_mean_of_the_members(
    kind: type[Combination],
) -> None:
    pair, (inputs, _) = members(), some_digits(50)
    network = kind(PAIR, weights=(3.0, 1.0)).combined(pair)
    expected = 0.75 * pair[0](inputs).softmax(dim=1) + 0.25 * pair[1](inputs).softmax(dim=1)
    assert torch.allclose(stand_in(network)(inputs).exp(), expected, atol=1e-6)


def test_switching_asks_each_member_as_often_as_its_weight_says() -> None:
    network = Switching(("a", "b", "c"), weights=(1.0, 2.0, 5.0)).combined(
        [constant(9, 0, 0), constant(0, 9, 0), constant(0, 0, 9)]
    )
    counts = network(torch.zeros(8000, 2)).argmax(dim=1).bincount()
    assert (counts / 8000).tolist() == pytest.approx([1 / 8, 2 / 8, 5 / 8], abs=0.02)


def test_switching_gives_every_input_the_answer_of_one_member() -> None:
    pair, (inputs, _) = members(), some_digits(100)
    network = Switching(PAIR).combined(pair).eval()
    answers = network(inputs)
    each = torch.stack([member(inputs).log_softmax(dim=1) for member in pair])  # (members, inputs, classes)
    off = (each - answers).abs().amax(dim=2).amin(dim=0)
    assert off.max() < 1e-5
    assert is_randomised(network)
    assert not torch.equal(answers, network(inputs))


def test_accuracy_of_switching_is_the_mean_of_the_members() -> None:
    pair, (inputs, labels) = members(), some_digits()
    fooled = pgd(pair[0], inputs, labels, 0.1)
    single = [accuracy(member, fooled, labels) for member in pair]
    found = accuracy(Switching(PAIR).combined(pair).eval(), fooled.repeat(20, 1, 1, 1), labels.repeat(20))
    assert found == pytest.approx(sum(single) / 2, abs=0.03)


@pytest.mark.parametrize("kind", COMBINATIONS)
def test_adaptive_attack_is_stronger_than_examples_made_on_one_member(kind: type[Combination]) -> None:
    pair, (inputs, labels) = members(), some_digits()
    network = kind(PAIR).combined(pair).eval()
    transferred = accuracy(network, pgd(pair[0], inputs, labels, 0.1), labels)
    adaptive = accuracy(network, pgd(stand_in(network), inputs, labels, 0.1), labels)
    assert adaptive < transferred
    assert adaptive < accuracy(network, inputs, labels) - 0.25


@pytest.mark.parametrize("kind", COMBINATIONS)
def test_combinations_wrap_wrapped_networks_and_are_wrapped(kind: type[Combination]) -> None:
    pair = [LowPass(0.9).prepared(trained()), Smoothing(noise=0.1, draws=10).prepared(trained(noise=0.25))]
    network = LowPass(0.9).prepared(kind(PAIR).combined(pair)).eval()
    inputs, labels = some_digits(50)
    assert is_randomised(network)
    assert accuracy(network, inputs, labels) > 0.85
    assert accuracy(network, pgd(stand_in(network), inputs, labels, 0.2, steps=5), labels) < 0.6


def test_an_ensemble_is_as_random_as_its_members() -> None:
    assert not is_randomised(Ensemble(PAIR).combined(members()))
    assert is_randomised(Ensemble(PAIR).combined([trained(), Smoothing().prepared(trained())]))


def test_no_inputs_get_no_answers() -> None:
    for kind in COMBINATIONS:
        assert kind(PAIR).combined(members())(torch.zeros(0, 1, 8, 8)).shape == (0, 10)


@pytest.mark.parametrize("kind", COMBINATIONS)
@pytest.mark.parametrize(
    "given",
    [
        {"of": ()},
        {"of": ("plain",)},
        {"of": ("plain", "plain")},
        {"of": PAIR, "weights": (1.0,)},
        {"of": PAIR, "weights": (1.0, 0.0)},
        {"of": PAIR, "weights": (1.0, -1.0)},
    ],
)
def test_combinations_that_combine_nothing_are_refused(
    kind: type[Combination], given: dict[str, Any]
) -> None:
    with pytest.raises(LabError, match=r"expected|give one"):
        kind(**given)
