"""A scenario with its accuracies, its game and its solution, each computed once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from advgame.decision.attacker_amounts import attacker_amounts
from advgame.equilibria import CONCEPTS, Concept, Solution, for_many_games
from advgame.equilibria.concepts.robust_commitment import RobustCommitment
from advgame.games import Game
from advgame.payoffs import Accuracies, build
from advgame.scenarios import Scenario
from advgame.scenarios.knowledge import MIXTURE, NETWORK, NOTHING
from advgame.scenarios.scenario import check_scenario


@dataclass(frozen=True, eq=False)
class Situation:
    """A scenario under one solution concept. Derived values are computed on first use and cached.

    The recommendation, thresholds, report sections and dashboard pages share a situation, so that the
    game is built and solved once.

    >>> from advgame.scenarios import case
    >>> here = Situation(case("cifar10-two-defences"), CONCEPTS["nash"])
    >>> here.solution.complete, here.game is here.solution.game
    (True, True)

    Args:
        scenario: the scenario.
        concept: the solution concept.
        by_knowledge: whether the concept is the one for what the scenario's attacker knows.
    """

    scenario: Scenario
    concept: Concept
    by_knowledge: bool = False

    @cached_property
    def accuracies(self) -> Accuracies:
        """Accuracies (defences, attacks) and the traffic share of each attack (attacks,)."""
        return self.scenario.accuracies

    @cached_property
    def game(self) -> Game:
        """Payoffs in money per classified input."""
        return build(self.accuracies, self.scenario.terms)

    @cached_property
    def solution(self) -> Solution:
        """The certified solution of the game.

        Raises:
            GameError: when the concept is not defined for the game.
        """
        return self.concept.solve(self.game)

    def answered_by(self, concept: str | Concept) -> Situation:
        """The same game under another concept; accuracies and payoffs are shared.

        Given the same name again, it returns the same situation, with its solution if that is computed.

        Raises:
            UnknownName: when no concept has that name.
        """
        if isinstance(concept, str) and concept in self._by_concept:
            return self._by_concept[concept]
        wanted = CONCEPTS.resolve(concept)
        if wanted == self.concept:
            return self
        situation = Situation(self.scenario, _under(self.scenario, wanted))
        situation.__dict__.update(accuracies=self.accuracies, game=self.game)
        if isinstance(concept, str):
            self._by_concept[concept] = situation
        return situation

    @cached_property
    def _by_concept(self) -> dict[str, Situation]:
        """The situations that ``answered_by`` has made, by name of the concept."""
        return {}


ANSWERED_BY = {NOTHING: "nash", MIXTURE: "robust_commitment", NETWORK: "robust_pure_commitment"}


def concept_for(scenario: Scenario) -> str:
    """The default concept of a scenario, by what its attacker knows.

    >>> from advgame.scenarios import case
    >>> concept_for(case("cifar10-two-defences"))
    'nash'
    """
    return ANSWERED_BY[scenario.knowledge]


def concept_in_bulk(scenario: Scenario) -> str:
    """The concept that answers the many neighbours of a scenario: without a margin where there is one.

    >>> from advgame.scenarios import case
    >>> concept_in_bulk(case("cifar10-robustbench"))
    'commitment'
    """
    return for_many_games(CONCEPTS[concept_for(scenario)]).name


def _under(scenario: Scenario, concept: str | Concept) -> Concept:
    """The concept, with the scenario's uncertain amounts if it uses them."""
    resolved = CONCEPTS.resolve(concept)
    if isinstance(resolved, RobustCommitment) and resolved.amounts is None:
        return replace(resolved, amounts=attacker_amounts(scenario))
    return resolved


def situate(scenario: Scenario, concept: str | Concept | None = None) -> Situation:
    """The situation of a scenario under a concept, by default `concept_for` the scenario.

    Raises:
        UnknownName: when no concept has that name.
        ScenarioError: when a name or path is given in place of a scenario.
    """
    check_scenario(scenario)
    return Situation(scenario, _under(scenario, concept or concept_for(scenario)), concept is None)
