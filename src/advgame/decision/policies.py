"""The policies available to the owner: under each state of the attacker's knowledge, and alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.attacker_amounts import attacker_amounts
from advgame.decision.recommendation import played, undefended_of
from advgame.decision.situation import ANSWERED_BY, Situation, situate
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts, worst_reply
from advgame.errors import SolverError
from advgame.games import Game
from advgame.games.tolerances import TIE
from advgame.scenarios import Scenario
from advgame.scenarios.knowledge import MIXTURE, NETWORK, NOTHING

if TYPE_CHECKING:
    import pandas as pd

# Of 1 and the amounts compared: a smaller difference is none, as programs with integers end there
SAME = 2e-6
QUANTAL_PRECISION = 50.0  # λ of the boundedly rational attacker, times the attacker's payoff range


class Kind(Enum):
    """What sort of policy it is; the value is its name in tables."""

    HIDDEN = "kept secret"
    MIXTURE = "announced mixture"
    NETWORK = "known network"
    STACKELBERG = "Stackelberg strategy"
    SINGLE = "single defence"
    UNDEFENDED = "doing nothing"
    MAXIMIN = "maximin strategy"
    STOPPED = "service not run"


NOT_RUN = "not running the service"  # the policy `Kind.STOPPED` in a sentence
OBSERVED_BY = {  # the states of the attacker's knowledge in which the owner can choose a policy of each kind
    Kind.HIDDEN: (NOTHING,),
    Kind.MIXTURE: (NOTHING, MIXTURE),
    Kind.STACKELBERG: (NOTHING, MIXTURE),
    Kind.MAXIMIN: (NOTHING, MIXTURE),
    Kind.NETWORK: (NOTHING, MIXTURE, NETWORK),
    Kind.SINGLE: (NOTHING, MIXTURE, NETWORK),
    Kind.UNDEFENDED: (NOTHING, MIXTURE, NETWORK),
    Kind.STOPPED: (NOTHING, MIXTURE, NETWORK),
}


@dataclass(frozen=True, eq=False)
class Policy:
    """One thing the owner can do, and what it is worth to an attacker who knows it and to one who does not.

    All values are to the defender, in money per classified input; ties of the attacker are broken against
    the defender.
    """

    kind: Kind
    deploy: tuple[tuple[str, float], ...]  # defences and their probabilities; empty: the service is not run
    strategy: FloatArray  # (defences,) probabilities; zeros where the service is not run
    response: str  # the attack that is a best response to it
    share: float  # of the traffic that is adversarial under that response
    threat: str  # the response within the margin that costs the defender most
    threat_share: float  # of the traffic that is adversarial under that response
    if_known: float  # against the attacker's best response
    guaranteed: float  # the least while the attacker's rewards and costs lie within the margin
    at_equilibrium: float  # against the attacker's strategy of the Nash equilibrium; NaN if none is certified
    near_best: float  # against an attacker who may choose any response within the margin of its payoff range
    quantal: float  # against an attacker who errs, costly errors being rarer
    at_best: float  # against the best response that suits the defender most, if the attacker is indifferent

    @property
    def worth(self) -> float:
        """What the policy counts for: a secret mixture at the equilibrium, any other one what is guaranteed.

        A single network in equilibrium can be foreseen by whoever solves the game: secrecy protects only
        the draw of a mixed strategy.
        """
        secret = self.kind is Kind.HIDDEN and self.single is None
        return self.at_equilibrium if secret else self.guaranteed

    @property
    def single(self) -> str | None:
        """The defence deployed for all inputs; None for a mixed strategy."""
        return self.deploy[0][0] if len(self.deploy) == 1 else None


@dataclass(frozen=True, eq=False)
class Policies:
    """The policies of a scenario, and the one that its owner should choose.

    Args:
        scenario: the question.
        game: its payoffs.
        policies: the recommendation under each state of knowledge first, then every other policy.
        margin: by which the attacker's rewards and costs may differ from those assumed.
        uncertain: whether any of those amounts may differ: an amount of 0 has no margin, unless an interval
            is given.
    """

    scenario: Scenario
    game: Game
    policies: tuple[Policy, ...]
    margin: float
    uncertain: bool

    def of(self, kind: Kind) -> Policy | None:
        """The first policy of a kind; None where there is none."""
        return next((policy for policy in self.policies if policy.kind is kind), None)

    @cached_property
    def stated(self) -> Policy:
        """The recommendation under what the scenario says that the attacker knows."""
        kind = {NOTHING: Kind.HIDDEN, MIXTURE: Kind.MIXTURE, NETWORK: Kind.NETWORK}[self.scenario.knowledge]
        return next(policy for policy in self.policies if policy.kind is kind)

    @cached_property
    def available(self) -> tuple[Policy, ...]:
        """Those that the owner can choose: an attacker who sees the network leaves no secret mixture."""
        knowledge = self.scenario.knowledge
        return tuple(policy for policy in self.policies if knowledge in OBSERVED_BY[policy.kind])

    @cached_property
    def verdict(self) -> Policy:
        """The policy to choose: the one stated, unless another available one is worth more.

        It is never worth less than any other available policy, beyond 2e-6 of the amounts.
        """
        best = max(self.available, key=lambda policy: policy.worth)
        return self.stated if same_worth(self.stated.worth, best.worth) else best

    def against_verdict(self, policy: Policy) -> float:
        """What a policy is worth more than the one to choose, money per classified input; 0 if negligible."""
        return 0.0 if same_worth(policy.worth, self.verdict.worth) else policy.worth - self.verdict.worth

    @property
    def announces(self) -> bool:
        """Whether the defence could be kept secret, and the policy to choose is known to the attacker."""
        return self.stated.kind is Kind.HIDDEN and self.verdict.kind not in (Kind.HIDDEN, Kind.STOPPED)

    @property
    def named(self) -> tuple[Policy, ...]:
        """All but the single defences, in the order of the table."""
        return tuple(policy for policy in self.policies if policy.kind is not Kind.SINGLE)

    @property
    def singles(self) -> tuple[Policy, ...]:
        """Every single defence, the one worth most first."""
        singles = (policy for policy in self.policies if policy.kind is Kind.SINGLE)
        return tuple(sorted(singles, key=lambda policy: -policy.worth))

    @property
    def alike(self) -> tuple[tuple[Policy, ...], ...]:
        """All policies in the order of the table, those together that deploy the same and are worth the same.

        The named ones come first, then the single defences, the one worth most first.
        """
        groups: list[list[Policy]] = []
        for policy in (*self.named, *self.singles):
            group = next((group for group in groups if _same_policy(group[0], policy)), None)
            if group is None:
                groups.append([policy])
            else:
                group.append(policy)
        return tuple(map(tuple, groups))

    @property
    def best_single(self) -> Policy:
        """The best single network known to the attacker."""
        return next(policy for policy in self.policies if policy.kind is Kind.NETWORK)

    @property
    def undefended(self) -> Policy:
        """Doing nothing: the undefended network, or where none is named the one best without attacks."""
        return next(policy for policy in self.policies if policy.kind is Kind.UNDEFENDED)

    @property
    def price_of_secrecy(self) -> float | None:
        """What keeping the best defence secret earns more than announcing the best; negative where it loses.

        Money per classified input; None where one of the two could not be certified.
        """
        hidden, announced = self.of(Kind.HIDDEN), self.of(Kind.MIXTURE)
        return None if hidden is None or announced is None else hidden.worth - announced.worth

    @property
    def price_of_margin(self) -> float | None:
        """What the Stackelberg strategy would be worth more if all amounts were exactly as assumed.

        Money per classified input, with ties in the defender's favour; None where it could not be computed.
        """
        exact, robust = self.of(Kind.STACKELBERG), self.of(Kind.MIXTURE)
        return None if exact is None or robust is None else exact.at_best - robust.worth

    def frame(self) -> pd.DataFrame:
        """A row for each policy; amounts in money per classified input, and per month with a volume."""
        import pandas as pd

        volume = self.scenario.volume_per_month
        rows = [
            {
                "policy": policy.kind.value,
                "deploy": " + ".join(f"{share:.6g} {name}" for name, share in policy.deploy),
                "worth": policy.worth,
                "if_known": policy.if_known,
                "guaranteed": policy.guaranteed,
                "at_equilibrium": policy.at_equilibrium,
                "near_best": policy.near_best,
                "quantal": policy.quantal,
                "response": policy.response,
                "adversarial_share": policy.share,
                **({} if volume is None else {"worth_per_month": policy.worth * volume}),
                "minus_verdict": self.against_verdict(policy),
                "available": policy in self.available,
                "verdict": policy is self.verdict,
            }
            for policy in self.policies
        ]
        return pd.DataFrame(rows)


def policies(scenario: Scenario | Situation) -> Policies:
    """What the owner of a scenario can do, each policy valued against every kind of attacker.

    >>> from advgame.scenarios import case
    >>> table = policies(case("cifar10-two-defences"))
    >>> table.verdict.kind.value, round(table.verdict.worth, 3), round(table.price_of_secrecy, 3)
    ('announced mixture', 0.867, -0.062)

    Args:
        scenario: a scenario, or a situation, whose game is not built again.

    Raises:
        SolverError: when the recommendation under the stated knowledge could not be certified.
        UnknownName: when the scenario's undefended network is not among its defences.
    """
    situation = scenario if isinstance(scenario, Situation) else situate(scenario)
    table = _Valuation(situation)
    rows = [
        *table.answered(Kind.HIDDEN, ANSWERED_BY[NOTHING]),
        *table.answered(Kind.MIXTURE, ANSWERED_BY[MIXTURE]),
        *table.answered(Kind.NETWORK, ANSWERED_BY[NETWORK]),
        *table.answered(Kind.STACKELBERG, "commitment"),
        table.undefended(),
        *table.answered(Kind.MAXIMIN, "worst_case"),
        *table.singles(),
    ]
    if situation.scenario.may_stop:
        rows.append(table.stopped())
    uncertain = len(table.amounts.low) > 0
    return Policies(
        situation.scenario, situation.game, tuple(rows), situation.scenario.attacker_margin, uncertain
    )


def policy_of(situation: Situation, kind: Kind, strategy: FloatArray) -> Policy:
    """Any mixed strategy, valued as the policies of a scenario are.

    >>> from advgame.scenarios import case
    >>> here = situate(case("cifar10-two-defences"))
    >>> round(policy_of(here, Kind.SINGLE, np.array([0.0, 1.0])).worth, 4)
    0.8534

    Args:
        situation: the scenario.
        kind: what counts for it: a secret mixture is worth its value at the equilibrium.
        strategy: (defences,) probabilities; zeros where the service is not run.
    """
    table = _Valuation(situation)
    return table.stopped() if kind is Kind.STOPPED else table.policy(kind, strategy)


class _Valuation:
    """Values mixed strategies in one situation."""

    def __init__(self, situation: Situation) -> None:
        self.situation, self.game = situation, situation.game
        self.amounts = attacker_amounts(situation.scenario)
        self.certain = UncertainAmounts.certain(self.game)
        self.range = float(np.ptp(self.game.attacker_payoffs))
        self.equilibrium = self._equilibrium()

    def _equilibrium(self) -> FloatArray | None:
        try:
            return self.situation.answered_by(ANSWERED_BY[NOTHING]).solution.recommended.attacker
        except SolverError:
            return None

    def answered(self, kind: Kind, concept: str) -> list[Policy]:
        """The strategy that a concept recommends; none where none could be certified, unless stated."""
        solved = (
            self.situation if self.situation.concept.name == concept else self.situation.answered_by(concept)
        )
        try:
            return [self.policy(kind, solved.solution.recommended.defender)]
        except SolverError:
            if concept == ANSWERED_BY[self.situation.scenario.knowledge]:
                raise
            return []

    def singles(self) -> list[Policy]:
        """Every defence alone, in the order of the game."""
        return [self.policy(Kind.SINGLE, row) for row in np.eye(self.game.shape[0])]

    def undefended(self) -> Policy:
        """The undefended network alone."""
        place = self.game.defences.index(undefended_of(self.situation.scenario, self.game))
        return self.policy(Kind.UNDEFENDED, np.eye(self.game.shape[0])[place])

    def stopped(self) -> Policy:
        """The service is not run: nothing is earned and nothing is attacked."""
        nobody, unused = np.zeros(self.game.shape[0]), self.game.attacks[0]
        return Policy(Kind.STOPPED, (), nobody, unused, 0.0, unused, 0.0, *[0.0] * 6)

    def policy(self, kind: Kind, strategy: FloatArray) -> Policy:
        """A mixed strategy (defences,), valued."""
        game = self.game
        reply, known = worst_reply(game, self.certain, strategy)
        pays, worth = (
            strategy @ game.centred_for_commitment.attacker_payoffs,
            strategy @ game.defender_payoffs,
        )
        best = pays >= pays.max() - TIE * (self.range or 1.0)
        likely = np.exp(QUANTAL_PRECISION * (pays - pays.max()) / (self.range or 1.0))
        threat, guaranteed = worst_reply(game, self.amounts, strategy)
        share = self.situation.accuracies.adversarial_share
        return Policy(
            kind,
            played(game.defences, strategy),
            strategy,
            game.attacks[reply],
            float(share[reply]),
            game.attacks[threat],
            float(share[threat]),
            if_known=known,
            guaranteed=guaranteed,
            at_equilibrium=float("nan" if self.equilibrium is None else worth @ self.equilibrium),
            near_best=worst_reply(
                game, self.certain, strategy, self.situation.scenario.attacker_margin * self.range
            )[1],
            quantal=float(worth @ likely / likely.sum()),
            at_best=float(worth[best].max()),
        )


def _same_policy(one: Policy, other: Policy) -> bool:
    """Whether two policies deploy the same and count for the same: a secret mixture counts otherwise."""
    same = bool(np.abs(one.strategy - other.strategy).max() <= SAME) and len(one.deploy) == len(other.deploy)
    return same and same_worth(one.worth, other.worth)


def same_worth(one: float, other: float) -> bool:
    """Whether two amounts, in money per classified input, differ by no more than is computed exactly."""
    return abs(one - other) <= SAME * (1 + max(abs(one), abs(other)))
