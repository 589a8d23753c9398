"""What to deploy when attackers differ, and what knowing the kind of attacker would be worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.attacker_type_games import TypeGame, bayesian_game, type_games
from advgame.decision.decide import decide
from advgame.decision.policies import Kind, Policy, same_worth
from advgame.decision.recommendation import played, undefended_in_words, undefended_of, values_alone
from advgame.decision.situation import Situation
from advgame.equilibria import AttackerTypes, Commitment, Nash
from advgame.equilibria.algorithms.uncertain_attacker import UncertainAmounts, worst_reply
from advgame.equilibria.concepts.robust_commitment import FEW_ATTACKS, RobustCommitment, break_points
from advgame.errors import InputError
from advgame.number_text import mixture, significant
from advgame.scenarios import Scenario
from advgame.scenarios.attacker_presets import attacker_preset, attacker_presets
from advgame.scenarios.attacker_type import AttackerType
from advgame.scenarios.knowledge import MIXTURE, NETWORK, NOTHING
from advgame.studies.study_contract import Study, StudyResult

if TYPE_CHECKING:
    import pandas as pd

Strategy = tuple[tuple[str, float], ...]  # names and their probabilities
ASSUMED = "assumed: presets of attackers"
STATED = "stated by the scenario"
NOTHING_LOST = 5e-7  # money per classified input: less is rounding
HIDDEN, ANNOUNCED, KNOWN = "kept secret", "announced", "known network"
ROBUST, FOR_ONE = "announced, within the margin", "as if all were {}"
KNOWN_ROBUST, VERDICT = "known network, within the margin", "verdict for a single attacker"
CHOICES_OF = {NOTHING: (HIDDEN, ROBUST), MIXTURE: (ROBUST,), NETWORK: (KNOWN_ROBUST,)}
KNOWN_THEN = {HIDDEN: NOTHING, ROBUST: MIXTURE, KNOWN_ROBUST: NETWORK}
STEPS = (0.02, 0.05, 0.1, 0.2, 0.4)  # from an announced strategy, which lies on ties, towards another
EXACT_POLICY_OF = {NOTHING: HIDDEN, MIXTURE: ANNOUNCED, NETWORK: KNOWN}


@dataclass(frozen=True)
class TypeAnswer:
    """One type of attacker; money is per classified input."""

    name: str
    prior: float
    attacks: tuple[str, ...]  # that it can play with some traffic
    attacked_with: Strategy  # against the recommended policy; "none" where it stays away
    adversarial_share: float  # of the traffic while this type attacks
    attacker_value: float
    defender_value: float
    deploy_if_known: Strategy  # what would be deployed if every attacker were of this type
    value_if_known: float


@dataclass(frozen=True)
class TypedPolicy:
    """A strategy against all types at once; values are to the defender, money per classified input."""

    policy: str
    deploy: Strategy
    value: float  # by its rule: at the equilibrium, or with the ties of an announcement
    guaranteed: float  # the least while the types' rewards and costs lie within the margin
    if_known: tuple[float, ...] = ()  # against each type's best response to it, ties against the defender
    responses: tuple[str, ...] = ()  # each type's best response to it

    @property
    def worth(self) -> float:
        """What it counts for: a secret mixture at the equilibrium, any other policy what is guaranteed."""
        secret = self.policy == HIDDEN and len(self.deploy) > 1
        return self.value if secret or self.policy == VERDICT else self.guaranteed


@dataclass(frozen=True, eq=False)
class AttackerTypesResult(StudyResult):
    """What to deploy against several types of attackers; money is per classified input.

    ``value_of_knowing`` is what the policy would be worth more if the type of each attacker were known
    before the defence is chosen, rewards and costs being exactly as assumed.
    """

    types: tuple[TypeAnswer, ...]
    policies: tuple[TypedPolicy, ...]
    recommended: TypedPolicy  # for what the scenario's attacker knows
    value_of_knowing: float
    margin: float
    basis: str  # where the types come from
    bound: float  # no announced strategy is worth more if amounts are exactly as assumed
    complete: bool  # whether all equilibria of the hidden policy are proven found
    verdict: TypedPolicy | None  # the verdict for the single attacker, against all types; None: not run
    singles: tuple[TypedPolicy, ...]  # every defence alone, the one worth most first

    @property
    def wrong_type(self) -> TypedPolicy:
        """The worst of the strategies that are right for a single type."""
        alone = [policy for policy in self.policies if policy.policy.startswith(FOR_ONE.format(""))]
        return min(alone, key=lambda policy: policy.guaranteed)

    @property
    def sentence(self) -> str:
        """The types, what to deploy against them, its value, and what knowing the type would be worth."""
        priors = ", ".join(f"{kind.name} {100 * kind.prior:.3g} %" for kind in self.types)
        count = f"{len(self.types)} type{'' if len(self.types) == 1 else 's'}"
        return (
            f"Against attackers of {count} ({priors}; {self.basis}) deploy "
            f"{mixture(self.recommended.deploy)}, {self.recommended.policy}: worth "
            f"{significant(self.recommended.worth)} per input. Knowing the type of each attacker "
            f"{self._knowing()}{self._mistaken()}."
        )

    def _mistaken(self) -> str:
        lost = self.recommended.guaranteed - self.wrong_type.guaranteed
        name = self.wrong_type.policy.removeprefix(FOR_ONE.format(""))
        planning = f"; planning as if all attackers were of type {name} loses {significant(lost, 3)}"
        return planning if lost > NOTHING_LOST else ""

    def _knowing(self) -> str:
        if abs(self.value_of_knowing) < NOTHING_LOST:
            return "would be worth nothing"
        if self.value_of_knowing < 0:
            cost = significant(-self.value_of_knowing, 3)
            return f"would cost {cost} per input, as the attackers would know of it"
        return f"would be worth {significant(self.value_of_knowing, 3)} per input"

    def frame(self) -> pd.DataFrame:
        """One row per type of attacker."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "type": kind.name,
                    "prior": kind.prior,
                    "attacks": len(kind.attacks),
                    "attacked_with": mixture(kind.attacked_with),
                    "adversarial_share": kind.adversarial_share,
                    "attacker_value": kind.attacker_value,
                    "defender_value": kind.defender_value,
                    "deploy_if_known": mixture(kind.deploy_if_known),
                    "value_if_known": kind.value_if_known,
                }
                for kind in self.types
            ]
        )

    def policy_frame(self) -> pd.DataFrame:
        """One row per policy, every defence alone among them, while the type of an attacker is not known.

        ``value`` is by the policy's rule, at the equilibrium or against best responses; ``guaranteed`` is the
        least within the margin; ``against[TYPE]`` is the value if every attacker were of that type and knew
        the policy, and ``response[TYPE]`` its best response.
        """
        import pandas as pd

        names = [answer.name for answer in self.types]
        return pd.DataFrame(
            [
                {
                    "policy": policy.policy,
                    "deploy": mixture(policy.deploy),
                    "worth": policy.worth,
                    "value": policy.value,
                    "guaranteed": policy.guaranteed,
                    "minus_recommended": _difference(policy.worth, self.recommended.worth),
                    **{f"against[{name}]": value for name, value in zip(names, policy.if_known, strict=True)},
                    **{
                        f"response[{name}]": reply
                        for name, reply in zip(names, policy.responses, strict=True)
                    },
                    "recommended": policy is self.recommended,
                }
                for policy in (*self.policies, *self.singles)
            ]
        )

    def further_frames(self) -> dict[str, pd.DataFrame]:
        """The policies while the type of an attacker is not known."""
        return {"Policies against unknown types": self.policy_frame()}

    def report_frame(self) -> pd.DataFrame:
        """The policies against unknown types: a report shows these, the sentence names the types."""
        frame = self.policy_frame()
        return frame[[name for name in frame if not str(name).startswith("response[")]]


