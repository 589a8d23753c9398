"""The weak form of commitment: the attacker breaks ties against the defender.

The value of a strategy x is then the minimum of x·A_j over the attacker's best responses j. The supremum
over all strategies is max over j of max { min over k in E(j) of x·A_k : x in X(j) }, where X(j) are the
strategies to which j is a best response, E(j) the replies with the same payoff as j to the attacker against
every defence, and j ranges over the replies that are strictly best against some strategy (von Stengel and
Zamir 2010, doi:10.1016/j.geb.2009.11.008). Often the supremum is not attained: at the best x another reply
ties, and adding a little of a strategy from the interior of X(j) makes the attacker prefer j.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import charge_program
from advgame.equilibria.algorithms.indifference import TIGHT
from advgame.games import Game
from advgame.games.tolerances import TIE

THIN = 1e-9  # of the attacker's payoff range: a reply that is best by less counts as never strictly best
SHARPER = 1e4  # makes the attacker's ties finer than HiGHS's smallest tolerance


@dataclass(frozen=True, eq=False)
class WeakPlan:
    """A mixed strategy, the most harmful best response to it, and the supremum."""

    defender: FloatArray  # (defences,)
    reply: int
    supremum: float  # money: what the best mixed strategies come near to, or reach
    bound: float  # money: from duality, that no mixed strategy exceeds
    attained: bool  # whether this mixed strategy earns the supremum itself


def best_weak_plan(game: Game, within: float) -> WeakPlan:
    """The strategy that earns the supremum, or at most ``within`` of the defender's payoff range less.

    If ``within`` is so small that only rounding would break the tie, the strategy is moved further inside.

    >>> game = Game([[0, 3], [2, 1]], [[1, 0], [0, 1]])  # at the half of each, the attacker is indifferent
    >>> plan = best_weak_plan(game, within=0.01)
    >>> round(plan.supremum, 9), plan.attained, plan.defender.round(3).tolist()
    (2.0, False, [0.485, 0.515])
    """
    regions = [region for reply in range(game.shape[1]) if (region := _region(game, reply)) is not None]
    chosen = max(regions, key=lambda region: region.value)
    bound = max(region.bound for region in regions)
    mixed_strategy, attained = _inside(game, chosen, within)
    return WeakPlan(mixed_strategy, most_harmful_reply(game, mixed_strategy), chosen.value, bound, attained)


def most_harmful_reply(game: Game, defender: FloatArray) -> int:
    """The attacker's best response to a mixed strategy that is worst for the defender.

    Ties are decided exactly, from the given payoffs and mixed strategy.
    """
    near = _nearly_best(game, defender)
    if len(near) > 1:
        near = _exactly_best(game, defender, near)
    return int(near[(defender @ game.defender_payoffs[:, near]).argmin()])


def _nearly_best(game: Game, defender: FloatArray) -> NDArray[np.intp]:
    """The replies that may be best, with a tolerance well above rounding."""
    pays = defender @ game.centred_for_commitment.attacker_payoffs
    return np.flatnonzero(pays >= pays.max() - TIE * float(np.ptp(game.attacker_payoffs)))


def _exactly_best(game: Game, defender: FloatArray, replies: NDArray[np.intp]) -> NDArray[np.intp]:
    """The best of some replies, in rational numbers."""
    played = np.flatnonzero(defender)
    shares = [Fraction(share) for share in defender[played].tolist()]
    columns = game.payoffs_as_given[1][np.ix_(played, replies)].T.tolist()
    pays = [sum(s * Fraction(b) for s, b in zip(shares, column, strict=True)) for column in columns]
    best = max(pays)
    return replies[[pay == best for pay in pays]]


@dataclass(frozen=True, eq=False)
class _Region:
    """The mixed strategies to which a reply is a best response: their largest value and an interior point."""

    value: float
    bound: float
    edge: FloatArray  # (defences,) where the value is reached if all ties go well
    inside: FloatArray  # (defences,) where all other replies pay the attacker least
    margin: float  # of its payoff range: by how much they then pay less
    twins: NDArray[np.bool_]  # (attacks,) the replies that always pay the attacker the same


def _region(game: Game, reply: int) -> _Region | None:
    """The region of a reply; None if no strategy makes the reply strictly best by the required margin."""
    span = float(np.ptp(game.attacker_payoffs)) or 1.0
    gains = (game.attacker_payoffs - game.attacker_payoffs[:, [reply]]) / span  # of leaving the reply
    twins = np.all(np.abs(gains) <= TIE, axis=0)
    inside, margin = _deepest(gains[:, ~twins])
    if margin < THIN:
        return None
    value, bound, edge = _most(game.defender_payoffs[:, twins], gains[:, ~twins])
    return _Region(value, bound, edge, inside, margin, twins)


def _deepest(gains: FloatArray) -> tuple[FloatArray, float]:
    """The mixed strategy at which deviating costs the attacker most: max s with x·G_k + s ≤ 0."""
    defences, deviations = gains.shape
    if deviations == 0:
        return np.full(defences, 1 / defences), 1.0
    value, _, mixed_strategy = _most(-gains, np.empty((defences, 0)))
    return mixed_strategy, value


def _most(worth: FloatArray, gains: FloatArray) -> tuple[float, float, FloatArray]:
    """max v with x·W_k ≥ v and x·G_k ≤ 0 over mixed strategies x: v at the optimum, the dual bound, and x."""
    from scipy.optimize import linprog

    defences, goals = worth.shape
    charge_program(worth.size + gains.size)
    low, span = float(worth.min()), float(np.ptp(worth)) or 1.0
    unit = (worth - low) / span
    deviations = gains.shape[1]
    program = linprog(
        np.append(np.zeros(defences), -1.0),
        A_ub=np.block([[-unit.T, np.ones((goals, 1))], [SHARPER * gains.T, np.zeros((deviations, 1))]]),
        b_ub=np.zeros(goals + deviations),
        A_eq=np.append(np.ones(defences), 0.0)[None, :],
        b_eq=[1.0],
        bounds=[(0, None)] * defences + [(None, None)],
        method="highs-ds",
        options=TIGHT,
    )
    if program.status != 0:
        return -np.inf, -np.inf, np.full(defences, 1 / defences)
    mixed_strategy = _mixed_strategy(program.x[:-1])
    weights, prices = np.split(np.maximum(-program.ineqlin.marginals, 0.0), [goals])
    weights /= weights.sum()
    bound = float((unit @ weights - SHARPER * (gains @ prices)).max())  # valid for any dual variables
    return low + span * float((mixed_strategy @ unit).min()), low + span * bound, mixed_strategy


def _inside(game: Game, region: _Region, within: float) -> tuple[FloatArray, bool]:
    """The boundary point if its ties are harmless, otherwise a point just inside."""
    span = float(np.ptp(game.defender_payoffs))
    for mixed_strategy in (region.edge, region.inside):
        if _weak_worth(game, mixed_strategy) >= region.value - 1e-10 * span:
            return mixed_strategy, True
    loss = region.value - float((region.inside @ game.defender_payoffs)[region.twins].min())
    step = min(1.0, max(within * span / loss if loss > 0 else 1.0, 4 * TIE / region.margin))
    return _mixed_strategy((1 - step) * region.edge + step * region.inside), False


def _weak_worth(game: Game, mixed_strategy: FloatArray) -> float:
    """The value of a mixed strategy, however rounding breaks the attacker's ties."""
    return float((mixed_strategy @ game.defender_payoffs)[_nearly_best(game, mixed_strategy)].min())


def _mixed_strategy(shares: FloatArray) -> FloatArray:
    kept = np.where(shares > 1e-13, shares, 0.0)
    return np.asarray(kept / kept.sum())
