"""The recommendation: what to deploy, its value, and the value of each defence alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation, situate
from advgame.equilibria import Concept, Solution
from advgame.errors import UnknownName
from advgame.games import Game, Profile
from advgame.games.tolerances import PLAYED, TIE
from advgame.scenarios import Scenario

ROUNDING = 1e-12  # of the largest payoff: an expected payoff that is smaller is zero


@dataclass(frozen=True)
class Alone:
    """One defence deployed alone, and the attacker's best response to it."""

    defence: str
    answer: str  # the attack; ties are broken by the rule of the concept
    value: float  # to the defender, money per classified input


@dataclass(frozen=True, eq=False)
class Recommendation:
    """What to deploy in a scenario under a solution concept."""

    situation: Situation
    profile: Profile
    deploy: tuple[tuple[str, float], ...]  # defences with their probabilities, most probable first
    attacked_by: tuple[tuple[str, float], ...]  # attacks with their probabilities, most probable first
    value: float  # to the defender, money per classified input
    attacker_value: float  # to the attacker, money per classified input
    expected_share: float  # of traffic that is adversarial
    undefended: str  # the scenario's undefended network, else the defence that is best without attacks
    alone: tuple[Alone, ...]  # every defence alone, in the order of the game

    @property
    def scenario(self) -> Scenario:
        """The scenario that was solved."""
        return self.situation.scenario

    @property
    def solution(self) -> Solution:
        """The certified solution of the game."""
        return self.situation.solution

    @property
    def game(self) -> Game:
        """The game that was solved."""
        return self.situation.game

    @property
    def pure(self) -> bool:
        """Whether a single defence is deployed."""
        return len(self.deploy) == 1

    @property
    def defends(self) -> bool:
        """Whether anything but the undefended network is deployed."""
        return any(defence != self.undefended for defence, _ in self.deploy)

    @property
    def doing_nothing(self) -> Alone:
        """The undefended network alone, with the attacker's best response."""
        return next(alone for alone in self.alone if alone.defence == self.undefended)

    @property
    def next_best(self) -> Alone | None:
        """The best single defence other than the recommended one; None if there is no other."""
        chosen = self.deploy[0][0] if self.pure else None
        alternatives = [alone for alone in self.alone if alone.defence != chosen]
        return max(alternatives, key=lambda alone: alone.value, default=None)


def recommend(scenario: Scenario | Situation, concept: str | Concept | None = None) -> Recommendation:
    """What to deploy: the optimal mixed commitment if the defence is announced, otherwise the Nash
    equilibrium that is worst for the defender.

    >>> from advgame.scenarios import case
    >>> [(name, round(share, 4)) for name, share in recommend(case("cifar10-two-defences")).deploy]
    [('Rice2020Overfitting', 0.7488), ('Standard', 0.2512)]

    Args:
        scenario: a scenario or a situation; the game of a situation is reused.
        concept: a solution concept; by default that of the situation, or `concept_for` the scenario.

    Raises:
        SolverError: when no equilibrium could be certified.
        UnknownName: when the scenario's undefended network is not among its defences.
    """
    if isinstance(scenario, Situation):
        situation = scenario if concept is None else scenario.answered_by(concept)
    else:
        situation = situate(scenario, concept)
    game, profile = situation.game, situation.solution.recommended
    return Recommendation(
        situation,
        profile,
        deploy=played(game.defences, profile.defender),
        attacked_by=played(game.attacks, profile.attacker),
        value=settled(profile.defender_payoff, game.defender_payoffs),
        attacker_value=settled(profile.attacker_payoff, game.attacker_payoffs),
        expected_share=float(situation.accuracies.adversarial_share @ profile.attacker),
        undefended=undefended_of(situation.scenario, game),
        alone=_each_alone(game, in_favour=situation.concept.ties_favour_defender),
    )


def settled(amount: float, payoffs: FloatArray) -> float:
    """An expected payoff, with the rounding error near zero removed.

    >>> settled(-6e-19, np.array([[0.0, 0.3]])), settled(0.1, np.array([[0.0, 0.3]]))
    (0.0, 0.1)

    Args:
        amount: the expected payoff.
        payoffs: those that it is an average of.
    """
    return 0.0 if abs(amount) <= ROUNDING * float(np.abs(payoffs).max()) else amount


def undefended_of(scenario: Scenario, game: Game) -> str:
    """The undefended network: the one the scenario names, else the best one without attacks.

    Raises:
        UnknownName: when the scenario names one that is not among the defences.
    """
    named = scenario.undefended
    if named is None:
        return game.defences[int(game.defender_payoffs[:, 0].argmax())]
    if named not in game.defences:
        raise UnknownName("defence (undefended)", named, game.defences)
    return named


def undefended_in_words(scenario: Scenario) -> str:
    """What deploying the undefended network is called.

    >>> from advgame.scenarios import case
    >>> undefended_in_words(case("cifar10-two-defences")), undefended_in_words(case("jailbreaks"))
    ('doing nothing', 'the best without attacks')
    """
    return "doing nothing" if scenario.undefended else "the best without attacks"


def played(names: tuple[str, ...], mixed_strategy: np.ndarray) -> tuple[tuple[str, float], ...]:
    """The strategies that a mixed strategy plays, with their probabilities, the most probable first.

    Args:
        names: of the strategies.
        mixed_strategy: (strategies,) probabilities.
    """
    shares = [
        (name, float(share)) for name, share in zip(names, mixed_strategy, strict=True) if share > PLAYED
    ]
    return tuple(sorted(shares, key=lambda pair: -pair[1]))


def values_alone(a: FloatArray, b: FloatArray, *, in_favour: bool) -> FloatArray:
    """The value of each defence alone against the attacker's best response, (games, defences).

    Args:
        a: (games, defences, attacks), to the defender.
        b: (games, defences, attacks), to the attacker.
        in_favour: whether the attacker breaks ties in the defender's favour.
    """
    kept = _best_responses_only(a, b, in_favour=in_favour)
    return np.asarray(kept.max(axis=2) if in_favour else kept.min(axis=2))


def _best_responses_only(a: FloatArray, b: FloatArray, *, in_favour: bool) -> FloatArray:
    """The defender's payoffs at the attacker's best responses; infinite elsewhere."""
    slack = TIE * np.ptp(b, axis=(1, 2), keepdims=True)
    best = b >= b.max(axis=2, keepdims=True) - slack
    return np.where(best, a, -np.inf if in_favour else np.inf)


def _each_alone(game: Game, *, in_favour: bool) -> tuple[Alone, ...]:
    (kept,) = _best_responses_only(
        game.defender_payoffs[None], game.attacker_payoffs[None], in_favour=in_favour
    )
    replies = kept.argmax(axis=1) if in_favour else kept.argmin(axis=1)
    values = kept[np.arange(len(kept)), replies]
    return tuple(
        Alone(defence, game.attacks[reply], value)
        for defence, reply, value in zip(game.defences, replies.tolist(), values.tolist(), strict=True)
    )
