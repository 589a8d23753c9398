"""Robust commitments by branch and bound against the mixed-integer program, solved by HiGHS."""

import numpy as np
import pytest
from numpy.typing import NDArray

from advgame.equilibria.algorithms.robust_program import WITHIN, RobustProgram
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts, worst_reply
from advgame.equilibria.rank_one import reply_tree
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


def branched(game: Game, amounts: UncertainAmounts, slack: float) -> tuple[NDArray[np.float64], float] | None:
    """What the tree answers, begun at the best single defence."""
    singles = np.eye(game.shape[0])
    best = singles[np.argmax([worst_reply(game, amounts, single, slack)[1] for single in singles])]
    return reply_tree.best_by_branching(game, amounts, slack, program_of(game, amounts, slack), best)


@pytest.mark.parametrize("seed", range(32))
def test_the_tree_guarantees_what_the_program_guarantees(seed: int) -> None:
    game, amounts, slack = drawn(seed)
    program = program_of(game, amounts, slack)
    answer = branched(game, amounts, slack)
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


@pytest.mark.parametrize(
    ("worth", "pays"),
    [([[1, 0], [1, 0]], [[0, 1], [0, 1]]), ([[0, 3], [2, 1], [2, 1]], [[1, 0], [0, 1], [0, 1]])],
    ids=["alone", "in a mixture"],
)
def test_where_two_defences_are_the_same_the_tree_leaves_the_choice_to_the_program(
    worth: list[list[float]], pays: list[list[float]]
) -> None:
    game = Game(worth, pays)
    certain = UncertainAmounts.certain(game)
    assert branched(game, certain, 0.1) is None


def test_a_tree_that_grows_too_large_is_left_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    game, amounts, slack = drawn(12)
    assert branched(game, amounts, slack) is not None
    monkeypatch.setattr(reply_tree, "MOST_NODES", 2)
    assert branched(game, amounts, slack) is None


def tying(seed: int) -> tuple[Game, UncertainAmounts, float]:
    """A game of 1 to 5 defences with payoffs that tie, a hopeless reply in every other, or without slack."""
    random = np.random.default_rng(seed)
    shape = (1 + seed % 5, 3 + seed % 3)
    worth, pays = random.uniform(0, 1, shape), random.integers(0, 3, shape).astype(float)
    if seed % 2:
        pays[:, -1] = pays[:, 0] - 1  # never best
    game = Game(worth, pays)
    return game, UncertainAmounts.certain(game), 0.05 * (seed % 3) * float(np.ptp(pays))


@pytest.mark.parametrize("seed", [seed for seed in range(30) if seed != 13])  # there several may be best
def test_the_tree_guarantees_no_less_where_payoffs_tie_or_replies_are_never_best(seed: int) -> None:
    """The program's bound holds for every mixed strategy; its answer is not always the best."""
    game, amounts, slack = tying(seed)
    program = program_of(game, amounts, slack)
    answer = branched(game, amounts, slack)
    assert answer is not None
    solved = program.solve()
    assert solved is not None
    polished = program.polished(solved[0])
    assert polished is not None
    by_tree = worst_reply(game, amounts, answer[0], slack)[1]
    assert worst_reply(game, amounts, polished, slack)[1] - 1e-9 <= by_tree <= solved[1] + 1e-9
    assert answer[1] == pytest.approx(by_tree, abs=1e-9)


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_where_a_defence_and_mixtures_with_it_are_as_good_the_choice_is_left_to_the_program(
    order: list[int],
) -> None:
    """The first defence is worth 1, and so is every mixture in which it is the likelier one."""
    game = Game(np.array([[1, 1.5], [1, 0]])[order], np.array([[1, 0], [0, 1]])[order])
    certain = UncertainAmounts.certain(game)
    assert branched(game, certain, 0.0) is None


def test_where_mixtures_of_different_defences_are_as_good_the_choice_is_left_to_the_program() -> None:
    """Two equal games side by side: a mixture in one is worth as much as the same one in the other."""
    worth, pays = np.zeros((4, 4)), np.full((4, 4), -10.0)
    for first in (0, 2):
        one = slice(first, first + 2)
        worth[one, one], pays[one, one] = [[0, 3], [2, 1]], [[1, 0], [0, 1]]
    game = Game(worth, pays)
    certain = UncertainAmounts.certain(game)
    assert branched(game, certain, 0.1) is None
    worth[0, 1] = 3.1
    better = branched(Game(worth, pays), certain, 0.1)
    assert better is not None
    assert better[0] == pytest.approx([0.45, 0.55, 0, 0], abs=1e-5)  # indifferent but for 0.1
