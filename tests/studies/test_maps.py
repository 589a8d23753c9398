"""What is played over a grid of two defences and one attack."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advgame.equilibria import Nash
from advgame.errors import GameError, ScenarioError
from advgame.payoffs.terms import BenignTraffic
from advgame.scenarios import Scenario, build_game, case, set_parameter
from advgame.studies.maps import TwoByTwoMap, two_by_two_map

CASE = "cifar10-two-defences"


def check(scenario: Scenario, drawn: TwoByTwoMap) -> None:
    """Every point is what the single game recommends."""
    names, axes = list(drawn.axes), list(drawn.axes.values())
    for place in np.ndindex(drawn.kind.shape):
        point = scenario
        for name, values, where in zip(names, axes, place, strict=True):
            point = set_parameter(point, name, float(values[where]))
        profile = Nash().solve(build_game(point)).recommended
        assert drawn.defend[place] == pytest.approx(profile.defender[1], abs=1e-9)
        assert drawn.attack[place] == pytest.approx(profile.attacker[1], abs=1e-9)
        kinds = [
            0 if mix[1] <= 1e-9 else 1 if mix[0] <= 1e-9 else 2
            for mix in (profile.defender, profile.attacker)
        ]
        assert drawn.kind[place] == 3 * kinds[0] + kinds[1]


def test_the_map_is_the_closed_form() -> None:
    shares, costs = np.linspace(0.01, 0.99, 60), np.linspace(0.005, 0.985, 50)
    drawn = two_by_two_map(case(CASE), {"attack_cost": costs, "largest_share": shares})
    c, p = np.meshgrid(costs, shares, indexing="ij")
    even, mixed = 0.0944 / 0.6286, (p > 0.0944 / 0.6286) & (c > 0.4658)
    assert np.allclose(
        drawn.defend, np.where(p < even, 0.0, np.where(mixed, (1 - c) / 0.5342, 1.0)), atol=1e-12
    )
    assert np.allclose(drawn.attack, np.where(mixed, even / p, 1.0), atol=1e-12)
    assert (drawn.kind == np.where(mixed, 8, np.where(p < even, 1, 4))).all()


@given(
    st.integers(0, 2**32 - 1),
    st.permutations(
        ["attack_cost", "largest_share", "breach_loss", "defence_cost[Standard]", "attack_setup"]
    ),
    st.sampled_from([None, 4]),
    st.sampled_from(["every error", "caused errors"]),
    st.booleans(),
)
# Rows that tie exactly, in floats but for rounding
@example(
    15,
    ["attack_cost", "breach_loss", "defence_cost[Standard]", "largest_share", "attack_setup"],
    4,
    "every error",
    False,
)
# Games in which all payoffs of the defender are equal, in floats but for rounding
@example(
    6246,
    ["attack_cost", "breach_loss", "defence_cost[Standard]", "largest_share", "attack_setup"],
    4,
    "every error",
    False,
)
@settings(max_examples=40, deadline=None)
def test_any_map_is_what_the_single_games_recommend_ties_included(
    seed: int, order: list[str], steps: int | None, success: str, capped: bool
) -> None:
    random = np.random.default_rng(seed)

    def some(top: float, count: int) -> np.ndarray:
        drawn = random.uniform(0, top, count)
        return drawn if steps is None else np.round(drawn * steps) / steps

    what_if = {
        "clean_accuracy[Standard]": 1 - some(0.5, 1)[0],
        "clean_accuracy[Rice2020Overfitting]": 1 - some(0.5, 1)[0],
        "attacked_accuracy[Standard, autoattack]": some(1.0, 1)[0],
        "attacked_accuracy[Rice2020Overfitting, autoattack]": some(1.0, 1)[0],
    }
    scenario = replace(
        case(CASE), what_if={name: float(each) for name, each in what_if.items()}, success=success
    )
    if capped:
        scenario = replace(scenario, adversarial_share={"autoattack": float(some(1.0, 1)[0])})
    grid = {
        name: some(1.0 if "share" in name else 0.3, count)
        for name, count in zip(order, (2, 3, 5), strict=False)
    }
    check(scenario, two_by_two_map(scenario, grid))


@pytest.mark.parametrize(
    "last", ["adversarial_share[autoattack]", "largest_share", "benign_gain", "attack_reward"]
)
def test_either_kind_of_number_may_change_along_the_lines_down_to_zero(last: str) -> None:
    grid = {"attack_cost": [0.0, 0.4658, 0.6, 1.0], last: [0.0, 0.1, 0.15017499, 0.5, 1.0]}
    check(case(CASE), two_by_two_map(case(CASE), grid))


def test_where_both_like_to_meet_the_worst_of_three_is_drawn() -> None:
    # The hardened network errs more under attack than the plain one: attack meets defence, peace meets none.
    what_if = {
        "clean_accuracy[Rice2020Overfitting]": 0.9,
        "attacked_accuracy[Standard, autoattack]": 0.6,
        "attacked_accuracy[Rice2020Overfitting, autoattack]": 0.3,
    }
    scenario = set_parameter(replace(case(CASE), what_if=what_if), "benign_loss", 5.0)
    grid = {"largest_share": np.linspace(0.5, 1.0, 4), "attack_cost": np.linspace(0.3, 0.8, 9)}
    check(scenario, two_by_two_map(scenario, grid))


def test_the_order_along_an_axis_does_not_matter() -> None:
    shares, costs = np.linspace(0.01, 0.99, 30), np.linspace(0.01, 0.98, 20)
    order = np.random.default_rng(1).permutation(30)
    one = two_by_two_map(case(CASE), {"attack_cost": costs, "largest_share": shares})
    other = two_by_two_map(case(CASE), {"attack_cost": costs, "largest_share": shares[order]})
    assert (one.kind[:, order] == other.kind).all()
    assert (one.defend[:, order] == other.defend).all()
    assert (one.attack[:, order] == other.attack).all()


def test_one_number_alone_makes_a_line() -> None:
    drawn = two_by_two_map(case(CASE), {"largest_share": [0.1, 0.3]})
    assert drawn.kind.tolist() == [1, 8]


def test_an_earlier_map_is_drawn_over() -> None:
    grid = {"attack_cost": [0.2, 0.6], "largest_share": [0.1, 0.2, 0.3]}
    first = two_by_two_map(case(CASE), grid)
    again = two_by_two_map(case(CASE), {**grid, "attack_cost": [0.6, 0.2]}, out=first)
    assert again.kind is first.kind
    assert again.kind.tolist() == [[1, 8, 8], [1, 4, 4]]
    with pytest.raises(GameError, match=r"out.kind is uint8 \(2, 3\); expected uint8 \(1, 3\)"):
        two_by_two_map(case(CASE), {**grid, "attack_cost": [0.6]}, out=first)


def test_a_number_the_payoffs_are_not_affine_in_is_drawn_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        BenignTraffic,
        "to_defender",
        lambda term, met: (
            (1 - met.adversarial_share[..., None, :]) * (term.benign_gain**2 * met.clean_accuracy[:, None])
        ),
    )
    check(
        case(CASE), two_by_two_map(case(CASE), {"benign_gain": [0.3, 1.0, 1.5], "largest_share": [0.1, 0.3]})
    )


@pytest.mark.parametrize(
    ("grid", "error", "complaint"),
    [
        ({}, ScenarioError, "empty"),
        ({"attack_cost": []}, ScenarioError, "expected one value"),
        ({"attack_cost": [0.1], "largest_share": [0.2, 1.2]}, ScenarioError, "is outside 0..1"),
        ({"largest_share": [0.2, -0.2], "attack_cost": [0.1]}, ScenarioError, "is outside 0..1"),
        ({"largest_share": [0.2], "attack_cost": [-0.1, 0.1]}, ScenarioError, "at least 0"),
        ({"attack_cost": [-0.1, 0.1], "largest_share": [0.2]}, ScenarioError, "at least 0"),
        ({"attack_cost[autoattack]": [0.1], "attack_cost": [0.1]}, ScenarioError, "give only one of them"),
    ],
)
def test_invalid_grids_are_refused(grid: dict, error: type[Exception], complaint: str) -> None:
    with pytest.raises(error, match=complaint):
        two_by_two_map(case(CASE), grid)


def test_a_scenario_of_another_shape_is_refused() -> None:
    with pytest.raises(GameError, match="20 defences and 10 attacks"):
        two_by_two_map(case("cifar10-many-attacks"), {"attack_cost": [0.1]})
