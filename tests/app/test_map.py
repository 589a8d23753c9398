"""The page Map: its parameters, its regions, and a click that moves the scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from advgame.bundled import bundled
from advgame.equilibria import CONCEPTS
from advgame.measurements import MeasurementTable
from advgame.payoffs.field_success import Dependence
from advgame.scenarios import axis, case, cases, set_parameter
from advgame.studies.regions import borders, regions
from tests.app.parameters import slider_of

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("coarse_map", "quick")
CASES = [
    each.name
    for each in cases()
    if not each.name.startswith(("tabular", "backdoor", "transfer", "machine-text"))
]


@pytest.mark.parametrize("name", ["cifar10-two-defences", "imagenette-explanations", "pneumonia-measured"])
def test_the_map_says_where_the_scenario_lies(open_page: Open, name: str) -> None:
    page = open_page(case=name, view="map")
    assert not page.exception
    assert not page.error
    assert "the scenario lies in the region of" in page.main.markdown[0].value.replace("\\", "")


def test_the_map_of_a_service_that_may_be_stopped_says_that_it_leaves_that_out(open_page: Open) -> None:
    said = "Not running the service is not among the answers."
    page = open_page(view="map")
    assert said not in [each.value for each in page.main.caption]
    page.toggle(key="may_stop").set_value(True).run()
    assert said in [each.value for each in page.main.caption]


def test_the_map_takes_two_different_parameters_and_a_third(open_page: Open) -> None:
    page = open_page(view="map")
    page.selectbox(key="map across").set_value("breach_loss").run()
    page.selectbox(key="map upwards").set_value("attack_reward").run()
    page.selectbox(key="map third").set_value("attack_cost").run()
    assert not page.exception
    assert "breach_loss" not in page.selectbox(key="map upwards").options
    assert [each.value for each in page.main.markdown][-3:] == [
        "0 \\(least\\)",
        "0\\.6 \\(now\\)",
        "1 \\(greatest\\)",
    ]


def test_the_axes_stay_for_a_case_and_start_with_the_most_sensitive_parameters(open_page: Open) -> None:
    page = open_page(case="imagenette-explanations", view="map")
    assert page.selectbox(key="map across").value == "benign_gain"
    page.selectbox(key="choose case").set_value(CASES[0]).run()
    page.selectbox(key="map across").set_value("largest_share").run()
    page.selectbox(key="map upwards").set_value("breach_loss").run()
    slider_of(page, "largest_share").set_value(0.4).run()
    assert page.selectbox(key="map upwards").value == "breach_loss"


def test_the_pieces_of_the_regions_cover_the_map_and_end_at_the_exact_borders() -> None:
    scenario = case("cifar10-two-defences")
    found = regions(scenario, "largest_share", "attack_cost", points=9, concept="nash")
    edges = borders(found, scenario, "nash")
    assert edges.areas.sum() == pytest.approx(1, abs=1e-9)
    # p* = 0.0944 / (0.0944 + 0.5342), and the attack on the defended network pays up to its error, 0.4658.
    # Near the point where three regions meet, straight lines cut a corner off.
    standard = found.regimes.index(("Standard",))
    low = [piece for piece in edges.pieces if piece.region == standard and piece.outline[0][1] < 0.3]
    right = max(x for piece in low for x, _ in piece.outline)
    assert right == pytest.approx(0.0944 / 0.6286, abs=1e-6)
    robust = found.regimes.index(("Rice2020Overfitting",))
    away = [piece for piece in edges.pieces if piece.region == robust and piece.outline[0][0] > 0.3]
    top = max(y for piece in away for _, y in piece.outline)
    assert top == pytest.approx(0.4658, abs=1e-6)


def test_maps_of_tables_that_differ_in_one_accuracy_are_cached_separately(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))
    region_map, drawn = import_module("widgets.region_map"), []
    monkeypatch.setattr(region_map, "regions", lambda *a, **k: drawn.append(a) or regions(*a, **k))
    first = case("cifar10-two-defences")
    rows = first.measurements.rows
    changed = replace(rows[0], accuracy=rows[0].accuracy - 0.01, correct=None, tested=None)
    second = replace(first, measurements=MeasurementTable((changed, *rows[1:])))
    axes = [axis(first, name) for name in ("largest_share", "attack_cost")]
    moved = set_parameter(first, "largest_share", 0.2)
    maps = [region_map._map_of(each, *axes, CONCEPTS["nash"])[1] for each in (first, moved, second)]
    assert len(drawn) == 2
    assert np.array_equal(maps[0].areas, maps[1].areas)
    assert not np.array_equal(maps[0].areas, maps[2].areas)


def test_maps_of_scenarios_that_differ_in_the_outcomes_of_several_tries_are_kept_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))
    region_map = import_module("widgets.region_map")
    scenario = case("agent-injection")
    keys = []
    for factor in (1.0, 1.0, 0.9):
        accuracies = replace(scenario.accuracies, dependence=Dependence(np.full((2, 1, 1), factor)))
        other = replace(scenario)
        vars(other)["accuracies"] = accuracies  # where the property keeps its value
        keys.append(region_map.identity(other))
    assert keys[0] == keys[1] != keys[2]


def test_a_click_moves_both_parameters_in_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))
    region_map, moved = import_module("widgets.region_map"), []
    monkeypatch.setattr(region_map.state, "turn_all", moved.append)
    found = SimpleNamespace(x=SimpleNamespace(address="a"), y=SimpleNamespace(address="b"))
    region_map._go_to(found, 1 / 3, 0.5)
    assert moved == [{"a": 0.333333, "b": 0.5}]


def test_every_region_of_some_size_is_named_in_the_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))
    figures = import_module("widgets.region_figure")
    assert figures._middle(np.zeros((3, 3), bool)) is None
    assert figures._middle(np.pad(np.ones((3, 3), bool), ((2, 0), (0, 2)))) == (3, 1)
