"""Robust commitment: the mixed strategy that is best in the worst case over the attacker's amounts.

A Stackelberg strategy lies where the attacker is indifferent, so that the smallest error in its
rewards or costs makes the value collapse. Here the attacker may play every reply that no other surely beats
while its amounts lie in their intervals, and the defender's value is the least over those replies:

    max v  with  v ≤ x·A_j, or some k surely better than j for the attacker, for every reply j

which is a mixed-integer linear program: one binary variable for each pair (k, j). With the intervals of a
bounded error in the attacker's payoffs it is the robust follower of Pita, Jain, Tambe, Ordóñez and Kraus
2010 (doi:10.1016/j.artint.2010.07.002).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.maximin import maximin
from advgame.equilibria.algorithms.robust_program import SURE, WITHIN, RobustProgram
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts, worst_reply
from advgame.equilibria.concepts.commitment import Commitment
from advgame.equilibria.rank_one.reply_tree import best_by_branching
from advgame.equilibria.solution import Concept, Solution, Timing, certified, in_original_game
from advgame.errors import GameError
from advgame.games import Certificate, Game, Profile
from advgame.games.profile import relative_regret

FEW_ATTACKS = 8  # with two defences: up to here all break points are tried
METHOD = "mixed-integer program (HiGHS)"
REMARK = "No other {} guarantees more by over a millionth of the payoff range{}."
CUT = "Another {} may guarantee up to {:.6g}{}."
RULED_OUT = (
    ", if a reply is ruled out only where another pays a millionth of the attacker's payoff range more"
)


@dataclass(frozen=True)
class RobustCommitment(Concept):
    """The mixed strategy that guarantees most while the attacker's rewards and costs lie within a margin.

    With ``pure`` a single defence is committed to.

    Where the game is a scenario's, the amounts behind it are uncertain (``amounts``). In a bare game the
    attacker may play every reply that pays within ``margin`` of its payoff range of the best one. Ties are
    broken against the defender.
    """

    timing: ClassVar[Timing] = Timing.LEADER
    pure: bool = False
    margin: float = 0.05
    amounts: UncertainAmounts | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.margin < 1:
            raise GameError(f"The margin of a robust commitment is {self.margin!r}; expected 0 ≤ margin < 1.")

    @property
    def name(self) -> str:
        """``robust_commitment``, or ``robust_pure_commitment`` of a single defence."""
        return "robust_pure_commitment" if self.pure else "robust_commitment"

    @property
    def situation(self) -> str:
        """Whether one defence or a mixed strategy is announced."""
        announced = "One defence" if self.pure else "The defence"
        return f"{announced} is announced, and the attacker's rewards and costs are known within a margin"

    @property
    def aliases(self) -> tuple[str, ...]:
        """The same after Stackelberg, who had the leader commit first."""
        return (self.name.replace("commitment", "stackelberg"),)

    @property
    def in_bulk(self) -> Concept:
        """The commitment without a margin: the many neighbours of a scenario are solved by it."""
        return Commitment(pure=self.pure)

    def slack(self, game: Game) -> float:
        """The money by which the attacker may fall short of its best reply: none if its amounts are given."""
        return 0.0 if self.amounts is not None else self.margin * float(np.ptp(game.attacker_payoffs))

    def solve(self, game: Game) -> Solution:
        """The mixed strategy with the best guaranteed value, and the reply that costs it most.

        >>> game = Game([[0, 3], [2, 1]], [[1, 0], [0, 1]])  # indifferent at the half of each
        >>> profile = RobustCommitment(margin=0.1).solve(game).recommended
        >>> profile.defender.round(3).tolist(), round(profile.defender_payoff, 3)
        ([0.45, 0.55], 1.9)
        """
        if game.centred_for_commitment is not game:
            return in_original_game(self.solve(game.centred_for_commitment), game)
        amounts = self.amounts or UncertainAmounts.certain(game)
        slack = self.slack(game)
        if self.pure:
            defender, bound, method = *_best_single(game, amounts, slack), "comparison"
        else:
            defender, bound, method = _best(game, amounts, slack)
        _, guaranteed = worst_reply(game, amounts, defender, slack)
        only = "" if self.pure else RULED_OUT
        proven = bound <= guaranteed + WITHIN * float(np.ptp(game.defender_payoffs))
        kind = "single defence" if self.pure else "policy"
        return Solution(
            self.name,
            game,
            certified([_answered(game, defender)]),
            components=(),
            complete=False,
            rule=f"the {kind} with the best guaranteed value",
            method=method,
            remark=REMARK.format(kind, only) if proven else CUT.format(kind, bound, only),
            bound=bound,
        )


def _answered(game: Game, defender: FloatArray) -> Profile:
    """The mixed strategy with the reply that is best at the amounts assumed, the most harmful of several."""
    reply, value = worst_reply(game, UncertainAmounts.certain(game), defender)
    to_attacker = defender @ game.attacker_payoffs
    regret = relative_regret(float(to_attacker.max() - to_attacker[reply]), game.attacker_payoffs)
    return Profile(
        defender, np.eye(game.shape[1])[reply], value, float(to_attacker[reply]), Certificate(0.0, regret)
    )


def _best_single(game: Game, amounts: UncertainAmounts, slack: float) -> tuple[FloatArray, float]:
    """The single defence with the greatest guaranteed value, and that value."""
    values = [worst_reply(game, amounts, row, slack)[1] for row in np.eye(game.shape[0])]
    best = int(np.argmax(values))
    return np.eye(game.shape[0])[best], values[best]


def _best(game: Game, amounts: UncertainAmounts, slack: float) -> tuple[FloatArray, float, str]:
    """The mixed strategy with the greatest guaranteed value, a bound that none exceeds, and the method."""
    single, least = _best_single(game, amounts, slack)
    exact = Commitment().solve(game)
    most = exact.bound  # with ties in the defender's favour, and no uncertain amount
    if most is not None and most <= least + WITHIN * float(np.ptp(game.defender_payoffs)):
        return single, least, "comparison"
    if _breaks_are_few(game):
        return *_best_of_two(game, amounts, slack), "all break points"
    pair = _best_against_two_replies(game, amounts, slack) if game.shape[1] == 2 else None
    if pair is not None:
        return *pair, "all pairs of defences"
    program = RobustProgram(
        game, amounts, slack, least, float(game.defender_payoffs.max() if most is None else most)
    )
    by_tree = best_by_branching(game, amounts, slack, program, single)
    if by_tree is not None:
        return *by_tree, "branch and bound over the attacker's replies"
    pairs, bound = program.solve() or ((), float(game.defender_payoffs.max()))
    mixed_strategy = program.polished(pairs)
    candidates = [single] if mixed_strategy is None else [mixed_strategy, single]
    best, value = _most_guaranteed(game, amounts, slack, candidates)
    if bound > value + WITHIN * float(np.ptp(game.defender_payoffs)):  # the program was cut short
        alternatives = [best, *(profile.defender for profile in exact.profiles), maximin(game).defender]
        best, _ = _most_guaranteed(game, amounts, slack, alternatives)
    return best, bound, METHOD


def _most_guaranteed(
    game: Game, amounts: UncertainAmounts, slack: float, candidates: list[FloatArray]
) -> tuple[FloatArray, float]:
    """The first of the mixed strategies that guarantee most, and what it guarantees."""
    values = [worst_reply(game, amounts, candidate, slack)[1] for candidate in candidates]
    best = int(np.argmax(values))
    return candidates[best], values[best]


def _breaks_are_few(game: Game) -> bool:
    return game.shape[0] == 2 and game.shape[1] <= FEW_ATTACKS


def _best_of_two(game: Game, amounts: UncertainAmounts, slack: float) -> tuple[FloatArray, float]:
    """Of two defences, where the guaranteed value is piecewise linear in the probability of the second."""
    mixed_strategies = [np.array([1 - share, share]) for share in break_points(game, amounts, slack)]
    values = [worst_reply(game, amounts, mixed_strategy, slack)[1] for mixed_strategy in mixed_strategies]
    best = int(np.argmax(values))
    return mixed_strategies[best], values[best]


def break_points(game: Game, amounts: UncertainAmounts, slack: float = 0.0) -> tuple[float, ...]:
    """The probabilities of the second of two defences at which the guaranteed value may break, with 0 and 1.

    It breaks only where one reply begins to be surely better than another, or two cost the same. In between
    it is linear, so it is greatest at one of these.

    >>> game = Game([[0, 3], [2, 1]], [[1, 0], [0, 1]])
    >>> [round(share, 3) for share in break_points(game, UncertainAmounts.certain(game))]
    [0.0, 0.5, 0.5, 0.75, 1.0]

    Args:
        game: of two defences.
        amounts: what of the attacker's payoffs is uncertain.
        slack: money by which the attacker may fall short of its best reply.
    """
    program = RobustProgram(
        game, amounts, slack, float(game.defender_payoffs.min()), float(game.defender_payoffs.max())
    )
    pairs = list(permutations(range(game.shape[1]), 2))
    lines = [gain - program.sure for pair in pairs for gain in program.advantages(*pair)]
    lines += [game.defender_payoffs[:, first] - game.defender_payoffs[:, second] for first, second in pairs]
    shares = {0.0, 1.0}
    for start, end in lines:
        if start * end < 0:
            shares.add(float(start / (start - end)))
    return tuple(sorted(shares))


def _best_against_two_replies(
    game: Game, amounts: UncertainAmounts, slack: float
) -> tuple[FloatArray, float] | None:
    """Against two replies, where the best policy mixes at most two defences.

    Either both replies count, and the least of two payoffs is greatest alone or where they are equal, or
    one is surely beaten, which is one constraint: the best policy is a single defence, or has it with
    equality.

    Returns:
        None where an amount raises the one reply with some defences and lowers it with others: there are
        then more constraints.
    """
    program = RobustProgram(
        game, amounts, slack, float(game.defender_payoffs.min()), float(game.defender_payoffs.max())
    )
    gains = [list(program.advantages(*pair)) for pair in ((0, 1), (1, 0))]
    if any(len(corners) != 1 for corners in gains):
        return None
    best, value = _best_single(game, amounts, slack)
    for line in (*(corners[0] - program.sure for corners in gains), game.defender_payoffs @ (1.0, -1.0)):
        mixed_strategy = _best_pair(game, line, [corners[0] for corners in gains], program.sure)
        if mixed_strategy is not None:
            guaranteed = worst_reply(game, amounts, mixed_strategy, slack)[1]
            if guaranteed > value:
                best, value = mixed_strategy, guaranteed
    return best, value


def _best_pair(game: Game, line: FloatArray, gains: list[FloatArray], sure: float) -> FloatArray | None:
    """The best mixture of two defences at which a linear function is 0; None where its sign is the same.

    Args:
        game: payoffs.
        line: (defences,) the function, of each defence alone.
        gains: (defences,) the sure advantage of the first reply over the second, and of the second.
        sure: the advantage from which on the other reply does not count.
    """
    above, below = np.flatnonzero(line > 0)[:, None], np.flatnonzero(line < 0)[None, :]
    if above.size * below.size == 0:
        return None
    share = -line[below] / (line[above] - line[below])  # of the defence above
    mixed = [share * of[above] + (1 - share) * of[below] for of in (*game.defender_payoffs.T, *gains)]
    nearly = sure - SURE / 2  # as the mixture has the line at 0 but for rounding
    worth = np.minimum(
        np.where(mixed[3] > nearly, np.inf, mixed[0]), np.where(mixed[2] > nearly, np.inf, mixed[1])
    )
    upper, lower = np.unravel_index(int(worth.argmax()), worth.shape)
    mixed_strategy = np.zeros(len(line))
    mixed_strategy[above[upper, 0]] = share[upper, lower]
    mixed_strategy[below[0, lower]] = 1 - share[upper, lower]
    return mixed_strategy
