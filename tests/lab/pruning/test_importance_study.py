"""Estimated importance is compared with what a removal really does."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from advgame.errors import LabError
from advgame.lab.defences.smoothing import Smoothed
from advgame.lab.pruning import PRUNINGS
from advgame.lab.pruning.importance_study import ImportanceStudy, importance_study
from advgame.statistics.rank_correlation import spearman
from tests.lab.pruning.small_networks import digits, task, trained

INPUTS, LABELS = digits().train_inputs[:400], digits().train_labels[:400]


def study(method: str, structure: str = "filter", most: int = 500) -> ImportanceStudy:
    return importance_study(trained(), PRUNINGS[method](structure=structure), task(), INPUTS, LABELS, most)


def test_true_importance_is_the_squared_change_of_the_loss_per_weight() -> None:
    found = study("magnitude")
    network = trained()

    def loss() -> float:
        with torch.no_grad():
            return float(cross_entropy(network(INPUTS).double(), LABELS))

    whole = loss()
    network[0].weight.data[3] = 0
    network[0].bias.data[3] = 0
    assert found.true[3] == pytest.approx((loss() - whole) ** 2 / 9, rel=1e-6)
    assert found.groups.tolist() == [0] * 16 + [1] * 32 + [2] * 64


@pytest.mark.parametrize("structure", ["filter", "kernel", "unstructured"])
def test_taylor_importance_predicts_a_removal_better_than_chance(structure: str) -> None:
    taylor, chance = study("taylor", structure, most=150), study("random", structure, most=150)
    assert taylor.low > chance.high
    assert taylor.correlation > 0.7
    assert chance.low < 0 < chance.high
    assert taylor.low < taylor.correlation < taylor.high


def test_the_network_comes_out_as_it_went_in() -> None:
    network = trained()
    importance_study(network, PRUNINGS["taylor"](structure="kernel"), task(), INPUTS, LABELS, 20)
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), trained().parameters(), strict=True))


def test_a_study_can_be_repeated() -> None:
    first, again = (study("taylor", "unstructured", most=30) for _ in range(2))
    assert np.array_equal(first.true, again.true)
    assert (first.low, first.correlation, first.high) == (again.low, again.correlation, again.high)
    assert len(first.true) == 30


def test_layers_are_looked_at_one_by_one_too() -> None:
    found = study("taylor")
    assert set(found.by_group) == {0, 1, 2}
    inside = found.groups == 1
    assert found.by_group[1] == spearman(found.estimated[inside], found.true[inside])


def test_a_network_of_zeros_has_no_correlation_of_importances() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 4), nn.ReLU(), nn.Linear(4, 10))
    for each in network.parameters():
        nn.init.zeros_(each)
    found = importance_study(network, PRUNINGS["magnitude"](structure="filter"), task(), INPUTS, LABELS)
    assert isnan(found.correlation)
    assert isnan(found.low)


def test_a_removal_without_effect_has_no_importance_in_a_randomised_network_either() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(64, 10)
    layer.weight.data[:, 0] = 0
    smoothed = Smoothed(nn.Sequential(nn.Flatten(), layer), noise=0.5, draws=3)
    method = PRUNINGS["magnitude"](structure="unstructured")
    found = importance_study(smoothed, method, task(), INPUTS[:50], LABELS[:50], most=640)
    without_effect = found.estimated == 0
    assert without_effect.sum() == 10
    assert (found.true[without_effect] == 0).all()
    assert (found.true > 0).any()


def test_too_little_to_compare_is_refused() -> None:
    method = PRUNINGS["magnitude"](structure="filter")
    with pytest.raises(LabError, match="no inputs to measure the loss on"):
        importance_study(trained(), method, task(), INPUTS[:0], LABELS[:0])
    with pytest.raises(LabError, match="2 units to compare; expected at least 3"):
        importance_study(trained(), method, task(), INPUTS, LABELS, most=2)
