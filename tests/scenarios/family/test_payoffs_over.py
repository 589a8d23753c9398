"""A scenario at many values of its numbers: as payoffs, and as sums nobody has to store."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advgame.errors import InputError, ScenarioError, UnknownName
from advgame.payoffs import TERMS
from advgame.payoffs.terms import BenignTraffic
from advgame.scenarios import Scenario, addresses, build_game, case, cases, set_parameter
from advgame.scenarios.family.coefficients import affine_games
from advgame.scenarios.family.payoffs_over import checked_columns, payoffs_over
from advgame.scenarios.parameters import TERM_PARAMETERS

CASE = "cifar10-two-defences"


def varied(scenario: Scenario, count: int, seed: int) -> dict[str, np.ndarray]:
    """Random values of a few of the scenario's shares and prices."""
    random = np.random.default_rng(seed)
    movable = [
        each
        for each in addresses(scenario)
        if "accuracy" not in each and "explanation" not in each and each != "attacked_utility"
    ]
    chosen = random.permutation(movable)[:5]
    whole = {each.partition("[")[0] for each in chosen if "[" not in each}
    kept = [str(each) for each in chosen if "[" not in each or each.partition("[")[0] not in whole]
    return {address: random.uniform(0, 1, count) for address in kept}


@pytest.mark.parametrize("name", [each.name for each in cases()])
def test_the_sums_are_what_the_terms_pay_in_every_bundled_case(name: str) -> None:
    scenario = case(name)
    for seed in range(6):
        columns = varied(scenario, 20, seed)
        games = affine_games(scenario, columns)
        assert games is not None
        told, paid = games.payoffs(np.arange(20)), payoffs_over(scenario, columns)[:2]
        for one, other in zip(told, paid, strict=True):
            assert np.allclose(one, other, rtol=1e-13, atol=1e-14)


NEEDS = {"attacked_utility": "agentdojo-camel"}  # a case that has the measurements a term needs


@pytest.mark.parametrize("name", [each for each in TERM_PARAMETERS if each != "explanation_value"])
def test_every_parameter_of_every_term_is_one_the_payoffs_are_affine_in(name: str) -> None:
    scenario = set_parameter(case(NEEDS.get(name, "cifar10-many-attacks")), "attack_setup", 0.01)
    columns = {name: [0.0, 0.3, 2.0], "largest_share": [0.0, 0.2, 1.0]}
    games = affine_games(scenario, columns)
    assert games is not None
    for place in range(3):
        single = scenario
        for address, values in columns.items():
            single = set_parameter(single, address, values[place])
        game, (a, b) = build_game(single), games.payoffs(np.array([place]))
        assert np.allclose(a[0], game.defender_payoffs, rtol=0, atol=1e-14)
        assert np.allclose(b[0], game.attacker_payoffs, rtol=0, atol=1e-14)


def test_every_term_is_asked_about() -> None:
    assert {about.term for about in TERM_PARAMETERS.values()} == set(TERMS)


def test_two_prices_that_are_multiplied_make_no_sum_and_either_alone_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        BenignTraffic,
        "to_defender",
        lambda term, met: (
            (1 - met.adversarial_share[..., None, :])
            * (term.benign_gain * term.benign_loss * met.clean_accuracy[:, None])
        ),
    )
    scenario = set_parameter(case(CASE), "benign_loss", 0.5)
    values = np.linspace(0.1, 1, 50)
    assert affine_games(scenario, {"benign_gain": values, "benign_loss": values}) is None
    assert affine_games(scenario, {"benign_gain": values}) is not None


def test_a_price_that_pays_in_another_way_than_in_proportion_makes_no_sum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        BenignTraffic,
        "to_defender",
        lambda term, met: np.maximum(term.benign_gain - 0.7, 0.0) * met.clean_accuracy[:, None],
    )
    assert affine_games(case(CASE), {"benign_gain": np.linspace(0, 1, 50)}) is None


def test_a_share_that_pays_by_its_square_makes_no_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        BenignTraffic,
        "to_defender",
        lambda term, met: (
            term.benign_gain * met.adversarial_share[..., None, :] ** 2 + met.clean_accuracy[:, None]
        ),
    )
    assert affine_games(case(CASE), {"largest_share": np.linspace(0, 1, 50)}) is None


def test_caps_below_the_largest_share_are_kept_and_can_vary() -> None:
    scenario = replace(case("cifar10-many-attacks"), adversarial_share={"stadv": 0.1})
    columns = {"largest_share": [0.05, 0.2, 0.4], "adversarial_share[fog]": [0.3, 0.1, 0.0]}
    games = affine_games(scenario, columns)
    assert games is not None
    met = payoffs_over(scenario, columns)[2]
    assert (games.intensities(np.arange(3)) == met.adversarial_share).all()
    at = met.attacks.index
    assert games.intensities(np.array([1]))[
        0, [at("none"), at("stadv"), at("fog"), at("jpeg-linf")]
    ].tolist() == [
        0.0,
        0.1,
        0.1,
        0.2,
    ]


def test_a_term_missing_from_the_scenario_can_be_varied() -> None:
    whole = case(CASE)
    bare = replace(whole, terms=tuple(term for term in whole.terms if term.name != "defence_cost"))
    a, _, _ = payoffs_over(bare, {"defence_cost[Standard]": [0.0, 0.25]})
    assert a[0, 0] - a[1, 0] == pytest.approx([0.25, 0.25])
    assert (a[0, 1] == a[1, 1]).all()


@pytest.mark.parametrize(
    ("columns", "error", "complaint"),
    [
        ({}, ScenarioError, "expected one value of each parameter"),
        ({"attack_cost": []}, ScenarioError, "expected one value"),
        ({"attack_cost": 0.5}, ScenarioError, "expected one value"),
        ({"attack_cost": [0.1], "largest_share": [0.1, 0.2]}, ScenarioError, r"largest_share \(2,\)"),
        ({"attack_cost": ["dear"]}, ScenarioError, "not numbers"),
        ({"attack_costs": [0.1]}, UnknownName, "did you mean 'attack_cost'"),
        ({"clean_accuracy[Standard]": [0.9]}, ScenarioError, "cannot vary within a batch"),
        ({"attack_cost": [0.1], "attack_cost[autoattack]": [0.2]}, ScenarioError, "give only one of them"),
        ({"attack_cost[": [0.1]}, ScenarioError, "incomplete"),
    ],
)
def test_invalid_columns_are_refused(columns: dict, error: type[Exception], complaint: str) -> None:
    with pytest.raises(error, match=complaint):
        checked_columns(columns)


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"largest_share": [0.1, 1.5]}, "is outside 0..1"),
        ({"largest_share": [0.1, np.nan]}, "is outside 0..1"),
        ({"adversarial_share[autoattack]": [-0.1]}, "is outside 0..1"),
        ({"adversarial_share[fog]": [0.1]}, "No attack is called 'fog'"),
        ({"attack_cost": [0.1, -1.0, 0.2]}, "at least 0"),
        ({"attack_cost": [0.1, np.inf]}, "finite"),
        ({"attack_cost": [np.nan, 0.1]}, "finite"),
        ({"attack_cost[fog]": [0.1]}, "fog"),
        ({"benign_gain[Standard]": [0.1]}, "a single amount"),
    ],
)
def test_values_a_number_cannot_have_are_refused_by_both_ways(columns: dict, complaint: str) -> None:
    for way in (payoffs_over, affine_games):
        with pytest.raises(InputError, match=complaint):
            way(case(CASE), columns)
