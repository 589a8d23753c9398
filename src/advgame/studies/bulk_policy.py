"""Which policy a study of thousands of games evaluates, beside the verdict on the scenario."""

from __future__ import annotations

from advgame.decision.recommendation import Recommendation
from advgame.decision.situation import Situation
from advgame.equilibria import Concept, for_many_games
from advgame.equilibria.concepts.robust_commitment import RobustCommitment
from advgame.number_text import mixture

SOLVED = {
    "nash": "a defence that is kept secret",
    "commitment": "an announced mixed strategy",
    "pure_commitment": "a single network that the attacker knows",
}
WHILE_RUNNING = "Not running the service is not among the answers."
NO_MARGIN = ", with no margin for the attacker's amounts (thousands of integer programs would take too long)"


def solved_for(concept: Concept) -> str:
    """For what every game of a study is solved, in a sentence.

    >>> from advgame.equilibria import CONCEPTS
    >>> solved_for(CONCEPTS["nash"])
    'Every game is solved for a defence that is kept secret.'
    >>> solved_for(CONCEPTS["robust_commitment"]).partition(" (")[0]
    "Every game is solved for an announced mixed strategy, with no margin for the attacker's amounts"

    Args:
        concept: of the situation.
    """
    name = for_many_games(concept).name
    margin = NO_MARGIN if isinstance(concept, RobustCommitment) else ""
    return f"Every game is solved for {SOLVED.get(name, f'the concept {name}')}{margin}."


def solved_while_running(situation: Situation) -> str:
    """As `solved_for`, and that the study leaves out a policy which the scenario allows: to stop the service.

    Args:
        situation: the scenario and its solution concept.
    """
    solved = solved_for(situation.concept)
    return f"{solved} {WHILE_RUNNING}" if situation.scenario.may_stop else solved


def beside_the_verdict(recommendation: Recommendation) -> str:
    """For what the games are solved, and what the verdict deploys where it has a margin and they do not.

    >>> from advgame.decision import decide
    >>> from advgame.scenarios import case
    >>> beside_the_verdict(decide(case("cifar10-two-defences")).recommendation).partition(". ")[2]
    'With its margin the verdict deploys 0.8558 Rice2020Overfitting + 0.1442 Standard.'

    Args:
        recommendation: the verdict on the scenario.
    """
    solved = solved_while_running(recommendation.situation)
    if not isinstance(recommendation.situation.concept, RobustCommitment):
        return solved
    return f"{solved} With its margin the verdict deploys {mixture(recommendation.deploy)}."
