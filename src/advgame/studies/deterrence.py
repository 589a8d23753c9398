"""The least defence that makes the attacker stay away, and whether it pays more than enduring the attack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.attacker_amounts import attacker_amounts
from advgame.decision.policies import Policy, policies, same_worth
from advgame.decision.recommendation import played
from advgame.decision.situation import Situation
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts, possible_replies
from advgame.errors import InputError, SolverError
from advgame.games import Game
from advgame.number_text import mixture, significant
from advgame.scenarios.knowledge import NETWORK
from advgame.studies.study_contract import Study, StudyResult

if TYPE_CHECKING:
    import pandas as pd

SURE = 1e-6  # of the attacker's payoff range: by how much staying away is better than every attack
COST = "attack_cost"
BINDING = 1e-4  # of the attacker's payoff range: attacks as near to paying as this decide the defence
Strategy = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Deterring:
    """A defence under which no attack pays, whatever the attacker's amounts within the margin."""

    deploy: Strategy
    value: float  # to the defender, with no attack; money per classified input
    barely: tuple[str, ...]  # the attacks that decide it: with a little less defence they would pay


@dataclass(frozen=True, eq=False)
class Deterrence(StudyResult):
    """What deterring is worth against enduring; money is per classified input.

    ``missing_cost`` is the amount by which the attacker's cost per attacked input would have to rise for a
    defence to deter, within the margin of the risen cost; 0 where one does already.
    """

    mixed: Deterring | None  # the best mixed strategy that deters; the attacker must know of it
    single: Deterring | None  # the best single network that deters
    at_exact_amounts: Deterring | None  # the best mixed strategy if all amounts are exactly as assumed
    endured: Policy | None  # the best policy under which the attacker attacks
    without_attacker: float  # what the best defence would be worth if there were no attacker
    missing_cost: float
    chosen: Deterring | None  # of ``mixed`` and ``single``: what is possible if the attacker sees the network
    margin: float
    intervals: bool = False  # whether the scenario states intervals for amounts of the attacker

    @property
    def cost_against_enduring(self) -> float | None:
        """What deterring costs more than enduring; negative where deterring is worth more."""
        if self.chosen is None or self.endured is None:
            return None
        return self.endured.worth - self.chosen.value

    @property
    def sentence(self) -> str:
        """The least defence that deters, its cost against having no attacker, and against enduring."""
        if self.chosen is None:
            return (
                f"No {'defence' if self.mixed is None else 'single defence'} of the scenario deters the "
                f"attacker: under each, some attack pays{self._within()}. An attacked input would have to "
                f"cost the attacker {significant(self.missing_cost, 3)} more.{self._enduring()}"
            )
        less = f"{significant(self.without_attacker - self.chosen.value, 3)} less than"
        if same_worth(self.without_attacker, self.chosen.value):
            less = "as much as the best defence"
        return (
            f"The least defence that deters is {mixture(self.chosen.deploy)}, announced: worth "
            f"{significant(self.chosen.value)} per input, {less} without an attacker.{self._enduring()}"
        )

    def _within(self) -> str:
        if self.intervals:
            return " for some amounts within the margin or the intervals stated"
        return f" within a margin of {100 * self.margin:g} %" if self.margin else ""

    def _enduring(self) -> str:
        if self.endured is None:
            return " No policy in the comparison leaves the attacker a reason to attack."
        worth = f"Enduring attacks ({self.endured.kind.value}) is worth {significant(self.endured.worth)}"
        cost = self.cost_against_enduring
        if cost is None:
            return f" {worth}."
        if same_worth(self.endured.worth, self.endured.worth - cost):
            return f" {worth}, as much as deterring."
        compared = "more" if cost > 0 else "less"
        return f" {worth}, {significant(abs(cost), 3)} {compared}."

    def frame(self) -> pd.DataFrame:
        """One row per way to deter, and one for enduring."""
        import pandas as pd

        ways = {
            "deter by a mixed strategy": self.mixed,
            "deter by a single network": self.single,
            "deter at exact amounts": self.at_exact_amounts,
        }
        rows = [
            {
                "way": way,
                "possible": deterrents is not None,
                "deploy": "" if deterrents is None else mixture(deterrents.deploy),
                "value": np.nan if deterrents is None else deterrents.value,
                "attack": "none",
                "decided_by": "" if deterrents is None else ", ".join(deterrents.barely),
            }
            for way, deterrents in ways.items()
        ]
        if self.endured is not None:
            rows.append(
                {
                    "way": "endure",
                    "possible": True,
                    "deploy": mixture(self.endured.deploy),
                    "value": self.endured.worth,
                    "attack": self.endured.response,
                    "decided_by": "",
                }
            )
        return pd.DataFrame(rows)


