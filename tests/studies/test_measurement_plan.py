"""Which accuracies prove the equilibrium, and which one to measure next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import advgame as ag
from advgame.errors import InputError, MeasurementError
from advgame.measurements import MeasurementTable
from advgame.scenarios.family.payoffs_at_draws import payoff_coefficients
from advgame.studies import MeasurementPlan
from advgame.studies.partly_measured import PartlyMeasured
from tests.studies.structures import CASES

HALF = ("cifar10-many-attacks", "fashion-mnist-measured")


def plan(scenario: ag.Scenario, **settings: Any) -> MeasurementPlan:
    result = ag.study("measurement_plan", scenario, **settings)
    assert isinstance(result, MeasurementPlan)
    return result


def without(scenario: ag.Scenario, *cells: tuple[str, str]) -> ag.Scenario:
    rows = tuple(row for row in scenario.measurements if (row.defence, row.attack) not in cells)
    return replace(scenario, measurements=MeasurementTable(rows), data="")


def test_accuracies_that_a_case_assumes_are_the_first_to_measure() -> None:
    found = plan(ag.case("jailbreaks"))
    assert found.next_cell is not None
    assert found.next_cell.attack == "none"


@pytest.mark.parametrize("case", [case for case in CASES if case != "jailbreaks"])
def test_the_proven_equilibrium_is_that_of_the_whole_table(case: str) -> None:
    scenario = ag.case(case)
    game = ag.build_game(scenario)
    found = plan(scenario, orders=3 if case in HALF else 1)
    solution = ag.solve(game)
    deploy = np.array([dict(found.deploy).get(name, 0.0) for name in game.defences])
    assert min(np.abs(deploy - each.defender).max() for each in solution.profiles) < 1e-7
    assert found.next_cell is None
    assert len(found.steps) in found.needed
    assert found.cells - len(found.steps) == len(found.never_needed)
    assert found.defender_may_gain < 1e-9 > found.attacker_may_gain
    if case in HALF:
        assert max(found.needed) <= found.cells / 2


def test_cells_never_needed_may_hold_anything() -> None:
    scenario = ag.case("digits-measured")
    found = plan(scenario, orders=1)
    shape = scenario.accuracies.attacked_accuracy.shape
    random = np.random.default_rng(3)
    pays = payoff_coefficients(scenario)
    assert pays is not None
    names = scenario.accuracies.defences, scenario.accuracies.attacks
    x, y = (
        np.array([dict(strategy).get(name, 0.0) for name in names[side]])
        for side, strategy in enumerate((found.deploy, found.attacked_by))
    )
    for ends in (np.zeros(shape), np.ones(shape), *random.uniform(0, 1, (20, *shape))):
        accuracy = scenario.accuracies.attacked_accuracy.copy()
        for defence, attack in found.never_needed:
            cell = names[0].index(defence), names[1].index(attack)
            accuracy[cell] = ends[cell]
        a, b = (payoffs[0] for payoffs in pays.payoffs(accuracy[None]))
        assert (a @ y).max() - x @ a @ y < 1e-9
        assert (x @ b).max() - x @ b @ y < 1e-9


def test_bounds_hold_the_payoffs_of_every_completion() -> None:
    scenario = ag.case("mnist-pruning")
    random = np.random.default_rng(5)
    known = random.uniform(size=scenario.accuracies.attacked_accuracy.shape) < 0.5
    known[:, 0] = True
    cells = PartlyMeasured.of(scenario, known)
    accuracy = np.where(known, cells.accuracy, random.uniform(0, 1, (200, *known.shape)))
    for player in (0, 1):
        least, most = cells.bounds(player)
        paid = cells.pays.of_player(player, accuracy)
        assert (paid >= least - 1e-12).all()
        assert (paid <= most + 1e-12).all()


def test_the_next_cell_of_a_table_with_gaps_is_one_that_is_missing() -> None:
    scenario = ag.case("cifar10-two-defences")
    gap = ("Rice2020Overfitting", "autoattack")
    incomplete = without(scenario, gap)
    with pytest.raises(MeasurementError, match="No accuracy of 'Rice2020Overfitting'"):
        ag.build_game(incomplete)
    found = plan(incomplete)
    assert found.next_cell is not None
    assert (found.next_cell.defence, found.next_cell.attack) == gap
    assert found.sentence.startswith("Measure Rice2020Overfitting under autoattack next: ")


def test_a_missing_clean_accuracy_comes_first() -> None:
    found = plan(without(ag.case("mnist-invariance"), ("vanilla", "none"), ("vanilla", "invariance")))
    assert found.next_cell is not None
    assert (found.next_cell.defence, found.next_cell.attack) == ("vanilla", "none")
    assert "inf" not in found.sentence


def test_gaps_where_nothing_is_needed_are_no_obstacle() -> None:
    scenario = ag.case("pneumonia-measured")
    whole = plan(scenario, orders=1)
    gaps = [("noise", "square"), ("retrained", "transferred-plain"), ("low-pass-noise", "square")]
    found = plan(without(scenario, *gaps))
    assert {attack.split("-Linf")[0] for defence, attack in whole.never_needed if defence == "noise"} >= {
        "square"
    }
    assert found.next_cell is None
    assert found.deploy == whole.deploy


def test_a_tolerance_stops_earlier_and_is_kept() -> None:
    scenario = ag.case("cifar10-many-attacks")
    exact, early = plan(scenario, orders=1), plan(scenario, orders=1, tolerance=0.05)
    assert early.needed[0] < exact.needed[0]
    assert early.defender_may_gain <= 0.05
    assert early.attacker_may_gain <= 0.05


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"orders": 0}, "orders is 0; expected a whole number"),
        ({"tolerance": -1.0}, "tolerance is -1.0; expected an amount"),
        ({"level": 1.0}, "level is 1.0; expected a number between"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        plan(ag.case("mnist-pruning"), **settings)
