import numpy as np
import pytest
from hypothesis import given, settings

from advgame.equilibria import RULES, Commitment, Nash, choose, solve
from advgame.equilibria.selection import announced_value
from advgame.errors import GameError, SolverError, UnknownName
from advgame.games import Game
from tests.equilibria.games import games

# Equilibria worth 3, 2 and 1.2 to the defender; the last is mixed.
SEXES = Game([[3, 0], [0, 2]], [[2, 0], [0, 3]])
STAG_HUNT = Game([[5, 0], [4, 4]], [[5, 4], [0, 4]])
# Equilibria (row 1, column 1) worth 4 and (row 2, column 2) worth 3; against row 1 the attacker is
# indifferent between columns, and the other one costs the defender everything.
TRUSTING = Game([[4, 0], [1, 3]], [[1, 1], [0, 2]])


@pytest.mark.parametrize(
    ("rule", "value"), [("worst_for_defender", 1.2), ("best_for_defender", 3), ("most_entropic", 1.2)]
)
def test_the_battle_of_the_sexes_is_answered_by_each_rule_as_by_hand(rule: str, value: float) -> None:
    solution = Nash(rule=rule).solve(SEXES)
    assert solution.recommended.defender_payoff == pytest.approx(value)
    assert solution.rule == RULES[rule].words
    assert choose(solve(SEXES), rule) is not None


def test_hunting_the_hare_risk_dominates_hunting_the_stag() -> None:
    # Deviation losses: 1 · 1 at (stag, stag), 4 · 4 at (hare, hare).
    assert choose(solve(STAG_HUNT), "risk_dominant").defender.tolist() == [0, 1]
    assert choose(solve(STAG_HUNT), "best_for_defender").defender.tolist() == [1, 0]


def test_where_both_risk_the_same_the_mixed_equilibrium_is_preferred() -> None:
    assert choose(solve(SEXES), "risk_dominant").defender == pytest.approx([0.6, 0.4])


def test_a_single_equilibrium_is_every_rules_choice() -> None:
    pennies = solve(Game([[1, -1, 0], [-1, 1, 0]], [[-1, 1, -2], [1, -1, -2]]))
    for rule in RULES:
        assert choose(pennies, rule).defender == pytest.approx([0.5, 0.5])


def test_risk_dominance_in_a_larger_game_is_refused_and_other_rules_are_named() -> None:
    with pytest.raises(GameError, match=r"3 × 3 .* best_for_defender"):
        Nash(rule="risk_dominant").solve(Game(np.eye(3), np.eye(3)))


def test_the_mixed_strategy_worth_most_when_announced_does_not_trust_an_indifferent_attacker() -> None:
    solution = solve(TRUSTING)
    assert choose(solution, "best_for_defender").defender.tolist() == [1, 0]
    assert choose(solution, "commitment_value").defender.tolist() == [0, 1]


def test_an_announced_mixed_strategy_fears_the_best_responses_only() -> None:
    assert announced_value(Game([[5, 0]], [[1, 0.5]]), np.array([1.0])) == 5
    assert announced_value(Game([[5, 0]], [[1, 1]]), np.array([1.0])) == 0


def test_the_default_rule_is_the_one_that_was_always_used() -> None:
    solution = solve(SEXES)
    assert solution.rule == "the Nash equilibrium that is worst for the defender"
    assert solution.recommended is min(solution.profiles, key=lambda profile: profile.defender_payoff)


@given(games(most=3))
@settings(max_examples=80, deadline=None)
def test_each_rule_chooses_what_it_says(game: Game) -> None:
    solution = solve(game)
    values = [profile.defender_payoff for profile in solution.profiles]
    assert choose(solution, "worst_for_defender").defender_payoff == pytest.approx(min(values), abs=1e-8)
    assert choose(solution, "best_for_defender").defender_payoff == pytest.approx(max(values), abs=1e-7)
    announced = announced_value(game, choose(solution, "commitment_value").defender)
    assert announced == pytest.approx(
        max(announced_value(game, profile.defender) for profile in solution.profiles), abs=1e-7
    )
    weak = solve(game, Commitment(weak=True)).bound
    assert weak is not None
    assert announced <= weak + 1e-7
    even = choose(solution, "most_entropic")
    played = [int((mix > 0).sum()) for mix in (even.defender, even.attacker)]
    most = np.log(played).sum()
    for profile in solution.profiles:
        mixes = np.concatenate([profile.defender, profile.attacker])
        assert -(mixes[mixes > 0] * np.log(mixes[mixes > 0])).sum() <= most + 1e-7


@given(games(most=2))
@settings(max_examples=80, deadline=None)
def test_the_order_of_the_strategies_does_not_change_what_a_rule_is_worth(game: Game) -> None:
    turned = Game(game.defender_payoffs[::-1, ::-1], game.attacker_payoffs[::-1, ::-1])
    for rule in RULES:
        try:
            one = choose(solve(game), rule).defender_payoff
        except GameError:
            continue
        assert choose(solve(turned), rule).defender_payoff == pytest.approx(one, abs=1e-9)


def test_an_unknown_rule_is_refused_with_the_most_similar_name() -> None:
    with pytest.raises(UnknownName, match="did you mean 'risk_dominant'"):
        choose(solve(SEXES), "risk_dominance")
    with pytest.raises(UnknownName, match="did you mean 'best_for_defender'"):
        Nash(rule="best_for_defence").solve(SEXES)


def test_where_nothing_was_found_there_is_nothing_to_choose() -> None:
    from dataclasses import replace

    with pytest.raises(SolverError):
        choose(replace(solve(SEXES), profiles=(), remark="None was found."), "best_for_defender")