@dataclass(frozen=True)
class DeterrenceStudy(Study[Deterrence]):
    """What is the least defence that makes the attacker stay away, and does it pay to deter?

    The attacker's rewards and costs may differ from those assumed by the scenario's ``attacker_margin``, or
    lie in their intervals; staying away must be best for all of them.
    """

    name: ClassVar[str] = "deterrence"

    def run(self, situation: Situation) -> Deterrence:
        """The cheapest strategies that deter, and the best that endures.

        Raises:
            InputError: when no attack has any traffic, so that there is nothing to deter.
            SolverError: when a linear program could not be solved.
        """
        game, share = situation.game, situation.accuracies.adversarial_share
        if not np.any(share > 0):
            raise InputError(
                "No attack of the scenario has any traffic, so there is nothing to deter. Set largest_share "
                "above 0, or add an attack."
            )
        columns = np.append(0, np.flatnonzero(share > 0))
        uncertain, certain = attacker_amounts(situation.scenario), UncertainAmounts.certain(game)
        mixed = _Program(game, uncertain, columns, share)
        single = _single(game, uncertain, share)
        best = mixed.deterring()
        if best is None and single is not None:
            best = single  # at the edge of what programs with floats can decide
        table = policies(situation)
        attacked = [policy for policy in table.available if _is_attacked(policy, game)]
        known = situation.scenario.knowledge == NETWORK  # then a mixed strategy deters nobody
        chosen = single if known else best
        return Deterrence(
            best,
            single,
            _Program(game, certain, columns, share).deterring(),
            max(attacked, key=lambda policy: policy.worth, default=None),
            float(game.defender_payoffs[:, 0].max()),
            0.0 if chosen is not None else mixed.missing_cost(single=known) / _certain_part(situation),
            chosen,
            situation.scenario.attacker_margin,
            bool(situation.scenario.intervals),
        )


def _is_attacked(policy: Policy, game: Game) -> bool:
    """Whether a policy is worth less than without an attacker: within the margin some attack may pay."""
    alone = float(policy.strategy @ game.defender_payoffs[:, 0])
    return not same_worth(policy.worth, alone) and policy.worth < alone


def _certain_part(situation: Situation) -> float:
    """The part of a rise of costs that surely reaches the attacker: the margin grows with the cost."""
    stated = any(address.partition("[")[0] == COST for address in situation.scenario.intervals)
    return 1.0 if stated else 1.0 - situation.scenario.attacker_margin


def _single(game: Game, amounts: UncertainAmounts, share: FloatArray) -> Deterring | None:
    """The best single network under which the attacker surely stays away."""
    rows = np.eye(game.shape[0])
    deterring = [row for row in rows if _deters(game, amounts, row, share)]
    if not deterring:
        return None
    best = max(deterring, key=lambda row: float(row @ game.defender_payoffs[:, 0]))
    return Deterring(played(game.defences, best), float(best @ game.defender_payoffs[:, 0]), ())


def _deters(game: Game, amounts: UncertainAmounts, strategy: FloatArray, share: FloatArray) -> bool:
    """Whether no reply with traffic is possible; an attack without traffic pays what staying away pays."""
    return not np.any(share[possible_replies(game, amounts, strategy)] > 0)


