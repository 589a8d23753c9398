"""How far to prune: the Pareto front, and the recommended compression along the largest share."""

from __future__ import annotations

from dataclasses import replace
from math import erf, sqrt
from typing import Any

import numpy as np
import pytest

import advgame as ag
from advgame.errors import InputError, UnknownName
from advgame.scenarios.network_sizes import network_sizes
from advgame.studies import SweetSpots
from advgame.studies.sweet_spots import pareto_front
from tests.studies.structures import CASES

PRUNED = (
    "cifar10-jpeg-vgg-half-measured",
    "cifar10-pruned-and-defended",
    "cifar10-pruning",
    "digits-measured",
    "fashion-mnist-measured",
    "imagenette-explanations",
    "imagenette-pruning",
    "mnist-pruning",
    "pneumonia-measured",
)


def spots(case: str, **settings: Any) -> SweetSpots:
    result = ag.study("sweet_spots", ag.case(case), **{"shares": 4, "draws": 200, **settings})
    assert isinstance(result, SweetSpots)
    return result


@pytest.mark.parametrize("case", CASES)
def test_it_answers_every_case_of_pruned_networks(case: str) -> None:
    if case not in PRUNED:
        with pytest.raises(InputError, match="do not differ in size"):
            spots(case)
        return
    result = spots(case)
    assert result.sentence.endswith(".")
    assert len(result.frame()) == len(ag.case(case).accuracies.defences)
    assert any(each.on_front for each in result.networks)
    for each in result.along:
        assert 0 <= each.probability_best <= each.probability_of_compression + 1e-12 <= 1 + 1e-9
    assert result.here.largest_share == ag.case(case).largest_share


def test_without_an_attacker_the_best_network_is_the_best_on_benign_inputs() -> None:
    for case in ("mnist-pruning", "imagenette-explanations", "pneumonia-measured"):
        game = ag.build_game(ag.case(case))
        assert spots(case).along[0].network == game.defences[int(game.defender_payoffs[:, 0].argmax())]


def test_a_front_is_what_no_row_dominates() -> None:
    values = np.random.default_rng(0).integers(0, 4, (60, 3)).astype(float)
    slow = [not any((other >= row).all() and (other > row).any() for other in values) for row in values]
    assert pareto_front(values).tolist() == slow
    values[3, 1] = np.nan
    assert not pareto_front(values)[3]


def test_the_table_holds_what_the_sources_state() -> None:
    explained = spots("imagenette-explanations").networks[1]
    assert (explained.compression, explained.clean_accuracy, explained.explanation) == (2.0, 0.9729, 0.864)
    pruned = spots("imagenette-pruning").frame()
    assert pruned["compression"].round(3).tolist()[:2] == [1.0, round(11_000_000 / 4_318_262, 3)]
    measured = spots("digits-measured").frame()
    assert measured["relative_latency"].notna().all()
    assert measured["explanation"].notna().any()


def test_the_probability_of_being_best_is_that_of_the_larger_of_two_rates() -> None:
    scenario = ag.set_parameter(ag.case("cifar10-pruned-and-defended"), "defence_cost", 0.0)
    names = ("HARP unstructured 90%", "HARP unstructured 95%")
    pair = replace(scenario, select=replace(scenario.select, defences=names), undefended=None)
    result = ag.study("sweet_spots", pair, draws=40_000, shares=2)
    assert isinstance(result, SweetSpots)
    clean = pair.accuracies.clean_accuracy
    worth = ag.build_game(pair).defender_payoffs[:, 0]
    spread = sqrt(sum(rate * (1 - rate) / 10_000 for rate in clean))
    expected = 0.5 * (1 + erf(abs(worth[0] - worth[1]) / spread / sqrt(2)))
    assert result.along[0].probability_best == pytest.approx(expected, abs=0.01)


def test_criteria_can_be_chosen() -> None:
    result = spots("digits-measured", criteria=("compression", "relative_latency", "robust_accuracy"))
    rows = result.frame()
    best = rows[rows["on_front"]]
    assert rows["robust_accuracy"].max() == best["robust_accuracy"].max()
    assert rows["relative_latency"].min() == best["relative_latency"].min()
    with pytest.raises(UnknownName, match="did you mean 'relative_latency'"):
        spots("digits-measured", criteria=("latency",))


def test_a_table_made_in_memory_has_no_files_beside_it() -> None:
    networks, measure = network_sizes(replace(ag.case("digits-measured"), data=""))
    assert measure == ""
    assert all(each.relative_latency is None for each in networks)
    assert networks[1].compression == 2.0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"shares": 1}, "shares is 1; expected a whole number in 2"),
        ({"draws": 5}, "draws is 5"),
        ({"highest_share": 2.0}, "highest_share is 2.0"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        spots("mnist-pruning", **settings)
