"""Figures are decimals: what ties as decimals ties, whatever their floats say."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import advgame as ag
from advgame.decision.solve_many import solve_many
from advgame.equilibria import RULES, Nash
from advgame.games import Game
from advgame.games.reduction import reduce_game
from advgame.measurements import Measurement, MeasurementTable
from advgame.measurements.decimals import as_decimal, exact_accuracy
from advgame.payoffs import SUCCESS_RULES, TERMS
from advgame.payoffs.terms import DefenceCost, parameters_of
from advgame.scenarios import Scenario, case, cases, set_parameter
from advgame.scenarios.family.exact_payoffs_over import exact_payoffs_over
from advgame.scenarios.family.payoffs_over import checked_columns
from advgame.studies.regions import regions
from advgame.studies.thresholds import thresholds
from benchmarks.decimals import check

HALF = Fraction(1, 2)


def table(clean: dict[str, float], **attacks: list[float]) -> MeasurementTable:
    rows = [
        Measurement("data", "network", name, "none", metric="clean", accuracy=value)
        for name, value in clean.items()
    ]
    rows += [
        Measurement("data", "network", name, attack, "Linf", 0.1, accuracy=value)
        for attack, values in attacks.items()
        for name, value in zip(clean, values, strict=True)
    ]
    return MeasurementTable(tuple(rows))


@pytest.fixture(scope="module")
def four_defences() -> Scenario:
    """A tie between two mixed strategies of two defences, which floats break."""
    scenario = Scenario(
        "four defences",
        table(
            {"d1": 0.94, "d3": 0.92, "d5": 0.90, "d7": 0.88},
            a0=[0.28, 0.64, 0.28, 0.64],
            a1=[0.37, 0.19, 0.73, 0.55],
            a2=[0.46] * 4,
        ),
        largest_share=0.3,
    )
    return set_parameter(scenario, "attack_cost", 0.2)


def test_a_tie_of_decimals_lists_both_equilibria_and_proves_them(four_defences: Scenario) -> None:
    solution = ag.solve(ag.build_game(four_defences))
    assert solution.complete
    assert {each.exact_mixes[0] for each in solution.profiles if each.exact_mixes} == {
        (HALF, 0, 0, HALF),
        (0, HALF, HALF, 0),
    }
    assert all(each.certificate.exact and each.certificate.regret == 0 for each in solution.profiles)


def test_a_batch_lists_as_many(four_defences: Scenario) -> None:
    answers = solve_many(four_defences, {"largest_share": [0.1, 0.2, 0.3]}, "nash")
    alone = [
        ag.solve(ag.build_game(set_parameter(four_defences, "largest_share", share)))
        for share in (0.1, 0.2, 0.3)
    ]
    assert answers.equilibria.tolist() == [len(each.profiles) for each in alone]
    assert answers.equilibria[-1] == 2
    assert np.allclose(answers.defender, [each.recommended.defender for each in alone], atol=1e-12)


def test_a_map_of_a_tie_is_no_patchwork(four_defences: Scenario) -> None:
    found = regions(four_defences, "attack_cost", "attack_reward", points=17)
    assert ("d3", "d5") not in found.regimes  # it ties with d1 + d7 wherever it is an equilibrium
    assert found.regimes[found.here_regime] == ("d1", "d7")
    assert found.shares[found.here_regime] > 0.8


def test_a_turning_point_at_the_present_value_is_that_value(four_defences: Scenario) -> None:
    accuracy, attack = thresholds(
        four_defences, parameters=["clean_accuracy[d1]", "attacked_accuracy[d5, a1]"]
    )
    assert (accuracy.below, accuracy.deploy, accuracy.deploy_below) == (0.94, ("d1", "d7"), ("d3", "d5"))
    assert (attack.above, attack.deploy_above) == (0.73, ("d3", "d5"))


def test_of_equilibria_worth_the_same_the_choice_is_by_what_is_played(four_defences: Scenario) -> None:
    game = ag.build_game(four_defences)
    profiles = ag.solve(game).profiles
    for order in (profiles, profiles[::-1]):
        place = RULES["worst_for_defender"].place(game, order)
        assert order[place].defender.tolist() == [0.5, 0, 0, 0.5]


def test_planted_ties_are_answered_like_brute_force_in_fractions() -> None:
    single, batch = check(60, seed=7)
    assert single.several > 5
    assert (single.same, batch.same) == (60, 60)


@pytest.mark.parametrize(
    ("number", "fraction"),
    [
        (0.1, Fraction(1, 10)),
        (-2.5, Fraction(-5, 2)),
        (1e-07, Fraction(1, 10**7)),
        (1.5e300, Fraction(15 * 10**299)),
        (3, Fraction(3)),
        (np.float64(0.2), Fraction(1, 5)),
    ],
)
def test_a_number_is_the_decimal_it_prints_as(number: float, fraction: Fraction) -> None:
    assert as_decimal(number) == fraction


def test_counts_are_fractions_and_a_mean_of_seeds_is_exact() -> None:
    row = Measurement("d", "n", "plain", "none", metric="clean", accuracy=0.9)
    of_counts = replace(row, accuracy=2 / 3, correct=200, tested=300, seed=1)
    rounded = replace(row, accuracy=0.667, correct=200, tested=300, seed=2)
    assert exact_accuracy([of_counts]) == Fraction(2, 3)
    assert exact_accuracy([rounded]) == Fraction(667, 1000)  # the table says so
    assert exact_accuracy([row, of_counts]) == (Fraction(9, 10) + Fraction(2, 3)) / 2


def test_seeds_and_assumed_accuracies_reach_the_exact_payoffs() -> None:
    rows = [
        Measurement("d", "n", "plain", "none", metric="clean", accuracy=value, seed=seed)
        for seed, value in enumerate((0.7, 0.8, 0.8))
    ]
    rows += [Measurement("d", "n", "plain", "pgd", "Linf", 0.1, accuracy=0.1)]
    scenario = Scenario("seeds", MeasurementTable(tuple(rows)), largest_share=0.5)
    assert ag.build_game(scenario).exact_payoffs[0][0][0] == Fraction(23, 30)
    assumed = set_parameter(scenario, "clean_accuracy[plain]", 0.6)
    assert ag.build_game(assumed).exact_payoffs[0][0][0] == Fraction(3, 5)


@pytest.mark.parametrize("success", SUCCESS_RULES)
@pytest.mark.parametrize("name", TERMS)
def test_every_term_computes_exactly_what_it_computes_in_floats(name: str, success: str) -> None:
    scenario = replace(ag.case("mnist-invariance"), success=success)
    amounts = {about.name: 0.3 for about in parameters_of(TERMS[name])}
    term = TERMS[name](**amounts)
    accuracies = scenario.accuracies
    measured = {"human_recognition": dict.fromkeys(accuracies.defences, 0.7)}
    done = np.full(accuracies.attacked_error.shape, 0.6)
    accuracies = replace(accuracies, other_measures=measured, completed=done)
    exact_accuracies = accuracies.exactly(range(len(accuracies.defences)), range(len(accuracies.attacks)))
    exact_term = term.exactly(accuracies.defences, accuracies.attacks)
    for pay in ("to_defender", "to_attacker"):
        floats, exact = getattr(term, pay)(accuracies), getattr(exact_term, pay)(exact_accuracies)
        assert floats.shape == exact.shape
        assert np.abs(floats - exact.astype(float)).max() < 1e-14
        if floats.any():
            assert {type(value) for value in exact.ravel().tolist()} <= {Fraction, int}


@pytest.mark.parametrize("name", [each.name for each in cases()])
def test_the_floats_of_a_case_are_as_near_as_they_say(name: str) -> None:
    game = ag.build_game(ag.case(name))
    for floats, exact, rounding in zip(
        (game.defender_payoffs, game.attacker_payoffs), game.payoffs_as_given, game.rounding, strict=True
    ):
        apart = [abs(Fraction(a) - b) for a, b in zip(floats.ravel().tolist(), exact.ravel(), strict=True)]
        assert max(apart) <= rounding < 1e-12  # amounts are up to 50


def test_exact_payoffs_of_a_batch_are_those_of_the_single_games(four_defences: Scenario) -> None:
    columns = {"attack_cost": [0.1, 0.25], "largest_share": [0.3, 1.0], "defence_cost[d3]": [0.0, -0.01]}
    exactly = exact_payoffs_over(four_defences, checked_columns(columns))
    both = exactly.payoffs(np.arange(2), np.arange(4), np.arange(4))
    part = exactly.payoffs(np.array([1]), np.array([1, 3]), np.array([2]))
    for place in range(2):
        scenario = four_defences
        for address, values in columns.items():
            scenario = set_parameter(scenario, address, values[place])
        single = ag.build_game(scenario).payoffs_as_given
        assert all(np.array_equal(*pair) for pair in zip(both.fractions(place), single, strict=True))
    assert np.array_equal(part.fractions(0)[1], single[1][np.ix_([1, 3], [2])])


def test_games_are_treated_as_equal_only_where_their_exact_payoffs_are(four_defences: Scenario) -> None:
    costs, every = np.linspace(0, 1, 40), np.arange(4)
    for address, kinds in (("attack_cost", 1), ("defence_cost[d3]", 40), ("benign_loss", 40)):
        columns = checked_columns({"largest_share": np.zeros(40), address: costs})
        exactly = exact_payoffs_over(four_defences, columns, affine=True)
        firsts, which = exactly.distinct(np.arange(40), every, every)
        assert len(firsts) == kinds
        whole = exactly.payoffs(np.arange(40), every, every).to_defender
        assert np.array_equal(whole[firsts[which]], whole)


def test_payoffs_that_are_no_decimals_are_exact_too() -> None:
    rows = [
        Measurement("d", "n", name, attack, *rest, accuracy=k / 3, correct=k, tested=3)
        for name, attack, rest, k in (
            ("plain", "none", (), 2),
            ("plain", "pgd", ("Linf", 0.1), 0),
            ("robust", "none", (), 1),
            ("robust", "pgd", ("Linf", 0.1), 1),
        )
    ]
    scenario = Scenario("thirds", MeasurementTable(tuple(rows)), largest_share=0.5)
    columns = checked_columns({"attack_cost": [0.1, 0.7]})
    exact = exact_payoffs_over(scenario, columns).payoffs(np.arange(2), np.arange(2), np.arange(2))
    single = ag.build_game(set_parameter(scenario, "attack_cost", 0.7)).payoffs_as_given
    assert all(np.array_equal(*pair) for pair in zip(exact.fractions(1), single, strict=True))


def test_where_nothing_ties_nothing_is_computed_exactly() -> None:
    game = ag.build_game(ag.case("cifar10-many-attacks"))
    assert ag.solve(game).complete
    assert game.exact_pending


def test_a_part_of_a_game_is_computed_exactly_like_the_whole(four_defences: Scenario) -> None:
    game = ag.build_game(four_defences)
    part = game.part([3, 0], [2, 0])
    assert part.defences == ("d7", "d1")
    cells = [[game.exact_payoffs[0][row][column] for column in (2, 0)] for row in (3, 0)]
    assert part.exact_payoffs[0] == tuple(map(tuple, cells))


def test_defences_that_are_alike_as_decimals_are_one_strategy_however_their_floats_differ() -> None:
    third, tenth = Fraction(1, 3), Fraction(1, 10)
    exact = np.array([[third, tenth], [third, tenth], [0, 1]], dtype=object)
    floats = exact.astype(float)
    floats[1, 1] = np.nextafter(floats[1, 1], 1)
    game = Game.rounded(
        floats, -floats, lambda rows, columns: (exact[np.ix_(rows, columns)],) * 2, (1e-16, 1e-16)
    )
    assert reduce_game(game).defences == ((0, 1), (2,))


def test_exact_and_default_answers_of_a_tied_scenario_are_the_same(four_defences: Scenario) -> None:
    game = ag.build_game(four_defences)
    default, exact = ag.solve(game), ag.solve(game, Nash(exact=True))
    assert {each.exact_mixes for each in default.profiles} == {each.exact_mixes for each in exact.profiles}


def test_a_large_constant_is_taken_out_of_decimals_without_computing_them(four_defences: Scenario) -> None:
    scenario = set_parameter(four_defences, "defence_cost", 1e7)
    game = ag.build_game(scenario)
    assert game.centred is not game
    assert game.centred.exact_pending
    exact, given = game.centred.exact_payoffs[0], game.exact_payoffs[0]
    assert [row[1] - exact[0][1] for row in exact] == [row[1] - given[0][1] for row in given]
    assert len(ag.solve(game).profiles) == 2


def test_a_defence_and_an_attack_of_one_name_keep_their_own_amounts() -> None:
    term = DefenceCost(defence_cost={"invariance": 0.1, "plain": 0.0})
    assert term.exactly(["plain"], ["none", "invariance"]).defence_cost == {"plain": Fraction(0)}
    solution = ag.solve(ag.build_game(set_parameter(case("mnist-invariance-measured"), "largest_share", 0.0)))
    assert solution.complete