@dataclass(frozen=True)
class AttackerTypesStudy(Study[AttackerTypesResult]):
    """What to deploy when attackers differ, and what is knowing their type worth?

    The types are those of the scenario (``[attacker_types.NAME]``), or where it has none the presets.

    Args:
        types: names of types of the scenario or of presets; empty for all that the scenario states, or else
            all presets.
        priors: probability of each type, in the same order, summing to 1; empty for those stated.
    """

    name: ClassVar[str] = "attacker_types"
    types: tuple[str, ...] = ()
    priors: tuple[float, ...] = ()

    def run(self, situation: Situation) -> AttackerTypesResult:
        """The Bayesian equilibrium, the commitment, and the policy for what the attacker knows.

        Raises:
            InputError: for priors that do not sum to 1 or do not fit the types, a type without attacks, and a
                scenario without attacks.
            SolverError: when nothing could be certified.
        """
        types, basis = chosen_types(situation.scenario, self.types, self.priors)
        games = type_games(situation.scenario, types)
        return _Types(situation.scenario, games, decide(situation).policies.verdict).result(basis)


def chosen_types(
    scenario: Scenario, names: tuple[str, ...] = (), priors: tuple[float, ...] = ()
) -> tuple[dict[str, AttackerType], str]:
    """The attacker types of a study, and where they come from.

    >>> from advgame.scenarios import case
    >>> types, basis = chosen_types(case("cifar10-robustbench"), ("hobbyist", "professional"), (0.9, 0.1))
    >>> [(name, kind.prior, kind.reward) for name, kind in types.items()], basis
    ([('hobbyist', 0.9, 0.5), ('professional', 0.1, 1.0)], 'assumed: presets of attackers')

    Args:
        scenario: whose own types come first.
        names: of types of the scenario or of presets; empty for all stated types, or else all presets.
        priors: one for each name; empty for those stated.

    Raises:
        UnknownName: for a name of no type.
        ScenarioError: for a prior that is no probability.
        InputError: for another number of priors than of types.
    """
    own: Mapping[str, AttackerType] = scenario.attacker_types
    wanted = tuple(names) or tuple(own) or tuple(attacker_presets())
    kinds = {
        name: own[name] if name in own else attacker_preset(name).in_scenario(scenario) for name in wanted
    }
    if priors and len(priors) != len(kinds):
        raise InputError(
            f"priors gives {len(priors)} probabilities for {len(kinds)} types ({', '.join(kinds)}); give one "
            "for each."
        )
    odds = priors or tuple(kind.prior for kind in kinds.values())
    kinds = {
        name: AttackerType(prior, kind.attacks, kind.reward, kind.cost_multiplier, kind.largest_share)
        for (name, kind), prior in zip(kinds.items(), odds, strict=True)
    }
    return kinds, STATED if all(name in own for name in kinds) else ASSUMED


