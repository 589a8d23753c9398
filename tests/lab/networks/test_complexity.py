"""Sizes are counted as by hand, and a network is as quick as itself."""

from __future__ import annotations

import json

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from advgame.lab.defences.bayesian_weights import BayesianWeights
from advgame.lab.defences.smoothing import Smoothed
from advgame.lab.defences.stochastic_extractor import StochasticExtractor
from advgame.lab.defences.stochastic_head import StochasticHead
from advgame.lab.defences.switching import Switched
from advgame.lab.networks import NETWORKS
from advgame.lab.networks.complexity import (
    latency,
    measured_facts,
    multiplications,
    network_facts,
    parameters_left,
    parameters_total,
)

LENET_PRODUCTS = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10


def lenet(seed: int = 0) -> nn.Module:
    return NETWORKS["lenet"]((1, 28, 28), 10, seed)


def test_multiplications_are_those_of_the_textbook() -> None:
    assert multiplications(lenet(), torch.zeros(1, 1, 28, 28)) == (LENET_PRODUCTS, LENET_PRODUCTS)


def test_multiplications_are_per_input_whatever_the_batch() -> None:
    assert multiplications(lenet(), torch.zeros(7, 1, 28, 28))[0] == LENET_PRODUCTS


def test_pruned_zeros_count_neither_as_multiplications_nor_as_parameters() -> None:
    network = lenet()
    network[0].weight.data[2] = 0  # one of six filters
    network[11].weight.data[:, :4] = 0
    gone = 28 * 28 * 25 + 40
    assert multiplications(network, torch.zeros(1, 1, 28, 28)) == (LENET_PRODUCTS, LENET_PRODUCTS - gone)
    assert parameters_left(network) == parameters_total(network) - 25 - 40


def test_an_offset_of_zero_still_counts() -> None:
    layer = nn.Linear(3, 2)
    nn.init.zeros_(layer.bias)
    assert parameters_left(layer) == 8


def test_every_pass_of_a_network_that_asks_itself_twice_counts() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 2)

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return self.layer(inputs) + self.layer(-inputs)

    assert multiplications(Twice(), torch.zeros(4, 3)) == (12, 12)


def small_convolution() -> nn.Sequential:
    """2 × 9 weights at 2 × 2 places, then 8 × 3 and 3 × 2 weights."""
    return nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 3), nn.ReLU(), nn.Linear(3, 2)
    ).requires_grad_(False)


def test_a_stochastic_head_multiplies_by_means_and_deviations_in_every_draw() -> None:
    network = StochasticHead(draws=5).prepared(small_convolution())
    network.drawn.weight[0, 0] = 0.0
    extractor, of_the_head = 72 + 24, 5 * 2 * 6
    assert multiplications(network, torch.zeros(1, 1, 4, 4)) == (
        extractor + of_the_head,
        extractor + of_the_head - 5 * 2,
    )


def test_a_stochastic_extractor_multiplies_by_means_and_deviations_in_every_draw() -> None:
    network = StochasticExtractor(draws=3).prepared(small_convolution())
    network.drawn[0].weight[0] = 0.0  # nine weights at four places
    drawn = 2 * (72 + 24) + 6
    assert multiplications(network, torch.zeros(1, 1, 4, 4)) == (3 * drawn, 3 * (drawn - 2 * 36))


@pytest.mark.parametrize("kind", [StochasticHead, StochasticExtractor])
def test_stochastic_networks_multiply_as_often_as_torch_counts(kind: type[BayesianWeights]) -> None:
    network = kind(draws=4).prepared(lenet()).eval()
    image = torch.zeros(1, 1, 28, 28)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(image)
    assert multiplications(network, image)[0] == counter.get_total_flops() // 2  # an addition each


def test_of_members_drawn_at_random_the_mean_counts_however_often_it_is_counted() -> None:
    wide = nn.Sequential(nn.Linear(3, 40), nn.Linear(40, 2))  # 200
    narrow = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))  # 20
    switched = Switched([wide, narrow], [0.25, 0.75])
    counts = {multiplications(switched, torch.zeros(1, 3)) for _ in range(8)}
    assert counts == {(65, 65)}
    assert multiplications(Smoothed(switched, 0.1, draws=10), torch.zeros(1, 3)) == (650, 650)
    nested = Switched([switched, wide], [0.5, 0.5])
    assert multiplications(nested, torch.zeros(2, 3)) == (132, 132)  # 132.5, to the even number
    assert switched.shares == (0.25, 0.75)


def test_facts_are_relative_to_the_reference_and_fit_a_table() -> None:
    network, reference = lenet(), lenet(1)
    network[7].weight.data.zero_()
    row = network_facts(network, reference, torch.rand(5, 1, 28, 28))
    assert row["parameters_total"] == 61_706
    assert row["parameters_left"] == 61_706 - 48_000
    assert row["true_compression"] == pytest.approx(61_706 / 13_706)
    assert row["multiplications_left"] == LENET_PRODUCTS - 48_000
    assert row["multiplications"] == row["multiplications_reference"] == LENET_PRODUCTS
    assert json.loads(json.dumps(row)) == row


def test_latency_is_positive_and_leaves_the_threads_and_the_weights_as_they_were() -> None:
    network, threads = lenet(), torch.get_num_threads()
    before = [each.clone() for each in network.parameters()]
    seconds, relative = latency(network, network, torch.rand(2, 1, 28, 28))
    assert seconds > 0
    assert relative > 0
    assert torch.get_num_threads() == threads
    assert all(torch.equal(old, new) for old, new in zip(before, network.parameters(), strict=True))


def test_facts_of_a_wide_network_beside_a_narrow_one_show_the_direction() -> None:
    narrow = nn.Sequential(nn.Flatten(), nn.Linear(8, 2))
    wide = nn.Sequential(nn.Flatten(), nn.Linear(8, 2000), nn.Linear(2000, 2))
    facts = measured_facts(narrow, wide, torch.rand(3, 8))
    assert facts.true_compression > 1000
    assert facts.multiplications < facts.multiplications_reference
