"""The facts that the sections of a report present, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from advgame.decision import Decision, Policies, Recommendation, Situation, decide, situate
from advgame.equilibria import Concept, for_many_games
from advgame.games import Game
from advgame.measurements import MeasurementTable, pool_seeds
from advgame.payoffs import Accuracies
from advgame.scenarios import Scenario
from advgame.scenarios.scenario_digest import inputs_sha256
from advgame.studies import BreakEven, Threshold
from advgame.studies.attacker_types import AttackerTypesResult, AttackerTypesStudy
from advgame.studies.break_even import break_even_pairs
from advgame.studies.confidence import Confidence, ConfidenceStudy, confidence_of
from advgame.studies.verdict_thresholds import verdict_thresholds
from advgame.wording.money import Money, money_of


@dataclass(frozen=True, eq=False)
class Facts:
    """A scenario, its recommendation, and the thresholds at which the recommendation changes."""

    question: Situation  # as given: the scenario under its concept
    scenario: Scenario
    concept: Concept
    decision: Decision
    recommendation: Recommendation
    accuracies: Accuracies
    rows: MeasurementTable  # the selected rows, with seeds pooled
    money: Money
    thresholds: tuple[Threshold, ...]
    break_even: tuple[BreakEven, ...]

    @property
    def policies(self) -> Policies:
        """What the owner can do."""
        return self.decision.policies

    @property
    def game(self) -> Game:
        """The game that was solved."""
        return self.recommendation.game

    @cached_property
    def inputs_sha256(self) -> str:
        """A hash that is equal for reports of the same scenario and rows."""
        return inputs_sha256(self.scenario)

    @cached_property
    def confidence(self) -> Confidence:
        """How sure the decision is, and what to measure next."""
        situation = self.recommendation.situation
        return confidence_of(situation, self.decision.strategy, ConfidenceStudy())

    @cached_property
    def attacker_types(self) -> AttackerTypesResult | None:
        """What to deploy against the scenario's types of attackers; None where it states none."""
        if not (self.scenario.attacker_types and self.has_attacks):
            return None
        return AttackerTypesStudy().run(self.question)

    @property
    def what_if_concept(self) -> Concept:
        """The concept for the hundreds of varied scenarios that a report solves."""
        return for_many_games(self.concept)

    @property
    def has_attacks(self) -> bool:
        """Whether any attack was measured."""
        return len(self.accuracies.attacks) > 1


def gather(question: Scenario | Situation, concept: str | Concept | None) -> Facts:
    """Computes everything that the sections of a report show.

    Args:
        question: a scenario or a situation; the game and solution of a situation are reused.
        concept: a solution concept; by default that of the situation, or `concept_for` the scenario.

    Raises:
        SolverError: when no solution could be certified.
    """
    situation = question if isinstance(question, Situation) else situate(question, concept)
    decision = decide(situation, concept)
    recommendation = decision.recommendation
    scenario = recommendation.scenario
    answered_by = recommendation.situation.concept
    return Facts(
        situation if concept is None else situation.answered_by(concept),
        scenario,
        answered_by,
        decision,
        recommendation,
        recommendation.situation.accuracies,
        pool_seeds(scenario.selected),
        money_of(scenario),
        verdict_thresholds(decision),
        break_even_pairs(scenario, recommendation),
    )
