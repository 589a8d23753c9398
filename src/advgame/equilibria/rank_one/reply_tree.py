"""The robust commitment of a small game by branch and bound over the replies that are ruled out.

At the mixed strategy of a node, some reply costs the defender more than the node counts. Either that reply
counts, or another one surely beats it. The other then counts, as the relation is transitive. Each node is a
linear program, solved by the simplex method of the walk. Importing a solver of mixed-integer programs takes
longer than a whole tree.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import NamedTuple

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline, charge_program
from advgame.equilibria.algorithms.robust_program import Pairs, RobustProgram
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts, worst_reply
from advgame.equilibria.rank_one.parametric_simplex import walk_along
from advgame.equilibria.rank_one.penalised_program import PENALTY
from advgame.games import Game
from advgame.games.bayesian_rank_one import StackedForm
from advgame.games.tolerances import MAY_TIE, PLAYED

LARGEST = 1_500  # coefficients of a node's program: HiGHS is quicker for larger ones
MOST_NODES = 150  # made and visited, which takes about as long as importing HiGHS


class _Node(NamedTuple):
    """The replies that count, the pairs of a reply and one that it surely beats, and the best then."""

    counted: tuple[int, ...]
    pairs: Pairs
    bound: float  # on the guaranteed value, in units of the defender's payoff range
    mixed_strategy: FloatArray  # (defences,) with the best value if only ``counted`` counts
    tied: bool  # whether another mixed strategy may be as good


def best_by_branching(
    game: Game, amounts: UncertainAmounts, slack: float, program: RobustProgram, single: FloatArray
) -> tuple[FloatArray, float] | None:
    """The mixed strategy with the greatest guaranteed value, if it is the only one.

    Args:
        game: payoffs at the amounts assumed.
        amounts: those that may differ.
        slack: money by which the attacker may fall short of its best reply.
        program: the mixed-integer program of the game.
        single: (defences,) the single defence with the greatest guaranteed value.

    Returns:
        The mixed strategy and a bound in money that none exceeds; None where the tree is large, or several
        mixed strategies may be best.
    """
    numbers = count()  # decide between equal bounds
    best = _Node((), (), _answered(game, amounts, slack, program, single)[1], single, tied=False)
    open_nodes = [(-program.most, next(numbers), best._replace(bound=program.most))]
    while open_nodes and -open_nodes[0][0] > best.bound + MAY_TIE:
        if next(numbers) > MOST_NODES:
            return None
        node = heappop(open_nodes)[2]
        reply, guaranteed = _answered(game, amounts, slack, program, node.mixed_strategy)
        if guaranteed > best.bound:
            best = node._replace(bound=guaranteed)
        if guaranteed >= node.bound - MAY_TIE:
            continue
        children = None if reply in node.counted else _children(program, node, reply)
        if children is None:
            return None
        for child in children:
            heappush(open_nodes, (-child.bound, next(numbers), child))
    rivals = [node for bound, _, node in open_nodes if -bound >= best.bound - MAY_TIE]
    if any(
        node.tied or np.abs(node.mixed_strategy - best.mixed_strategy).max() > PLAYED
        for node in (best, *rivals)
    ):
        return None
    return best.mixed_strategy, program.low + program.span * best.bound


def _answered(
    game: Game, amounts: UncertainAmounts, slack: float, program: RobustProgram, mixed_strategy: FloatArray
) -> tuple[int, float]:
    """The reply that costs most, and the guaranteed value in units of the defender's payoff range."""
    reply, value = worst_reply(game, amounts, mixed_strategy, slack)
    return reply, (value - program.low) / program.span


def _children(program: RobustProgram, node: _Node, reply: int) -> list[_Node] | None:
    """The nodes in which a reply counts, or is surely beaten; None if the program of one was not solved."""
    children = []
    for better in (None, *(better for better, worse in program.pairs if worse == reply)):
        pairs = node.pairs if better is None else (*node.pairs, (better, reply))
        counts = reply if better is None else better
        beaten = {worse for _, worse in pairs}
        if counts in beaten:
            continue
        solved = _solved(program, tuple(sorted({*node.counted, counts})), pairs)
        if solved is None:
            return None
        if solved.bound > -inf:
            children.append(solved._replace(bound=min(solved.bound, node.bound)))
    return children


def _solved(program: RobustProgram, counted: tuple[int, ...], pairs: Pairs) -> _Node | None:
    """A node with its mixed strategy and bound, which is -inf where no mixed strategy keeps the pairs."""
    gains = [gain for pair in pairs for gain in program.advantages(*pair)]
    worth = program.worth[:, counted]
    missing = np.array([program.sure - gain for gain in gains]).reshape(-1, len(worth)).T
    if worth.size + missing.size > LARGEST:
        return None
    charge_program(worth.size + missing.size)
    none = np.zeros((len(worth), 1))
    form = StackedForm(
        attack_value=np.hstack([-worth, none, PENALTY * missing]),
        idle_cost=np.zeros(len(worth)),
        cost_per_intensity=np.zeros(len(worth)),
        intensity=np.zeros(worth.shape[1] + 1 + missing.shape[1]),
        type_of=np.repeat([0, 1], [worth.shape[1], 1 + missing.shape[1]]),
    )
    walked = walk_along(form, Deadline(inf))
    if walked.lost or not walked.pairs:
        return None
    mixed_strategy, weights = walked.pairs[0]
    of_worth, of_missing = weights[: worth.shape[1]], weights[worth.shape[1] + 1 :]
    if len(of_missing) and float((missing @ of_missing).min()) > MAY_TIE:
        return _Node(counted, pairs, -inf, mixed_strategy, walked.tied)
    if weights[worth.shape[1]] <= 0:  # the penalty is smaller than the price
        return None
    bound = float((worth @ of_worth - PENALTY * missing @ of_missing).max())
    return _Node(counted, pairs, bound, mixed_strategy, walked.tied)
