"""What widgets say and choose, without a page around them."""

from __future__ import annotations

import doctest
from importlib import import_module
from types import ModuleType

import numpy as np
import pytest

from advgame.bundled import bundled
from advgame.decision import decide, recommend
from advgame.games import Game
from advgame.measurements import Measurement, MeasurementTable
from advgame.scenarios import Scenario, case, set_parameter
from advgame.studies import Threshold

WIDGETS = sorted(path.stem for path in (bundled("app") / "widgets").glob("[a-z]*.py"))


@pytest.fixture(autouse=True)
def beside_main(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))


def widget(name: str) -> ModuleType:
    return import_module(f"widgets.{name}")


@pytest.mark.parametrize("name", WIDGETS)
def test_the_examples_of_a_widget_hold(name: str) -> None:
    assert doctest.testmod(widget(name)).failed == 0


def test_gains_are_shown_per_input_and_per_month_with_their_sign() -> None:
    # 0.9478 − .8557·.0944 = 0.86702; the standard network under attack earns 0.7 · 0.9478 = 0.6635.
    said = widget("verdict").worth(decide(case("cifar10-two-defences")))
    assert said.startswith("It is worth 0.867 units per classified input (1,730,000 units per month)")
    lost = widget("verdict").worth(decide(case("pneumonia-measured")))
    assert lost.startswith("It is a loss of at most 0.00687 units per classified input (137 units per month)")
    other = widget("verdict").worth(decide(case("pneumonia-measured"), "nash"))
    assert other.startswith("It is a loss of 0.00687 units")


def test_names_that_differ_in_one_word_stay_distinct() -> None:
    names = ["magnitude-global unstructured x4", "magnitude-local unstructured x4"]
    for most in (10, 14, 20, 26):
        first, second = widget("words").short_names(names, most)
        assert "global" in first
        assert "local" in second


def test_no_two_regimes_share_a_text_in_the_legend() -> None:
    regimes = [("a", "b", "c"), ("a", "b", "d"), ("a", "b", "c", "d"), ("a", "b"), ("a", "c", "d"), ()]
    assert len(set(widget("region_figure").regime_names(regimes))) == len(regimes)


def test_an_attacker_who_does_not_attack_is_reported_as_such() -> None:
    found = recommend(set_parameter(case("cifar10-two-defences"), "attack_cost", 2.0))
    assert widget("verdict").threat(found) == "The attacker's best response is not to attack."


def test_best_responses_are_marked_by_row_and_by_column() -> None:
    game = Game([[3, 0], [2, 1], [3, 1]], [[0, 2], [1, 0], [5, 5]])
    marks = widget("payoffs")
    assert marks.defender_marks(game).tolist() == [[True, False], [False, True], [True, True]]
    assert marks.attacker_marks(game).tolist() == [[False, True], [True, False], [True, True]]


def test_a_large_game_shows_what_is_deployed_and_the_undefended_network_first() -> None:
    found = recommend(case("cifar10-robustbench"))
    rows = [found.game.defences[row] for row in widget("payoffs").shown_rows(found)]
    assert len(rows) == 14 < len(found.game.defences)
    assert rows[:2] == ["Bai2024MixedNUTS", "Standard"]


def test_bars_show_every_strategy_played_and_then_the_best_of_the_others() -> None:
    mix, pay = np.array([0.0, 0.7, 0.0, 0.3]), np.array([1.0, 2.0, 1.5, 2.0])
    assert widget("mixes").chosen_bars(mix, pay, most=3) == [1, 3, 2]
    assert widget("mixes").chosen_bars(mix, pay, most=1) == [1, 3]


def test_a_change_of_the_largest_share_is_listed_once_and_that_of_one_attack_by_its_name() -> None:
    scenario = case("cifar10-two-defences")
    differences = widget("comparison").differences
    changed = set_parameter(scenario, "largest_share", 0.5)
    listed = [("largest share of the traffic that can be adversarial", "30 %", "50 %")]
    assert [tuple(each) for each in differences(scenario, changed)] == listed
    capped = set_parameter(scenario, "adversarial_share[autoattack]", 0.2)
    ((what, _, now),) = differences(scenario, capped)
    assert "autoattack can supply" in what
    assert now == "20 %"


def test_a_change_of_the_tries_or_of_all_costs_is_listed_once() -> None:
    scenario = case("cifar10-two-defences")
    differences = widget("comparison").differences
    tries = set_parameter(scenario, "tries", 3.0)
    assert differences(scenario, tries) == [("number of tries that the attacker has on one input", "1", "3")]
    dear = set_parameter(scenario, "attack_cost", 0.7)
    assert differences(scenario, dear) == [("attacker's cost per attacked input", "0.6", "0.7")]
    unsure = set_parameter(scenario, "attacker_margin", 0.1)
    assert differences(scenario, unsure) == [("margin of the attacker's amounts", "5 %", "10 %")]


def test_another_solution_concept_is_a_difference() -> None:
    scenario = case("cifar10-two-defences")
    concepts = widget("comparison")._concepts
    by_knowledge, by_hand = decide(scenario), decide(scenario, "worst_case")
    assert concepts(by_knowledge, by_knowledge) == []
    assert concepts(by_knowledge, by_hand) == [
        ("solution concept", "by what the attacker knows", "worst case")
    ]


def test_a_number_printed_like_its_threshold_is_just_beside_it() -> None:
    near = Threshold("largest_share", 0.15, None, 0.15017, 0.0, 1.0, ("a",), None, ("b",))
    assert (
        widget("sureness")
        ._in_words(near, case("pneumonia-measured"))
        .endswith(": 15 %; just above that, b is better.")
    )


def test_accuracies_of_two_networks_with_the_same_defence_keep_their_intervals() -> None:
    rows = [
        Measurement("digits", network, "plain", attack, metric=metric, accuracy=0.5, correct=50, tested=100)
        for network in ("cnn", "mlp")
        for attack, metric in (("none", "clean"), ("pgd", "robust"))
    ]
    scenario = Scenario("two networks", MeasurementTable(tuple(rows)), largest_share=0.3)
    for each in widget("defences").compared(decide(scenario)):
        # √(0.5 · 0.5 / 100) = 0.05, times 1.96
        assert each.clean_error == pytest.approx(0.098, abs=0.002)
        assert each.worst_error == pytest.approx(0.098, abs=0.002)
    assumed = set_parameter(scenario, "clean_accuracy[plain (cnn)]", 0.7)
    assert widget("defences").compared(decide(assumed))[0].clean_error is None


def test_axes_of_small_accuracies_have_the_decimals_they_need() -> None:
    """Ticks such as 0.5 % are not rounded to 1 %, as full percents would be."""
    widgets = widget("defences")
    layout = widgets.figure(widgets.compared(decide(case("cifar10-two-defences"))), "two").layout
    assert layout.xaxis.tickformat == layout.yaxis.tickformat == ".3~%"
