"""Borders located between grid points, and the areas that they enclose."""

from __future__ import annotations

import numpy as np
import pytest

import advgame as ag
from advgame.errors import ScenarioError
from advgame.scenarios import Axis
from advgame.studies.region_borders import Borders, borders_of
from advgame.studies.regions import RegionTable, borders, regions

CASE = "cifar10-two-defences"
BREAK_EVEN = 0.0944 / 0.6286  # (clean accuracy given up) / (that and the robust accuracy won)


def drawn(labels_at, points: int, count: int) -> Borders:  # type: ignore[no-untyped-def]
    axis = np.linspace(0, 1, points)
    return borders_of(labels_at(*np.meshgrid(axis, axis)), axis, axis, labels_at, count)


def test_three_regions_that_meet_within_a_cell_share_the_whole_map() -> None:
    """Left of 0.37; right of it, below and above 0.61."""
    found = drawn(lambda x, y: np.where(x < 0.37, 0, np.where(y < 0.61, 1, 2)), 9, 3)
    np.testing.assert_allclose(found.areas, [0.37, 0.63 * 0.61, 0.63 * 0.39], atol=4e-3)
    assert found.areas.sum() == pytest.approx(1, abs=1e-12)


def test_a_checkerboard_cell_is_shared_by_all_four_corners() -> None:
    found = drawn(lambda x, y: 2 * (x > 0.5) + (y > 0.5), 2, 4)
    np.testing.assert_allclose(found.areas, 0.25, atol=1e-6)


def test_the_area_of_a_curved_region_is_right_to_the_chords() -> None:
    errors = []
    for points in (9, 33):
        found = drawn(lambda x, y: (x**2 + y**2 > 0.81).astype(np.int64), points, 2)
        np.testing.assert_allclose(np.hypot(found.x, found.y), 0.9, atol=1e-7)
        errors.append(abs(found.areas[0] - np.pi * 0.81 / 4))
    assert errors[1] < errors[0] / 8  # of the second order in the spacing


def test_borders_and_areas_of_two_defences_are_those_in_closed_form() -> None:
    """Defending pays above the break-even share; mixing, while the attack on the better network does not."""
    scenario = ag.case(CASE)
    cost = Axis("attack_cost", "", "money per adversarial input", 0.1, 0.9)
    found = regions(scenario, "largest_share", cost, points=17)
    exact = borders(found, scenario)
    areas = dict(zip(found.regimes, exact.areas.tolist(), strict=True))
    plain, robust = ("Standard",), ("Rice2020Overfitting",)
    below = (1 - 0.5342 - 0.1) / 0.8
    cell = 1 / 16**2
    assert areas[plain] == pytest.approx(BREAK_EVEN, abs=cell / 2)
    assert areas[robust] == pytest.approx((1 - BREAK_EVEN) * below, abs=cell / 2)
    assert areas[plain + robust] == pytest.approx((1 - BREAK_EVEN) * (1 - below), abs=cell / 2)
    upright = np.isin(exact.y, found.y_values)
    assert upright.sum() == 17
    np.testing.assert_allclose(exact.x[upright], BREAK_EVEN, atol=1e-8)
    np.testing.assert_allclose(exact.y[~upright], 1 - 0.5342, atol=1e-8)


def test_accuracies_have_borders_too() -> None:
    """Clean accuracies of both networks: the plain one is deployed alone where p* exceeds the share."""
    scenario = ag.case(CASE)
    axes = "clean_accuracy[Rice2020Overfitting]", "largest_share"
    found = regions(scenario, *axes, points=5)
    exact = borders(found, scenario)
    assert len(exact.x) > 0
    assert exact.areas.sum() == pytest.approx(1)


@pytest.mark.parametrize("case", ["cifar10-pruning", "imagenette-explanations", "pneumonia-measured"])
def test_the_study_chooses_axes_that_every_case_has(case: str) -> None:
    result = ag.study("regions", ag.case(case), points=9)
    assert isinstance(result, RegionTable)
    assert result.borders.areas.sum() == pytest.approx(1)
    assert result.areas_frame()["area"].is_monotonic_decreasing
    assert set(result.borders_frame()["deploy_before"]) <= set(result.areas_frame()["deploy"])
    assert len(result.frame()) == 81


def test_the_same_parameter_on_both_axes_is_refused() -> None:
    with pytest.raises(ScenarioError, match="two different parameters"):
        ag.study("regions", ag.case(CASE), x="attack_cost", y="attack_cost")
