"""The mixed-integer program of a robust commitment, in units of both players' payoff ranges.

    max v  with  v ≤ x·A_j, or some k surely better than j for the attacker, for every reply j

HiGHS solves it here; `rank_one/reply_tree.py` searches the same choices for small games.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import charge_program
from advgame.equilibria.algorithms.indifference import TIGHT
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts
from advgame.games import Game

SURE = 1e-6  # of the attacker's payoff range: by how much a reply must be better to count as surely better
WITHIN = 1e-6  # of the defender's payoff range: how near the best value HiGHS comes with binary variables
NODES = 20_000  # of the branch-and-bound tree

Pairs = tuple[tuple[int, int], ...]  # (better reply, worse reply)


class RobustProgram:
    """The mixed-integer program of a game, in units of both players' payoff ranges.

    Variables are x (defences,), v, and w (pairs,): w = 1 where the first reply of the pair is surely better
    than the second, whose harm then does not count.

    Args:
        game: payoffs at the amounts assumed.
        amounts: those that may differ.
        slack: money by which the attacker may fall short of its best reply.
        least, most: bounds in money on the best guaranteed value.
    """

    def __init__(
        self, game: Game, amounts: UncertainAmounts, slack: float, least: float, most: float
    ) -> None:
        span = float(np.ptp(game.attacker_payoffs)) or 1.0
        worth = game.defender_payoffs
        self.low, self.span = float(worth.min()), float(np.ptp(worth)) or 1.0
        self.worth = (worth - self.low) / self.span  # (defences, attacks)
        self.least = (least - self.low) / self.span - WITHIN
        self.most = (most - self.low) / self.span + WITHIN
        self.pays = game.attacker_payoffs / span
        self.effects = amounts.effects / span
        self.low_deviation, self.high_deviation = amounts.low, amounts.high
        self.sure = slack / span + SURE
        self.attacks = [reply for reply in range(game.shape[1]) if not self._always_beaten(reply)]
        self.pairs: Pairs = tuple(
            (better, worse)
            for better, worse in product(self.attacks, repeat=2)
            if better != worse and self._harms(worse) and self._may_beat(better, worse)
        )

    def solve(self) -> tuple[Pairs, float] | None:
        """The pairs with a surely better reply at the best mixed strategy, and a bound on its value."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        defences, count = len(self.worth), len(self.pairs)
        rows, limits = self._rows()
        charge_program(rows.size)
        whole = np.append(np.ones(defences), np.zeros(1 + count))
        lowest, highest = np.zeros(len(whole)), np.ones(len(whole))
        lowest[defences], highest[defences] = self.least, self.most
        program = milp(
            np.concatenate([np.zeros(defences), [-1.0], np.zeros(count)]),
            integrality=np.concatenate([np.zeros(defences + 1), np.ones(count)]),
            bounds=Bounds(lowest, highest),
            constraints=[LinearConstraint(rows, -np.inf, limits), LinearConstraint(whole, 1.0, 1.0)],
            options={"node_limit": NODES, "mip_rel_gap": 0.0},
        )
        if program.x is None:
            return None
        chosen = program.x[defences + 1 :] > 0.5
        pairs = tuple(pair for pair, used in zip(self.pairs, chosen, strict=True) if used)
        bound = -float(program.mip_dual_bound if self.pairs else program.fun)
        return pairs, self.low + self.span * bound

    def polished(self, pairs: Pairs) -> FloatArray | None:
        """The best mixed strategy under which these replies are surely better, at the finest tolerance."""
        from scipy.optimize import linprog

        beaten = {worse for _, worse in pairs}
        rows = [np.append(-self.worth[:, reply], 1.0) for reply in self.attacks if reply not in beaten]
        limits = [0.0] * len(rows)
        for better, worse in pairs:
            for gain in self.advantages(better, worse):
                rows.append(np.append(-gain, 0.0))
                limits.append(-self.sure)
        charge_program(len(rows) * len(rows[0]))
        program = linprog(
            np.append(np.zeros(len(self.worth)), -1.0),
            A_ub=np.array(rows),
            b_ub=limits,
            A_eq=np.append(np.ones(len(self.worth)), 0.0)[None, :],
            b_eq=[1.0],
            bounds=(0, 1),
            method="highs-ds",
            options=TIGHT,
        )
        if program.status != 0:
            return None
        kept = np.where(program.x[:-1] > 1e-13, program.x[:-1], 0.0)
        return np.asarray(kept / kept.sum())

    def advantages(self, better: int, worse: int) -> Iterator[FloatArray]:
        """(defences,) at each corner of the amounts: the advantage at x is the least of x · these.

        Amounts that change the advantage alike for all defences need no corner: their worst end is known.
        """
        gain = self.pays[:, better] - self.pays[:, worse]
        change = self.effects[:, :, better] - self.effects[:, :, worse]  # (amounts, defences)
        ends = np.minimum(self.low_deviation[:, None] * change, self.high_deviation[:, None] * change)
        one_way = np.all(change >= 0, axis=1) | np.all(change <= 0, axis=1)
        gain = gain + ends[one_way].sum(axis=0)
        open_ends = zip(self.low_deviation[~one_way], self.high_deviation[~one_way], strict=True)
        for corner in product(*open_ends):
            yield gain + np.asarray(corner) @ change[~one_way] if corner else gain

    def _always_beaten(self, reply: int) -> bool:
        """Whether one other reply is surely better against every defence, and so against every mixture."""
        return any(
            rival != reply and self._least_advantage(rival, reply) > self.sure
            for rival in range(self.pays.shape[1])
        )

    def _harms(self, reply: int) -> bool:
        """Whether the reply may cost the defender so much that it must be ruled out."""
        return bool(self.worth[:, reply].min() < self.most)

    def _least_advantage(self, better: int, worse: int) -> float:
        return min(float(gain.min()) for gain in self.advantages(better, worse))

    def _may_beat(self, better: int, worse: int) -> bool:
        """Whether the one is surely better than the other against some defence; else it never is."""
        return min(float(gain.max()) for gain in self.advantages(better, worse)) >= self.sure

    def _rows(self) -> tuple[FloatArray, FloatArray]:
        """The inequalities rows · (x, v, w) ≤ limits."""
        defences, count = len(self.worth), len(self.pairs)
        rows: list[FloatArray] = []
        limits: list[float] = []
        of_worse = np.array([worse for _, worse in self.pairs], np.intp)
        for reply in self.attacks:
            harm = max(0.0, self.most - float(self.worth[:, reply].min()))
            counted = harm * (of_worse == reply)
            rows.append(np.concatenate([-self.worth[:, reply], [1.0], -counted]))  # v ≤ x·A_j + harm w
            limits.append(0.0)
        for place, (better, worse) in enumerate(self.pairs):
            for gain in self.advantages(better, worse):
                slack = self.sure - float(gain.min())  # what the weakest defence lacks
                used = np.zeros(count)
                used[place] = slack
                rows.append(np.concatenate([-gain, [0.0], used]))  # x·gain ≥ sure − slack (1 − w)
                limits.append(slack - self.sure)
        for place, (better, _) in enumerate(self.pairs):  # what is beaten need not beat, by transitivity
            used = (of_worse == better).astype(float)
            used[place] = 1.0
            rows.append(np.concatenate([np.zeros(defences + 1), used]))
            limits.append(1.0)
        return np.array(rows).reshape(-1, defences + 1 + count), np.array(limits)
