"""Commitment: the defender announces a defence or a mixed strategy, and the attacker responds.

Also called a Stackelberg equilibrium. For each reply of the attacker, a linear program computes the optimal
mixed strategy to which it is a best response (Conitzer and Sandholm 2006, doi:10.1145/1134707.1134717).
In the strong form the attacker breaks ties in the defender's favour: a deterring mixed strategy leaves the
attacker indifferent, and a slightly higher probability of the deterring defence makes the response strict.
In the weak form ties are broken against the defender; its solution includes that small increase.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import charge_program
from advgame.equilibria.algorithms.indifference import TIGHT
from advgame.equilibria.concepts.weak_commitment import best_weak_plan, most_harmful_reply
from advgame.equilibria.rank_one.penalised_program import only_optimum
from advgame.equilibria.solution import Concept, Solution, Timing, certified, in_original_game
from advgame.games import Certificate, Game, Profile
from advgame.games.profile import relative_regret
from advgame.games.tolerances import TIE

SHARPER = 1e4  # scales the attacker's ties to a finer tolerance than HiGHS allows
REMARK = "One optimal commitment; others may have the same value."
APPROACHED = (
    "The value of commitments approaches {:.9g} but may not reach it, because an indifferent attacker "
    "does the most harm; this one is within {:g} of the payoff range."
)
PROGRAMS = "linear programs (HiGHS)"
TOO_NEAR = "Within {:g} of the supremum {:.9g} only rounding breaks the attacker's tie; set a larger within."


@dataclass(frozen=True)
class Plan:
    """A mixed strategy, the reply to it, and an upper bound for every commitment."""

    defender: FloatArray  # (defences,)
    reply: int
    bound: float = -np.inf  # money: upper bound for commitments with this reply


@dataclass(frozen=True)
class Commitment(Concept):
    """The optimal commitment of the defender: a mixed strategy, or a single defence if ``pure``.

    With ``weak`` the attacker breaks ties against the defender. An optimal strategy may then not exist:
    the solution's ``bound`` is the supremum, and the returned strategy earns it or comes within ``within``
    of it, in units of the defender's payoff range. The defender's regret in the certificate is the excess
    of other commitments beyond that.
    """

    timing: ClassVar[Timing] = Timing.LEADER
    pure: bool = False
    weak: bool = False
    within: float = 1e-6  # of the defender's payoff range; used only if the supremum is not attained

    @property
    def name(self) -> str:
        """``commitment``, prefixed with ``pure_``, ``weak_`` or ``weak_pure_`` according to the settings."""
        return self._called("commitment")

    @property
    def situation(self) -> str:
        """The situation: one defence or a mixed strategy is announced, and how ties are broken."""
        if self.weak:
            announced = "One defence" if self.pure else "The defence"
            return f"{announced} is announced, and an indifferent attacker does the most harm"
        if self.pure:
            return "One defence is announced for all inputs"
        return "The defence is announced and may be a mixed strategy"

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names after Stackelberg."""
        return (self._called("stackelberg"),)

    @property
    def batch_method(self) -> str | None:
        """The compiled method; only for the strong form."""
        return None if self.weak else self.name

    @property
    def ties_favour_defender(self) -> bool:
        """In the strong form."""
        return not self.weak

    @property
    def compared(self) -> bool:
        """In the strong form."""
        return not self.weak

    def _called(self, name: str) -> str:
        return ("weak_" if self.weak else "") + ("pure_" if self.pure else "") + name

    def solve(self, game: Game) -> Solution:
        """The optimal commitment with the attacker's response, certified by a bound on all others.

        >>> round(Commitment(weak=True).solve(Game([[0, 3], [2, 1]], [[1, 0], [0, 1]])).bound, 9)
        2.0
        """
        if game.centred_for_commitment is not game:
            return in_original_game(self.solve(game.centred_for_commitment), game)
        if self.weak:
            return self._weak_pure(game) if self.pure else self._weak_mixed(game)
        plan, bound = _best_pure(game) if self.pure else _best_mixed(game)
        method = "comparison" if self.pure else "two rows" if game.shape[0] == 2 else PROGRAMS
        return self._solution(game, _committed_profile(game, plan, bound), bound, method)

    def _weak_pure(self, game: Game) -> Solution:
        mixed_strategies = np.eye(game.shape[0])
        plans = [
            Plan(mixed_strategy, most_harmful_reply(game, mixed_strategy))
            for mixed_strategy in mixed_strategies
        ]
        plan = max(plans, key=lambda plan: _worth(game, plan))
        bound = _worth(game, plan)
        return self._solution(game, _committed_profile(game, plan, bound), bound, "comparison")

    def _weak_mixed(self, game: Game) -> Solution:
        weak_plan = best_weak_plan(game, self.within)
        short = 0.0 if weak_plan.attained else self.within * float(np.ptp(game.defender_payoffs))
        profile = _committed_profile(game, Plan(weak_plan.defender, weak_plan.reply), weak_plan.bound - short)
        remark = REMARK if weak_plan.attained else APPROACHED.format(weak_plan.supremum, self.within)
        if not profile.certificate.valid:
            remark = TOO_NEAR.format(self.within, weak_plan.supremum)
        return self._solution(game, profile, weak_plan.supremum, PROGRAMS, remark)

    def _solution(
        self, game: Game, profile: Profile, bound: float, method: str, remark: str = REMARK
    ) -> Solution:
        kind = "single defence" if self.pure else "mixed strategy"
        ties = ", if an indifferent attacker does the most harm" if self.weak else ""
        return Solution(
            self.name,
            game,
            certified([profile]),
            components=(),
            complete=False,
            rule=f"the optimal {kind} to commit to{ties}",
            method=method,
            remark=remark,
            bound=bound,
        )