class _Types:
    """The games against all types, and strategies valued in them."""

    def __init__(self, scenario: Scenario, games: tuple[TypeGame, ...], verdict: Policy) -> None:
        self.scenario, self.games, self.verdict = scenario, games, verdict
        self.priors = np.array([game.kind.prior for game in games])
        self.defences = games[0].game.defences
        whole = bayesian_game(games)
        self.nash = AttackerTypes().solve(whole)
        self.commitment = AttackerTypes(announced=True).solve(whole)

    def result(self, basis: str) -> AttackerTypesResult:
        policies = self._policies()
        by_name = {policy.policy: policy for policy in policies}
        choices = [by_name[name] for name in CHOICES_OF[self.scenario.knowledge]]
        best = max(policy.worth for policy in choices)
        chosen = next(policy for policy in choices if same_worth(policy.worth, best))
        knowledge = KNOWN_THEN[chosen.policy]
        known = [self._if_known(game, knowledge) for game in self.games]
        knowing = float(self.priors @ [value for _, value in known])
        return AttackerTypesResult(
            tuple(self._answer(place, chosen, *known[place]) for place in range(len(self.games))),
            policies,
            chosen,
            knowing - by_name[EXACT_POLICY_OF[knowledge]].value,
            self.scenario.attacker_margin,
            basis,
            float("nan") if self.commitment.bound is None else self.commitment.bound,
            self.nash.complete,
            by_name.get(VERDICT),
            self._singles(),
        )

    def _policies(self) -> tuple[TypedPolicy, ...]:
        hidden, announced = self.nash.recommended, self.commitment.recommended
        rows = np.eye(len(self.defences))
        alone = sum(
            prior
            * values_alone(
                game.game.defender_payoffs[None], game.game.attacker_payoffs[None], in_favour=False
            )[0]
            for prior, game in zip(self.priors, self.games, strict=True)
        )
        for_one = [RobustCommitment(amounts=game.amounts).solve(game.game).recommended for game in self.games]
        single = max(rows, key=self.guaranteed)
        compared = [announced.defender, hidden.defender, *(profile.defender for profile in for_one), single]
        if self.verdict.kind is not Kind.STOPPED:
            compared.append(self.verdict.strategy)
        compared += self._breaks()
        towards = [
            (1 - step) * announced.defender + step * strategy for strategy in compared[1:] for step in STEPS
        ]
        robust = max([*compared, *towards], key=self.guaranteed)
        network = rows[int(np.argmax(alone))]
        return (
            self._policy(HIDDEN, hidden.defender, hidden.defender_payoff),
            self._policy(ANNOUNCED, announced.defender, announced.defender_payoff),
            self._policy(ROBUST, robust, self.guaranteed(robust)),
            self._policy(KNOWN, network, float(np.max(alone))),
            self._policy(KNOWN_ROBUST, single, self.guaranteed(single)),
            *self._verdict(),
            *(
                self._policy(FOR_ONE.format(game.name), own.defender, self.guaranteed(own.defender))
                for game, own in zip(self.games, for_one, strict=True)
            ),
        )

    def _breaks(self) -> list[FloatArray]:
        """Of two defences, the mixed strategies at which the guaranteed value may be greatest; else none."""
        if len(self.defences) != 2 or any(game.game.shape[1] > FEW_ATTACKS for game in self.games):
            return []
        shares = {
            share
            for game in self.games
            for share in break_points(game.game.centred_for_commitment, game.amounts)
        }
        return [np.array([1 - share, share]) for share in sorted(shares)]

    def _verdict(self) -> tuple[TypedPolicy, ...]:
        """The verdict for the single attacker, against all types; none where the service is not run."""
        if self.verdict.kind is Kind.STOPPED:
            return ()
        strategy = self.verdict.strategy
        if self.verdict.kind is not Kind.HIDDEN or self.verdict.single is not None:
            return (self._policy(VERDICT, strategy, self.guaranteed(strategy)),)
        replies = self.nash.recommended.attackers
        values = [
            float(strategy @ game.game.defender_payoffs @ reply)
            for game, reply in zip(self.games, replies, strict=True)
        ]
        return (self._policy(VERDICT, strategy, float(self.priors @ values)),)

    def _singles(self) -> tuple[TypedPolicy, ...]:
        """Every defence alone, known to attackers of all types, the one worth most first."""
        plain = undefended_of(self.scenario, self.games[0].game)
        known_as = f" ({undefended_in_words(self.scenario)})"
        singles = []
        for name, row in zip(self.defences, np.eye(len(self.defences)), strict=True):
            title = f"{name} alone{known_as if name == plain else ''}"
            policy = self._policy(title, row, 0.0)
            singles.append(replace(policy, value=float(self.priors @ policy.if_known)))
        return tuple(sorted(singles, key=lambda policy: -policy.worth))

    def _policy(self, name: str, strategy: FloatArray, value: float) -> TypedPolicy:
        replies = [
            worst_reply(type_game.game, UncertainAmounts.certain(type_game.game), strategy)
            for type_game in self.games
        ]
        return TypedPolicy(
            name,
            played(self.defences, strategy),
            float(value),
            self.guaranteed(strategy),
            tuple(worth for _, worth in replies),
            tuple(
                type_game.game.attacks[reply]
                for type_game, (reply, _) in zip(self.games, replies, strict=True)
            ),
        )

    def guaranteed(self, strategy: FloatArray) -> float:
        """The least that a mixed strategy (defences,) is worth while amounts lie within the margin."""
        values = [worst_reply(game.game, game.amounts, strategy)[1] for game in self.games]
        return float(self.priors @ values)

    def _if_known(self, type_game: TypeGame, knowledge: str) -> tuple[Strategy, float]:
        """What to deploy if the type is known, and its value at the amounts assumed."""
        concept = {NOTHING: Nash(), MIXTURE: Commitment(), NETWORK: None}[knowledge]
        if concept is not None:
            profile = concept.solve(type_game.game).recommended
            return played(self.defences, profile.defender), profile.defender_payoff
        values = values_alone(
            type_game.game.defender_payoffs[None], type_game.game.attacker_payoffs[None], in_favour=False
        )[0]
        return ((self.defences[int(values.argmax())], 1.0),), float(values.max())

    def _answer(self, place: int, chosen: TypedPolicy, deploy: Strategy, value: float) -> TypeAnswer:
        type_game = self.games[place]
        strategy = np.array([dict(chosen.deploy).get(name, 0.0) for name in self.defences])
        if chosen.policy == HIDDEN:
            attacker = self.nash.recommended.attackers[place]
        else:
            attacker = np.eye(type_game.game.shape[1])[
                worst_reply(type_game.game, type_game.amounts, strategy)[0]
            ]
        return TypeAnswer(
            type_game.name,
            type_game.kind.prior,
            type_game.game.attacks[1:],
            played(type_game.game.attacks, attacker),
            float(type_game.adversarial_share @ attacker),
            float(strategy @ type_game.game.attacker_payoffs @ attacker),
            float(strategy @ type_game.game.defender_payoffs @ attacker),
            deploy,
            value,
        )


def _difference(worth: float, recommended: float) -> float:
    return 0.0 if same_worth(worth, recommended) else worth - recommended
