"""What the sections of a report tell of, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from advgame.decision import Recommendation, Situation, recommend
from advgame.equilibria import Concept, for_many_games
from advgame.games import Game
from advgame.measurements import MeasurementTable, pool_seeds
from advgame.payoffs import Accuracies
from advgame.reports.fingerprint import inputs_sha256
from advgame.scenarios import Scenario
from advgame.studies import BreakEven, Threshold, thresholds
from advgame.studies.break_even import break_even_pairs
from advgame.wording.money import Money, money_of


@dataclass(frozen=True, eq=False)
class Facts:
    """A scenario, what is recommended in it, and what would change that."""

    scenario: Scenario
    concept: Concept
    recommendation: Recommendation
    accuracies: Accuracies
    rows: MeasurementTable  # that are played, seeds pooled
    money: Money
    thresholds: tuple[Threshold, ...]
    break_even: tuple[BreakEven, ...]

    @property
    def game(self) -> Game:
        """The game that was solved."""
        return self.recommendation.game

    @cached_property
    def inputs_sha256(self) -> str:
        """What tells whether another report rests on the same scenario and rows."""
        return inputs_sha256(self.scenario)

    @property
    def what_if_concept(self) -> Concept:
        """The concept that answers the scenario's neighbours, of which a report solves hundreds."""
        return for_many_games(self.concept)

    @property
    def has_attacks(self) -> bool:
        """Whether any attack was measured."""
        return len(self.accuracies.attacks) > 1


def gather(question: Scenario | Situation, concept: str | Concept | None) -> Facts:
    """Everything that the sections of a report show.

    Args:
        question: a scenario, or a situation, whose game is not built and solved again.
        concept: by default that of the situation, or the one the scenario is answered with.

    Raises:
        SolverError: when no answer could be certified.
    """
    recommendation = recommend(question, concept)
    scenario = recommendation.scenario
    answered_by = recommendation.situation.concept
    what_if = for_many_games(answered_by)
    return Facts(
        scenario,
        answered_by,
        recommendation,
        recommendation.situation.accuracies,
        pool_seeds(scenario.selected),
        money_of(scenario),
        thresholds(recommendation, None if what_if is answered_by else what_if),
        break_even_pairs(scenario, recommendation),
    )


def unanswered(found: Recommendation, defence: str) -> float:
    """What a defence alone earns while the attacker keeps to its mix, money per classified input."""
    place = found.game.defences.index(defence)
    return float(found.game.defender_payoffs[place] @ found.profile.attacker)
