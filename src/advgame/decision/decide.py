"""The decision on a scenario: the policy to choose, and the solution behind it."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.arrays import FloatArray
from advgame.decision.policies import Kind, Policies, policies
from advgame.decision.recommendation import Recommendation, recommend
from advgame.decision.situation import ANSWERED_BY, Situation, situate
from advgame.equilibria import Concept
from advgame.scenarios import Scenario
from advgame.scenarios.knowledge import MIXTURE


@dataclass(frozen=True, eq=False)
class Decision:
    """The policies of a scenario, and the recommendation of the chosen one.

    The recommendation deploys what the chosen policy deploys, unless the caller selected another solution
    concept than that for the attacker's knowledge (``by_knowledge`` is False), or the service is not run.
    """

    policies: Policies
    recommendation: Recommendation
    by_knowledge: bool

    @property
    def announces(self) -> bool:
        """Whether the defence could be kept secret and is worth more announced."""
        return self.by_knowledge and self.policies.announces

    @property
    def value(self) -> float:
        """What it is worth: the chosen policy, or the profile of another concept; money per input."""
        return self.policies.verdict.worth if self.by_knowledge else self.recommendation.value

    @property
    def stops(self) -> bool:
        """Whether it is best not to run the service."""
        return self.by_knowledge and self.policies.verdict.kind is Kind.STOPPED

    @property
    def may_stop(self) -> bool:
        """Whether not running the service is among the policies that were compared."""
        return self.by_knowledge and self.policies.scenario.may_stop

    @property
    def strategy(self) -> FloatArray:
        """(defences,) The probability of deploying each defence; all 0 where the service is not run."""
        return self.policies.verdict.strategy if self.stops else self.recommendation.profile.defender


def decide(question: Scenario | Situation, concept: str | Concept | None = None) -> Decision:
    """The policy to choose, and the solution behind it.

    If the attacker knows nothing about the defence and the best announced mixed strategy is worth more than
    the best secret one, the decision is to announce it.

    >>> from advgame.scenarios import case
    >>> decision = decide(case("cifar10-two-defences"))
    >>> decision.announces, [(name, round(share, 2)) for name, share in decision.recommendation.deploy]
    (True, [('Rice2020Overfitting', 0.86), ('Standard', 0.14)])

    Args:
        question: a scenario or a situation; the game and solution of a situation are reused.
        concept: a solution concept; by default that of the situation, or `concept_for` the scenario.

    Raises:
        SolverError: if no solution could be certified.
        UnknownName: if the scenario's undefended network is not among its defences.
    """
    situation = question if isinstance(question, Situation) else situate(question, concept)
    if concept is not None:
        situation = situation.answered_by(concept)
    table = policies(situation)
    by_knowledge = situation.by_knowledge and concept is None
    if by_knowledge and table.announces:
        return Decision(table, recommend(situation.answered_by(ANSWERED_BY[MIXTURE])), True)
    return Decision(table, recommend(situation), by_knowledge)
