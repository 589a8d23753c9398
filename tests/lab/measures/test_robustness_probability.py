"""The probability that a drawn network withstands an attack is where a closed form says it is."""

from __future__ import annotations

from math import erf, sqrt
from typing import Any

import numpy as np
import pytest
import torch

from advgame.errors import LabError
from advgame.lab.defences.smoothing import Smoothing
from advgame.lab.defences.stochastic_head import StochasticHead
from advgame.lab.measures.robustness_probability import RobustnessProbability


def stochastic_line(std: float) -> Any:
    """One stochastic layer: class 1 where x + y > threshold, the threshold N(1, 2 · std²) by its biases."""
    layer = torch.nn.Linear(2, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.0, 0.0], [1.0, 1.0]]))
        layer.bias.copy_(torch.tensor([0.0, -1.0]))
    network = StochasticHead(initial_std=std).prepared(layer).eval()
    with torch.no_grad():
        network.drawn.log_std.fill_(-30)  # the weights are certain, the offsets are not
    return network


def test_guarantee_holds_where_the_probability_is_known() -> None:
    inputs = torch.tensor([[0.5, 0.5], [0.6, 0.6], [0.65, 0.7], [0.9, 0.9], [0.2, 0.2]])
    labels = torch.tensor([1, 1, 1, 1, 1])
    std, radius = 0.1, 0.05
    found = RobustnessProbability(radius=radius, steps=5, error=0.1, confidence=0.95).values(
        stochastic_line(std), stochastic_line(std), inputs, labels, seed=0
    )
    # An L∞ change of the radius lowers x + y by twice the radius; the difference of two offsets decides.
    margin = inputs.sum(dim=1) - 2 * radius - 1
    true = [(1 + erf(float(each) / (sqrt(2) * std) / sqrt(2))) / 2 for each in margin]
    assert found["robustness_probability"] == pytest.approx(found["successes"] / found["draws"])
    assert found["robustness_probability"] == pytest.approx(true, abs=0.2)  # both lie in the interval
    assert (found["high"] - found["low"] <= 2 * 0.1).all()
    assert (found["low"] <= true).all()
    assert (true <= found["high"]).all()
    assert (found["draws"] <= found["fixed_draws"]).all()
    assert found["draws"][3] < found["fixed_draws"][3] / 4  # near certainty few draws are enough


def test_a_certain_event_has_probability_one() -> None:
    network = stochastic_line(0.01)  # the margin is 70 standard deviations
    found = RobustnessProbability(radius=0.05, steps=2).values(
        network, network, torch.tensor([[1.0, 1.0]]), torch.tensor([1]), seed=0
    )
    assert found["robustness_probability"].tolist() == [1.0]
    assert found["successes"].tolist() == found["draws"].tolist()
    assert 0.8 <= found["low"][0] < found["high"][0] == 1


def test_a_deterministic_network_is_robust_or_not() -> None:
    layer = torch.nn.Linear(1, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.0], [1.0]]))
        layer.bias.copy_(torch.tensor([0.0, -0.5]))
    inputs = torch.tensor([[0.7], [0.52], [0.3]])
    found = RobustnessProbability(radius=0.05).values(layer, layer, inputs, torch.tensor([1, 1, 1]), seed=0)
    assert found["robustness_probability"].tolist() == [1, 0, 0]
    assert found["low"].tolist() == found["high"].tolist() == [1, 0, 0]


def test_same_seed_gives_the_same_values() -> None:
    inputs, labels = torch.tensor([[0.55, 0.6]]), torch.tensor([1])
    network = stochastic_line(0.1)
    runs = [
        RobustnessProbability(error=0.3, steps=5).values(network, network, inputs, labels, seed=2)
        for _ in range(2)
    ]
    assert all(np.array_equal(runs[0][name], runs[1][name]) for name in runs[0])


def test_a_network_that_is_random_in_another_way_is_refused() -> None:
    network = Smoothing().prepared(torch.nn.Linear(1, 2)).eval()
    with pytest.raises(LabError, match="randomness other than in its weights"):
        RobustnessProbability().values(network, network, torch.zeros(1, 1), torch.zeros(1).long(), seed=0)


@pytest.mark.parametrize("given", [{"radius": 0.0}, {"steps": 0}, {"error": 0.5}, {"confidence": 1.0}])
def test_settings_out_of_range_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(LabError, match=r"expected|is not between"):
        RobustnessProbability(**given)
