"""Utility under attack: what it pays, and games that are no longer strategically of rank 1."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import nashpy
import numpy as np
import pygambit
import pytest

from advgame.equilibria import solve
from advgame.errors import MeasurementError
from advgame.games import Game
from advgame.games.nfg import write_nfg
from advgame.games.rank_one_form import rank_one_form
from advgame.measurements import Measurement, MeasurementTable, mark_contradictions
from advgame.payoffs import accuracies_of, build
from advgame.payoffs.terms import (
    AdversarialTraffic,
    AttackCost,
    AttackReward,
    BenignTraffic,
    UtilityUnderAttack,
)
from advgame.scenarios import build_game, case
from tests.equilibria.brute_force import every_extreme_equilibrium

FIGURES = {  # defence → clean tasks done, then attacks failed and tasks done, each of 100, by attack
    "open": (92, (60, 50), (75, 74)),
    "strict": (70, (95, 40), (98, 45)),
    "filter": (86, (90, 88), (65, 20)),
}


def table(figures: dict[str, tuple] = FIGURES) -> MeasurementTable:
    rows = []
    for defence, (clean, *attacks) in figures.items():
        shared = {"dataset": "d", "network": "n", "defence": defence, "tested": 100}
        rows.append(
            Measurement(
                **shared,
                attack="none",
                metric="clean",
                accuracy=clean / 100,
                correct=clean,
                population="tasks",
            )
        )
        for attack, (failed, done) in zip(("tools", "mail"), attacks, strict=True):
            for metric, count in (("robust", failed), ("utility_under_attack", done)):
                rows.append(
                    Measurement(
                        **shared,
                        attack=attack,
                        metric=metric,
                        accuracy=count / 100,
                        correct=count,
                        population="attacked tasks",
                    )
                )
    return MeasurementTable(tuple(rows))


def game(worth: float = 1.0, breach: float = 2.0, cost: float = 0.2) -> Game:
    accuracies = accuracies_of(table(), largest_share=0.4)
    terms = [
        BenignTraffic(),
        AdversarialTraffic(stopped_gain=0.0, breach_loss=breach),
        UtilityUnderAttack(worth),
        AttackReward(),
        AttackCost(attack_cost=cost),
    ]
    return build(accuracies, terms)


def test_a_task_done_under_attack_pays_and_one_that_was_prevented_does_not() -> None:
    # strict under mail: .6 · .7 clean, .4 · (1 · .45 − 2 · .02) attacked
    assert game().defender_payoffs[1, 2] == pytest.approx(0.6 * 0.7 + 0.4 * (0.45 - 2 * 0.02))
    assert np.array_equal(game().attacker_payoffs, game(worth=0).attacker_payoffs)


def test_the_payoffs_are_exact() -> None:
    priced = game()
    # .6·.92 + .4·(.5 − 2·.4)
    assert priced.exact_payoffs[0][0][1] == Fraction(6, 10) * Fraction(92, 100) + Fraction(4, 10) * (
        Fraction(1, 2) - 2 * Fraction(4, 10)
    )


@pytest.mark.parametrize("worth", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("cost", [0.05, 0.2, 0.35])
def test_all_equilibria_are_those_of_nashpy_and_of_exact_enumeration(worth: float, cost: float) -> None:
    priced = game(worth, 2.0, cost)
    solution = solve(priced)
    assert solution.complete
    assert all(profile.certificate.valid for profile in solution.profiles)
    ours = {mixes(profile.defender, profile.attacker) for profile in solution.profiles}
    exact = {mixes(x, y) for x, y in every_extreme_equilibrium(priced)}
    others = {
        mixes(x, y)
        for x, y in nashpy.Game(priced.defender_payoffs, priced.attacker_payoffs).vertex_enumeration()
    }
    assert ours == exact == others


@pytest.mark.parametrize("name", ["agentdojo-camel"])
@pytest.mark.parametrize("breach", [1.0, 50.0, 400.0])
def test_the_bundled_case_has_the_equilibria_of_exact_enumeration_and_of_nashpy(
    name: str, breach: float
) -> None:
    scenario = case(name)
    priced = build_game(scenario.with_term(AdversarialTraffic(stopped_gain=0.0, breach_loss=breach)))
    assert rank_one_form(priced) is None
    solution = solve(priced)
    assert solution.complete
    ours = {mixes(profile.defender, profile.attacker) for profile in solution.profiles}
    assert ours == {mixes(x, y) for x, y in every_extreme_equilibrium(priced)}
    others = nashpy.Game(priced.defender_payoffs, priced.attacker_payoffs).vertex_enumeration()
    assert ours == {mixes(x, y) for x, y in others}


def test_gambit_finds_the_same_equilibria() -> None:
    priced = build_game(
        case("agentdojo-camel").with_term(AdversarialTraffic(stopped_gain=0.0, breach_loss=400.0))
    )
    theirs = pygambit.read_nfg(io.BytesIO(write_nfg(priced, "").encode()))
    found = {
        mixes(
            *(
                [float(profile[player][strategy]) for strategy in theirs.get_strategies(player)]
                for player in theirs.players
            )
        )
        for profile in pygambit.nash.enummixed_solve(theirs, rational=True).equilibria
    }
    assert found == {mixes(profile.defender, profile.attacker) for profile in solve(priced).profiles}


def test_a_cell_without_the_figure_is_refused_and_costs_nothing_where_it_earns_nothing() -> None:
    rows = tuple(row for row in table() if (row.defence, row.metric) != ("open", "utility_under_attack"))
    accuracies = accuracies_of(MeasurementTable(rows), largest_share=0.4)
    with pytest.raises(MeasurementError, match="no row of metric utility_under_attack"):
        build(accuracies, [UtilityUnderAttack(1.0)])
    assert not build(accuracies, [UtilityUnderAttack(0.0)]).defender_payoffs.any()


def test_more_tasks_done_than_attacks_that_failed_is_marked_and_pays_for_the_latter() -> None:
    rows = mark_contradictions(table({"open": (90, (60, 70), (80, 10))}))
    (marked,) = (row for row in rows if row.warnings)
    assert marked.warnings[0].startswith("utility under attack 0.7 exceeds the 0.6 of attacks that failed")
    accuracies = accuracies_of(rows, largest_share=1.0)
    assert accuracies.completed is not None
    assert accuracies.completed.tolist() == [[0.0, 1.0, 0.125]]


def test_clean_and_attacked_items_of_different_populations_do_not_contradict_each_other() -> None:
    rows = mark_contradictions(table())
    assert not [row for row in rows if row.warnings]
    one = MeasurementTable(tuple(replace(row, population=None) for row in table()))
    assert [row.defence for row in mark_contradictions(one) if row.warnings] == ["strict", "strict"]


def mixes(defender: Iterable[float], attacker: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(share), 9) + 0.0 for share in (*defender, *attacker))