def _best_pure(game: Game) -> tuple[Plan, float]:
    slack = TIE * float(np.ptp(game.attacker_payoffs))
    tied = game.attacker_payoffs >= game.attacker_payoffs.max(axis=1, keepdims=True) - slack
    value = np.where(tied, game.defender_payoffs, -np.inf)  # (defences, attacks)
    row, reply = np.unravel_index(int(value.argmax()), value.shape)
    return Plan(np.eye(game.shape[0])[row], int(reply)), float(value.max())


def _best_mixed(game: Game) -> tuple[Plan, float]:
    """The best plan and an upper bound for all. Replies that cannot be optimal are skipped."""
    best, _ = _best_pure(game)
    value = _worth(game, best)
    bound = value
    most = game.defender_payoffs.max(axis=0)  # (attacks,): upper bound for each reply
    for reply in np.argsort(-most, kind="stable"):
        if most[reply] <= value:
            break
        for plan in _plans(game, int(reply)):
            bound = max(bound, plan.bound)
            if _worth(game, plan) > value:
                best, value = plan, _worth(game, plan)
    return best, bound


def _worth(game: Game, plan: Plan) -> float:
    return float(plan.defender @ game.defender_payoffs[:, plan.reply])


def _plans(game: Game, reply: int) -> Iterator[Plan]:
    """The optimal mixed strategy to which ``reply`` is a best response; empty if there is none."""
    return _from_two_rows(game, reply) if game.shape[0] == 2 else _from_program(game, reply)


def _from_two_rows(game: Game, reply: int) -> Iterator[Plan]:
    """With two defences, ``reply`` is best on an interval of the second one's probability."""
    low, high = 0.0, 1.0
    for first, second in (game.attacker_payoffs - game.attacker_payoffs[:, [reply]]).T:
        if max(first, second) <= 0:
            continue
        if min(first, second) > 0 or first == second:
            return
        crossing = first / (first - second)
        low, high = (max(low, crossing), high) if first > second else (low, min(high, crossing))
    if low > high:
        return
    ends = [Plan(np.array([1 - share, share]), reply) for share in (low, high)]
    best = max(ends, key=lambda plan: _worth(game, plan))
    yield Plan(best.defender, reply, bound=_worth(game, best))


