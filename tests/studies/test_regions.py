from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from advgame.decision import recommend
from advgame.errors import ScenarioError, UnknownName
from advgame.scenarios import Axis, build_game, case, set_parameter
from advgame.studies import Regions, regions
from advgame.studies.regions import refined

TWO = case("cifar10-two-defences")
BREAK_EVEN = 0.0944 / 0.6286  # (clean accuracy given up) / (that and the robust accuracy won)
STANDARD, RICE = ("Standard",), ("Rice2020Overfitting",)


@pytest.fixture(scope="module")
def map_of_two() -> Regions:
    return regions(TWO, "largest_share", "attack_cost", points=65)


def expected(share: float, cost: float) -> tuple[str, ...]:
    """The closed form for two strategies each: an attack on a network pays iff its error exceeds its cost."""
    if cost > 1 or share < BREAK_EVEN:
        return STANDARD
    return RICE if cost < 1 - 0.5342 else (*STANDARD, *RICE)


def test_the_map_is_the_closed_form(map_of_two: Regions) -> None:
    edges = (BREAK_EVEN, 1 - 0.5342, 0.0, 1.0)
    for row, cost in enumerate(map_of_two.y_values):
        for column, share in enumerate(map_of_two.x_values):
            if min(abs(value - edge) for value in (cost, share) for edge in edges) > 1e-9:
                found = map_of_two.regimes[map_of_two.regime[row, column]]
                assert found == expected(share, cost), (share, cost)


def test_the_scenario_stands_in_its_own_regime(map_of_two: Regions) -> None:
    assert map_of_two.here == (0.3, 0.6)
    assert map_of_two.regimes[map_of_two.here_regime] == (*STANDARD, *RICE)


def test_regimes_come_by_the_area_they_cover(map_of_two: Regions) -> None:
    assert sum(map_of_two.shares) == pytest.approx(1)
    assert list(map_of_two.shares) == sorted(map_of_two.shares, reverse=True)
    assert map_of_two.shares[0] == pytest.approx((1 - BREAK_EVEN) * 0.5342, abs=0.03)


def test_an_announced_defence_is_mapped_as_one() -> None:
    # A mixed commitment pays from a share of 0.07458 at a cost of 0.6, a simultaneous defence from 0.15017.
    announced = set_parameter(TWO, "announced", True)
    shares, cost = Axis("largest_share", "", "share of the traffic", 0.0, 0.2), "attack_cost"
    found = regions(announced, shares, cost, points=33)
    row = int(np.abs(found.y_values - 0.6).argmin())
    deployed = [found.regimes[place] != STANDARD for place in found.regime[row]]
    first = float(found.x_values[deployed.index(True)])
    assert found.y_values[row] == pytest.approx(0.59375)
    assert 0.07 < first < 0.085


@pytest.mark.parametrize("name", ["cifar10-many-attacks", "mnist-invariance", "cifar10-robustbench"])
def test_any_point_of_the_map_is_what_the_scenario_itself_answers(name: str) -> None:
    scenario = replace(case(name), attacker_knows="nothing")
    found = regions(scenario, "largest_share", "breach_loss", points=17)
    for row, column in [(1, 3), (5, 9), (8, 2), (12, 15), (15, 7)]:
        moved = set_parameter(scenario, "largest_share", float(found.x_values[column]))
        moved = set_parameter(moved, "breach_loss", float(found.y_values[row]))
        deployed = {defence for defence, _ in recommend(moved).deploy}
        assert set(found.regimes[found.regime[row, column]]) == deployed


def test_accuracies_caps_and_single_entries_can_be_mapped_too() -> None:
    robust = "attacked_accuracy[Rice2020Overfitting, autoattack]"
    found = regions(TWO, robust, "adversarial_share[autoattack]", points=9)
    useless, capped = found.regime[:, 0], found.regime[0, :]
    assert {found.regimes[place] for place in (*useless, *capped)} == {STANDARD}
    assert found.regimes[found.here_regime] == (*STANDARD, *RICE)


def test_the_same_number_twice_is_refused() -> None:
    with pytest.raises(ScenarioError, match="two different parameters"):
        regions(TWO, "attack_cost", "attack_cost")


def test_a_map_of_one_point_is_refused() -> None:
    with pytest.raises(ScenarioError, match="at least 2"):
        regions(TWO, "largest_share", "attack_cost", points=1)


def test_a_number_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="attack_cost"):
        regions(TWO, "largest_share", "attack_coast")


def test_refinement_asks_for_few_cells_and_finds_slanted_borders() -> None:
    size = 65
    asked: set[tuple[int, int]] = set()

    def label(row: int, column: int) -> int:
        asked.add((row, column))
        return int(3 * row + column > 90) + int(row > column)

    rows, columns = np.indices((size, size))
    whole = (3 * rows + columns > 90).astype(int) + (rows > columns)
    assert (refined(label, size) == whole).all()
    assert len(asked) < size * size / 2


@pytest.mark.parametrize("points", [2, 3, 8, 10, 20])
def test_a_grid_of_any_size_is_filled(points: int) -> None:
    rows, columns = np.indices((points, points))
    assert (refined(lambda row, column: int(row > column), points) == (rows > columns)).all()


def test_a_map_leaves_the_scenario_as_it_was() -> None:
    before = build_game(TWO).defender_payoffs.copy()
    regions(TWO, "largest_share", "benign_gain", points=9)
    assert (build_game(TWO).defender_payoffs == before).all()


@pytest.mark.parametrize("concept", ["nash", "commitment", "pure_commitment"])
def test_a_large_map_is_solved_as_one_batch(concept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stepwise = regions(TWO, "largest_share", "attack_cost", points=25, concept=concept)  # 625 points
    module = sys.modules[regions.__module__]
    monkeypatch.setattr(module, "refined", None)  # a map point by point would call it
    monkeypatch.setattr(module, "COMPILED_FROM", 1)
    batch = regions(TWO, "largest_share", "attack_cost", points=25, concept=concept)
    assert batch.regimes == stepwise.regimes
    np.testing.assert_array_equal(batch.regime, stepwise.regime)
