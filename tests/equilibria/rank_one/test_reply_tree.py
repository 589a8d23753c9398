"""Robust commitments by branch and bound against the mixed-integer program, solved by HiGHS."""

import numpy as np
import pytest

from advgame.equilibria.algorithms.robust_program import WITHIN, RobustProgram
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts, worst_reply
from advgame.equilibria.rank_one import reply_tree
from advgame.equilibria.rank_one.reply_tree import best_by_branching
from advgame.games import Game


def drawn(seed: int) -> tuple[Game, UncertainAmounts, float]:
    """A game of 3 to 6 defences and 3 to 6 attacks, with two uncertain amounts or with slack."""
    random = np.random.default_rng(seed)
    shape = (3 + seed % 4, 3 + seed // 4 % 4)
    game = Game(*random.uniform(0, 1, (2, *shape)))
    if seed % 2:
        return game, UncertainAmounts.certain(game), 0.05 * float(np.ptp(game.attacker_payoffs))
    effects = random.uniform(-1, 1, (2, *shape))
    return game, UncertainAmounts(effects, np.full(2, -0.04), np.full(2, 0.04)), 0.0


def program_of(game: Game, amounts: UncertainAmounts, slack: float) -> RobustProgram:
    worth = game.defender_payoffs
    return RobustProgram(game, amounts, slack, float(worth.min()), float(worth.max()))


@pytest.mark.parametrize("seed", range(32))
def test_the_tree_guarantees_what_the_program_guarantees(seed: int) -> None:
    game, amounts, slack = drawn(seed)
    program = program_of(game, amounts, slack)
    answer = best_by_branching(game, amounts, slack, program)
    assert answer is not None
    solved = program.solve()
    assert solved is not None
    pairs, bound = solved
    polished = program.polished(pairs)
    assert polished is not None
    by_program = worst_reply(game, amounts, polished, slack)[1]
    by_tree = worst_reply(game, amounts, answer[0], slack)[1]
    assert by_tree == pytest.approx(by_program, abs=1e-9)
    assert answer[1] == pytest.approx(bound, abs=2 * WITHIN)
    assert answer[0].sum() == pytest.approx(1, abs=1e-12)
    assert answer[0].min() >= 0


def test_where_two_defences_are_the_same_the_tree_leaves_the_choice_to_the_program() -> None:
    game = Game([[1, 0], [1, 0]], [[0, 1], [0, 1]])
    certain = UncertainAmounts.certain(game)
    assert best_by_branching(game, certain, 0.0, program_of(game, certain, 0.0)) is None


def test_a_tree_that_grows_too_large_is_left_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    game, amounts, slack = drawn(12)
    program = program_of(game, amounts, slack)
    assert best_by_branching(game, amounts, slack, program) is not None
    monkeypatch.setattr(reply_tree, "MOST_NODES", 2)
    assert best_by_branching(game, amounts, slack, program) is None
