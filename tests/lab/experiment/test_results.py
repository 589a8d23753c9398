"""A journal written by hand is told as tables, with warnings where a white-box attack is beaten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from advgame.findings.questions.hidden_gradients import warns
from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.reading import experiment_of
from advgame.lab.experiment.results import chance_warning, write_results
from advgame.lab.experiment.units import MAKE, Plan, Unit
from advgame.lab.measures import MEASURES
from advgame.measurements import Measurement, read_table

INPUTS = 60
EXPERIMENT: dict[str, Any] = {
    "name": "by hand",
    "dataset": "digits",
    "network": "small_cnn",
    "seeds": [0, 1],
    "test_inputs": INPUTS,
    "defences": {"plain": {"use": "standard"}, "rounded": {"use": "bit_depth", "after": "plain"}},
    "attacks": {
        "strongest": {"use": "strongest_linf", "radii": [0.1, 0.2]},
        "pgd": {"use": "pgd", "radii": [0.1, 0.2]},
        "everything": {"use": "autoattack", "radii": [0.2]},
        "asking": {"use": "square", "radii": [0.1, 0.2], "inputs": 20},
        "moved": {"use": "pgd", "radii": [0.2], "crafted_on": "plain"},
        "strongest-L2": {"use": "strongest_l2", "radii": [0.2]},
        "fog": {"use": "blur", "radii": [0.2]},
    },
}
# How many inputs stay right, of those the attack meets: on every network, unless it is said otherwise.
STANDING: dict[str, int] = {"strongest": 10, "pgd": 12, "everything": 0, "asking": 15, "moved": 40}
LEFT: dict[str, int] = {**STANDING, "strongest-L2": 30, "fog": 0}


def journalled(folder: Path, standing: Mapping[tuple[str, str, int], int], **changes: Any) -> list[Unit]:
    """Writes records of every cell; the first so many inputs stay right, by (defence, attack, seed)."""
    plan = Plan(experiment_of({**EXPERIMENT, **changes}))
    journal = Journal.beside(folder / "rows.csv")
    journal.open()
    for unit in plan.units:
        if unit.kind == MAKE:
            journal.write(
                unit,
                {
                    "compression_nominal": None,
                    "parameters_left": 10,
                    "parameters_total": 10,
                    "wall_seconds": 0.0,
                },
            )
    for unit, attack in plan.cells():
        tested = INPUTS if attack is None or attack.inputs is None else attack.inputs
        radii = [None] if attack is None else list(attack.radii)
        left = INPUTS
        if attack is not None:
            left = standing.get((unit.defence, attack.name, unit.seed), LEFT.get(attack.name, 0))
        record = {
            "places": list(range(7, 7 + tested)),
            "radii": radii,
            "right": ["".join("1" if place < left else "0" for place in range(tested))] * len(radii),
            "warnings": ["known before"] if attack is not None and attack.name == "pgd" else [],
            "largest_class": 0.1,
            "cost": {"seconds": 0.0},
            "wall_seconds": 0.0,
        }
        journal.write(unit, record)
    return list(plan.units)


def rows_of(folder: Path, **changes: Any) -> list[Measurement]:
    plan = Plan(experiment_of({**EXPERIMENT, **changes}))
    output = folder / "rows.csv"
    write_results(plan, Journal.beside(output), output, "cpu", 0.0, {})
    return list(read_table(output))


def warned(rows: list[Measurement]) -> dict[tuple[str, str, float | None, int | None], list[str]]:
    """The rows that warn of gradient masking, and what they say."""
    return {
        (row.defence, row.attack, row.radius, row.seed): found
        for row in rows
        if warns(row) and (found := [each for each in row.warnings if each.startswith("gradient masking")])
    }


@pytest.mark.parametrize(
    ("dataset", "caution"),
    [("digits", None), ("cifar10_jpeg", "JPEG copies of CIFAR-10: never compare with published CIFAR-10")],
)
def test_the_caution_of_a_data_set_stands_on_every_row(
    tmp_path: Path, dataset: str, caution: str | None
) -> None:
    changes = {"dataset": dataset, "network": "resnet8_half"}
    journalled(tmp_path, {}, **changes)
    rows = rows_of(tmp_path, **changes)
    assert all(any(caution in warning for warning in row.warnings) for row in rows if caution)
    assert caution or not any("never compare" in warning for row in rows for warning in row.warnings)


def test_values_of_an_earlier_revision_of_a_measure_are_not_reused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = {**EXPERIMENT, "measures": {"psi": {"use": "largest_divergence"}}}

    def keys() -> set[str]:
        return {unit.key for unit, _ in Plan(experiment_of(content)).inspections()}

    before = keys()
    assert keys() == before
    monkeypatch.setattr(MEASURES["largest_divergence"], "revision", 7)
    assert not keys() & before


def test_an_accuracy_is_at_chance_only_where_an_exact_test_does_not_reject_it() -> None:
    guess, tested = Fraction(66, 100), 100
    for right in range(tested + 1):
        tail = sum(
            comb(tested, count) * guess**count * (1 - guess) ** (tested - count)
            for count in range(right, tested + 1)
        )
        warnings = chance_warning(right, tested, float(guess))
        assert bool(warnings) == (tail > Fraction(1, 20))
        assert not warnings or ("no better" in warnings[0]) == (right <= 66)
    assert chance_warning(76, tested, 0.66) == ()


def test_where_the_white_box_attack_is_stronger_no_row_warns(tmp_path: Path) -> None:
    journalled(tmp_path, {})
    assert warned(rows_of(tmp_path)) == {}


def test_white_box_rows_warn_where_an_attack_that_only_asks_does_better(tmp_path: Path) -> None:
    journalled(tmp_path, {("rounded", "strongest", 1): 18, ("rounded", "asking", 1): 2})
    # strongest leaves 18 here and pgd 12: the stronger of the two is compared; autoattack asks as well
    said = (
        "gradient masking: of 20 inputs, asking, a query attack, fools 10 that pgd does not, "
        "and misses 0 that it fools"
    )
    assert warned(rows_of(tmp_path)) == {
        ("rounded", attack, radius, 1): [said]
        for attack, radius in [
            ("strongest", 0.1),
            ("strongest", 0.2),
            ("pgd", 0.1),
            ("pgd", 0.2),
            ("everything", 0.2),
        ]
    }


def test_white_box_rows_warn_where_examples_of_another_network_do_better(tmp_path: Path) -> None:
    journalled(tmp_path, {("rounded", "moved", 0): 0, ("plain", "moved", 0): 0})
    said = (
        "gradient masking: of 60 inputs, moved, crafted on another network, fools 10 that strongest does "
        "not, and misses 0 that it fools"
    )
    found = warned(rows_of(tmp_path))
    # on plain itself the examples were made for the network that is met
    assert found == {("rounded", attack, 0.2, 0): [said] for attack in ("strongest", "pgd", "everything")}


def test_an_unbounded_attack_that_leaves_inputs_correct_marks_every_row_of_its_norm(tmp_path: Path) -> None:
    attacks = {**EXPERIMENT["attacks"], "unbounded": {"use": "pgd", "radii": [1.0], "inputs": 50}}
    journalled(tmp_path, {("rounded", "unbounded", 0): 5}, attacks=attacks)
    found = warned(rows_of(tmp_path, attacks=attacks))
    said = "gradient masking: 5 of 50 inputs withstand unbounded, which may change anything"
    assert set(map(tuple, found.values())) == {(said,)}
    assert {(defence, attack, radius) for defence, attack, radius, _ in found} == {
        ("rounded", attack, radius)
        for attack, radii in {
            "strongest": [0.1, 0.2],
            "pgd": [0.1, 0.2],
            "everything": [0.2],
            "unbounded": [1.0],
        }.items()
        for radius in radii
    }


def test_warnings_that_were_there_are_kept_and_stand_first(tmp_path: Path) -> None:
    journalled(tmp_path, {("rounded", "moved", 0): 0})
    warnings = {(row.defence, row.attack, row.radius, row.seed): row.warnings for row in rows_of(tmp_path)}
    # autoattack leaves none of the twelve inputs that pgd leaves, strongest two fewer at the smaller radius
    beaten = (
        "weak attack within a larger set: 2 of 60 inputs are classified correctly here but misclassified "
        "within a smaller ball, 2 of them under strongest-Linf-0.1",
        "weaker than another attack: of 60 inputs, everything-Linf-0.2 fools 12 that pgd-Linf-0.2 does "
        "not, and misses 0 that it fools",
    )
    assert warnings["rounded", "pgd", 0.2, 1] == ("known before", *beaten)
    first, second, *others = warnings["rounded", "pgd", 0.2, 0]
    assert first == "known before"
    assert second.startswith("gradient masking")
    assert tuple(others) == beaten


def test_outcomes_of_a_randomised_network_are_shares_and_accuracy_is_their_mean(tmp_path: Path) -> None:
    units = journalled(tmp_path, {})
    journal = Journal.beside(tmp_path / "rows.csv")
    unit = next(unit for unit in units if (unit.attack, unit.defence, unit.seed) == ("asking", "plain", 0))
    record = {key: value for key, value in journal.read(unit).items() if key != "unit"}
    shares = [[0.9] * 15 + [0.25] * 5, [0.5] * 20]
    journal.write(unit, {**record, "shares": shares})
    rows = {
        (row.attack, row.radius): row for row in rows_of(tmp_path) if (row.defence, row.seed) == ("plain", 0)
    }
    assert rows["asking", 0.1].accuracy == pytest.approx((0.9 * 15 + 0.25 * 5) / 20)
    assert (rows["asking", 0.1].correct, rows["asking", 0.1].tested) == (15, 20)  # 14.75 rounded
    assert rows["asking", 0.2].accuracy == 0.5
    frame = pd.read_parquet(tmp_path / "rows.outcomes.parquet")
    cell = frame[(frame["attack"] == "asking") & (frame["defence"] == "plain") & (frame["seed"] == 0)]
    assert cell["correct"].tolist() == [*shares[0], *shares[1]]


def test_a_table_written_twice_is_the_same_to_the_byte_whatever_was_finished_first(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    beaten = {("rounded", "asking", 0): 0, ("rounded", "moved", 0): 0, ("rounded", "moved", 1): 0}
    for folder in (here, there):
        folder.mkdir()
        journalled(folder, beaten)
    records = sorted(Journal.beside(there / "rows.csv").folder.glob("cells/*.json"), reverse=True)
    for record in records:  # written anew, the other way round
        text = record.read_bytes()
        record.unlink()
        record.write_bytes(text)
    rows_of(here)
    first = (here / "rows.csv").read_bytes()
    rows_of(here)
    rows_of(there)
    assert b"gradient masking" in first
    assert (here / "rows.csv").read_bytes() == first
    assert (there / "rows.csv").read_bytes() == first


def test_what_is_not_measured_yet_is_compared_with_nothing(tmp_path: Path) -> None:
    units = journalled(tmp_path, {("rounded", "moved", 0): 0})
    journal = Journal.beside(tmp_path / "rows.csv")
    for unit in units:
        if (unit.attack, unit.seed, unit.defence) == ("moved", 0, "rounded"):
            journal.record_path(unit).unlink()
    assert warned(rows_of(tmp_path)) == {}


def test_costs_state_the_number_of_runs_that_they_sum(tmp_path: Path) -> None:
    attacks = {
        "told": {"use": "pgd", "radii": [0.1, 0.2]},
        "nearest": {"use": "ddn", "radii": [0.5, 1.0, 2.0]},
        "natural": {"use": "blur", "radii": [0.5, 1.0]},
    }
    journalled(tmp_path, {}, attacks=attacks)
    rows_of(tmp_path, attacks=attacks)
    costs = pd.read_csv(tmp_path / "rows.attacks.csv")
    assert costs.groupby("attack")["runs"].unique().map(list).to_dict() == {
        "told": [2],
        "nearest": [1],
        "natural": [2],
    }


def test_a_resumed_table_records_that_its_units_were_made_with_different_versions(tmp_path: Path) -> None:
    journal = Journal.beside(tmp_path / "rows.csv")
    units = [unit for unit in journalled(tmp_path, {}) if journal.record_path(unit).is_file()]
    for place, unit in enumerate(units):
        libraries = {"torch": "2.12" if place == 0 else "2.13"}
        record = {key: value for key, value in journal.read(unit).items() if key != "unit"}
        journal.write(unit, {**record, "made_with": {"device": "cpu", "libraries": libraries}})
    plan, output = Plan(experiment_of(EXPERIMENT)), tmp_path / "rows.csv"
    assert write_results(plan, journal, output, "cpu", 0.0, {}).made_with == 2
    told = json.loads((tmp_path / "rows.run.json").read_text())["made_with"]
    assert [(each["libraries"]["torch"], each["units"]) for each in told] == [
        ("2.13", len(units) - 1),
        ("2.12", 1),
    ]
    assert "made_with" not in pd.read_csv(tmp_path / "rows.networks.csv")
