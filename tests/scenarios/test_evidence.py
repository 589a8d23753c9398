"""What the accuracies of a scenario rest on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import advgame as ag
from advgame.errors import MeasurementError
from advgame.measurements import Measurement, MeasurementTable
from advgame.scenarios.evidence import COUNTS, GUESSED, OUTCOMES, STATED, WHAT_IF, evidence_of
from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws, payoff_coefficients, payoffs_at_draws


def of_rows(*rows: dict) -> ag.Scenario:
    """A scenario of one defence under one attack, from what its rows say beside the accuracy."""
    columns = ({"attack": "none", "metric": "clean"}, {"attack": "pgd", "metric": "robust"})
    table = MeasurementTable(
        tuple(
            Measurement("data", "network", "plain", source="a file", **column, **row)
            for row in rows
            for column in columns
        )
    )
    return ag.Scenario("rows", table)


@pytest.mark.parametrize(
    ("row", "basis", "counts"),
    [
        ({"accuracy": 0.9, "correct": 90, "tested": 100}, COUNTS, (90, 10)),
        ({"accuracy": 0.9, "tested": 100}, STATED, (90, 10)),
        ({"accuracy": 0.9}, GUESSED, (450, 50)),
        ({"accuracy": 0.9, "tested": 100, "runs": 5, "std": 0.0}, STATED, (90, 10)),
    ],
)
def test_a_cell_rests_on_its_counts_else_on_the_stated_else_on_the_assumed_inputs(
    row: dict, basis: str, counts: tuple[float, float]
) -> None:
    evidence = evidence_of(of_rows(row), assumed_tested=500)
    assert set(evidence.basis) == {basis}
    assert (evidence.right[0], evidence.wrong[0]) == pytest.approx(counts)


def test_a_spread_over_runs_widens_the_posterior() -> None:
    row = {"accuracy": 0.9, "tested": 1000}
    narrow, wide = (
        evidence_of(of_rows({**row, **more})).draw(np.random.default_rng(0), 4000)[:, 0, 1]
        for more in ({}, {"runs": 4, "std": 0.06})
    )
    assert wide.std() ** 2 == pytest.approx(narrow.std() ** 2 + 0.06**2 / 4, rel=0.1)


def test_seeds_of_one_test_set_count_its_inputs_once() -> None:
    rows = [{"accuracy": 0.9, "correct": 90, "tested": 100, "seed": seed} for seed in range(5)]
    evidence = evidence_of(of_rows(*rows))
    assert (evidence.right[0], evidence.wrong[0]) == pytest.approx((90, 10))


def test_a_rate_without_inputs_is_refused_where_none_are_assumed() -> None:
    with pytest.raises(MeasurementError, match="set assumed_tested to the number to assume"):
        evidence_of(of_rows({"accuracy": 0.9}), assumed_tested=0)


def test_outcomes_beside_the_table_are_used_only_if_they_give_its_accuracies() -> None:
    scenario = ag.case("mnist-invariance-measured")
    evidence = evidence_of(scenario)
    assert evidence.paired
    assert set(evidence.basis) == {OUTCOMES}
    changed = replace(scenario.measurements.rows[0], accuracy=0.5, correct=None, tested=None)
    rows = MeasurementTable((changed, *scenario.measurements.rows[1:]))
    assert not evidence_of(replace(scenario, measurements=rows)).paired


def test_an_assumed_accuracy_is_exact_in_every_draw() -> None:
    scenario = replace(ag.case("mnist-invariance-measured"), what_if={"clean_accuracy[plain]": 0.75})
    evidence = evidence_of(scenario)
    assert evidence.basis[0] == WHAT_IF
    draws = evidence.draw(np.random.default_rng(0), 50)
    assert (draws[:, 0, 0] == 0.75).all()
    assert draws[:, 1, 0].std() > 0


@pytest.mark.parametrize("case", ["cifar10-two-defences", "mnist-pruning", "imagenette-explanations"])
@pytest.mark.parametrize("success", ["every error", "caused errors"])
def test_payoffs_at_the_measured_accuracies_are_those_of_the_game(case: str, success: str) -> None:
    scenario = replace(ag.case(case), success=success)
    game, accuracy = ag.build_game(scenario), scenario.accuracies.attacked_accuracy[None]
    assert payoff_coefficients(scenario) is not None
    for a, b in (payoffs_at_draws(scenario, accuracy), PayoffsOfDraws.at(scenario)(accuracy)):
        np.testing.assert_allclose(a[0], game.defender_payoffs, rtol=0, atol=1e-12)
        np.testing.assert_allclose(b[0], game.attacker_payoffs, rtol=0, atol=1e-12)


def test_payoffs_that_are_no_sums_over_accuracies_have_no_coefficients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario = ag.case("cifar10-two-defences")
    term = type(scenario.terms[0])
    monkeypatch.setattr(
        term, "to_defender", lambda self, accuracies: self.benign_gain * accuracies.attacked_accuracy**2
    )
    assert payoff_coefficients(scenario) is None
    accuracy = np.random.default_rng(0).uniform(0, 1, (3, 2, 2))
    np.testing.assert_array_equal(
        PayoffsOfDraws.at(scenario)(accuracy)[0], payoffs_at_draws(scenario, accuracy)[0]
    )