class _Program:
    """Linear programs over the mixed strategy x: no attack pays more than staying away.

    An attack j gains x·(B_j − B_0) + Σ_k d_k x·(E_kj − E_k0) with each d_k at the worse end of its interval:
    a variable t_kj at least as large as both ends stands for that term.
    """

    def __init__(self, game: Game, amounts: UncertainAmounts, columns: FloatArray, share: FloatArray) -> None:
        self.game, self.amounts = game, amounts
        self.span = float(np.ptp(game.attacker_payoffs)) or 1.0
        self.attacks = columns[1:].astype(int)
        self.every_share = share
        self.share = share[self.attacks]
        pays = game.attacker_payoffs / self.span
        self.gains = pays[:, self.attacks] - pays[:, :1]  # (defences, attacks)
        moved = (amounts.effects[:, :, self.attacks] - amounts.effects[:, :, :1]) / self.span
        self.terms = [
            (attack, moved[k, :, attack], float(amounts.low[k]), float(amounts.high[k]))
            for k in range(len(moved))
            for attack in range(len(self.attacks))
            if np.any(moved[k, :, attack])
        ]

    def deterring(self) -> Deterring | None:
        """The strategy that is worth most without attacks, of those that deter; None if there is none."""
        worth = self.game.defender_payoffs[:, 0]
        solved = self._solved(-worth / (float(np.ptp(worth)) or 1.0), 0.0, raising=False)
        if solved is None:
            return None
        strategy = solved[0]
        if not _deters(self.game, self.amounts, strategy, self.every_share):
            return None
        excess = self._worst(strategy)
        barely = tuple(
            self.game.attacks[attack]
            for attack, gain in zip(self.attacks.tolist(), excess.tolist(), strict=True)
            if gain > -BINDING
        )
        return Deterring(played(self.game.defences, strategy), float(strategy @ worth), barely)

    def missing_cost(self, *, single: bool) -> float:
        """The least that an attacked input must cost more so that some strategy deters.

        Args:
            single: whether only single defences count.
        """
        if single:
            needed = [((self._worst(row) + SURE) / self.share).max() for row in np.eye(self.game.shape[0])]
            return max(0.0, float(min(needed)) * self.span)
        solved = self._solved(np.zeros(self.game.shape[0]), 1.0, raising=True)
        return 0.0 if solved is None else max(0.0, solved[1] * self.span)

    def _worst(self, strategy: FloatArray) -> FloatArray:
        """The most that each attack may gain over staying away, of the attacker's payoff range."""
        gains = strategy @ self.gains
        for attack, effect, low, high in self.terms:
            change = float(strategy @ effect)
            gains[attack] += max(low * change, high * change)
        return np.asarray(gains)

    def _solved(
        self, objective: FloatArray, price: float, *, raising: bool
    ) -> tuple[FloatArray, float] | None:
        """The strategy and the rise of costs at the optimum; None if nothing satisfies all conditions."""
        from scipy.optimize import linprog

        rows, limits = self._rows(raising=raising)
        defences, terms = len(objective), len(self.terms)
        free: list[tuple[float | None, float | None]] = [(0, 1)] * defences + [(None, None)] * terms
        program = linprog(
            np.concatenate([objective, np.zeros(terms), [price]]),
            A_ub=rows,
            b_ub=limits,
            A_eq=np.concatenate([np.ones(defences), np.zeros(terms + 1)])[None, :],
            b_eq=[1.0],
            bounds=[*free, (0, None)],
            method="highs",
        )
        if program.status == 2:  # infeasible
            return None
        if program.status != 0:
            raise SolverError(f"The linear program of deterrence stopped: {program.message}")
        strategy = np.where(program.x[:defences] > 1e-12, program.x[:defences], 0.0)
        return strategy / strategy.sum(), float(program.x[-1])

    def _rows(self, *, raising: bool) -> tuple[Any, FloatArray]:
        """Conditions on (x, t, rise of costs), and their limits."""
        from scipy import sparse

        defences, count = self.game.shape[0], len(self.terms)
        width = defences + count + 1
        pays = np.zeros((len(self.attacks), width))
        pays[:, :defences] = self.gains.T
        pays[:, -1] = -self.share if raising else 0.0
        ends = np.zeros((2 * count, width))
        for place, (attack, effect, low, high) in enumerate(self.terms):
            pays[attack, defences + place] = 1.0
            for row, end in ((2 * place, low), (2 * place + 1, high)):
                ends[row, :defences], ends[row, defences + place] = end * effect, -1.0
        limits = np.concatenate([np.full(len(pays), -SURE), np.zeros(len(ends))])
        return sparse.csr_array(np.vstack([pays, ends])), limits