def _from_program(game: Game, reply: int) -> Iterator[Plan]:
    span = float(np.ptp(game.attacker_payoffs)) or 1.0
    alternatives = np.arange(game.shape[1]) != reply
    gains = (game.attacker_payoffs - game.attacker_payoffs[:, [reply]])[:, alternatives] / span
    optimum = best_mixed_strategy(game.defender_payoffs[:, reply], gains)
    if optimum is not None:
        yield Plan(optimum[0], reply, bound=optimum[1])


def best_mixed_strategy(worth: FloatArray, gains: FloatArray) -> tuple[FloatArray, float] | None:
    """The mixed strategy x that maximises x·worth subject to x·gains ≤ 0, and a bound from duality.

    >>> mixed_strategy, bound = best_mixed_strategy(np.array([3.0, 1.0]), np.array([[1.0], [-1.0]]))
    >>> mixed_strategy.round(9).tolist(), round(bound, 9)
    ([0.5, 0.5], 2.0)

    Args:
        worth: (defences,) payoffs of the defender.
        gains: (defences, k) gains of the attacker from k deviations, of order 1.

    Returns:
        The strategy and the bound; None if the attacker deviates from every mixed strategy.
    """
    if gains.size and gains.min(axis=0).max() > 0:
        return None  # another reply is better against every defence
    charge_program(gains.size)
    optimum = only_optimum(worth, gains)
    if optimum is None:
        return _by_highs(worth, gains)
    if optimum.mix is None:
        return None
    return _sharpened(optimum.mix, gains), float((worth - gains @ optimum.prices).max())


def _by_highs(worth: FloatArray, gains: FloatArray) -> tuple[FloatArray, float] | None:
    """Like `best_mixed_strategy`, for programs of any size and with any number of optima."""
    from scipy.optimize import linprog

    program = linprog(
        -worth / (float(np.ptp(worth)) or 1.0),
        A_ub=SHARPER * gains.T if gains.size else None,
        b_ub=np.zeros(gains.shape[1]) if gains.size else None,
        A_eq=np.ones((1, len(worth))),
        b_eq=[1.0],
        method="highs-ds",
        options=TIGHT,
    )
    if program.status != 0:
        return None
    prices = np.maximum(-SHARPER * program.ineqlin.marginals, 0.0) if gains.size else np.zeros(0)
    # Valid for any dual variables
    bound = float((worth - gains @ prices * (float(np.ptp(worth)) or 1.0)).max())
    return _sharpened(program.x, gains), bound


def _sharpened(mixed_strategy: FloatArray, gains: FloatArray) -> FloatArray:
    """The mixed strategy with nearly zero gains made exactly zero, if possible."""
    played = np.flatnonzero(mixed_strategy > 1e-13)
    plain = np.where(mixed_strategy > 1e-13, mixed_strategy, 0.0) / mixed_strategy[played].sum()
    tight = np.flatnonzero(np.abs(plain @ gains) < 1e-9)
    system = np.vstack([gains[np.ix_(played, tight)].T, np.ones(len(played))])
    exact = np.linalg.lstsq(system, np.append(np.zeros(len(tight)), 1.0), rcond=None)[0]
    sharp = np.zeros_like(plain)
    sharp[played] = exact
    better = exact.min() >= 0 and (sharp @ gains).max(initial=0.0) <= (plain @ gains).max(initial=0.0)
    return np.asarray(sharp / sharp.sum() if better else plain)


def _committed_profile(game: Game, plan: Plan, bound: float) -> Profile:
    mixed_strategy, reply = plan.defender, plan.reply
    value = _worth(game, plan)
    to_attacker = mixed_strategy @ game.attacker_payoffs
    certificate = Certificate(
        relative_regret(bound - value, game.defender_payoffs),
        relative_regret(float(to_attacker.max() - to_attacker[reply]), game.attacker_payoffs),
    )
    return Profile(
        mixed_strategy, np.eye(game.shape[1])[reply], value, float(to_attacker[reply]), certificate
    )
