"""The thresholds of a verdict: of fixed policies where the attacker knows them, else of games solved again.

Where the service may be stopped, they include the values at which running it stops paying, or starts to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision import Decision
from advgame.equilibria import for_many_games
from advgame.equilibria.concepts.robust_commitment import RobustCommitment
from advgame.scenarios import get_parameter
from advgame.studies.parameter_line import Deploy
from advgame.studies.policy_thresholds import loss_thresholds, policy_thresholds
from advgame.studies.thresholds import Threshold, in_whole_numbers, searched_range, thresholds
from advgame.studies.worth_along import worth_along

POINTS = 17  # values tried on each side at first
PARTS = 16  # into which the bracket of a loss is cut at a time
ROUNDS = 6  # of cutting: to a few billionths of the range
LOSS = 1e-7  # of the largest payoff: a smaller loss is none


def verdict_thresholds(decision: Decision, parameters: Iterable[str] | None = None) -> tuple[Threshold, ...]:
    """The values of parameters at which another policy than the chosen one is better.

    >>> from advgame.decision import decide
    >>> from advgame.scenarios import case, set_parameter
    >>> losing = case("cifar10-two-defences")
    >>> for address, value in (("attack_cost", 0.1), ("breach_loss", 8.0), ("may_stop", True)):
    ...     losing = set_parameter(losing, address, value)
    >>> share, = verdict_thresholds(decide(losing), ["largest_share"])
    >>> share.deploy, round(share.below, 4), share.deploy_below
    ((), 0.2109, ('Rice2020Overfitting',))

    Args:
        decision: the policy chosen.
        parameters: addresses; by default those of `thresholds`.

    Returns:
        As of `thresholds`; what is deployed beyond a threshold is empty where not running the service is
        better.
    """
    recommendation = decision.recommendation
    concept = recommendation.situation.concept
    if of_policies(decision):
        return policy_thresholds(decision, parameters)
    found = thresholds(recommendation, for_many_games(concept), parameters)
    if not decision.may_stop:
        return found
    addresses = [threshold.parameter for threshold in found]
    if recommendation.pure:
        losses = loss_thresholds(decision, addresses)
    else:
        losses = tuple(_loss_of_a_secret_mixture(decision, address) for address in addresses)
    return tuple(_nearer(*pair) for pair in zip(found, losses, strict=True))


def of_policies(decision: Decision) -> bool:
    """Whether the thresholds of a decision compare fixed policies, instead of games solved again.

    Args:
        decision: the policy chosen.
    """
    return decision.stops or isinstance(decision.recommendation.situation.concept, RobustCommitment)


def _nearer(change: Threshold, loss: Threshold) -> Threshold:
    """The threshold with whichever comes first on each side: other defences, or a loss."""
    if loss.below is not None and (change.below is None or loss.below > change.below):
        change = replace(change, below=loss.below, deploy_below=loss.deploy_below)
    if loss.above is not None and (change.above is None or loss.above < change.above):
        change = replace(change, above=loss.above, deploy_above=loss.deploy_above)
    return change


def _loss_of_a_secret_mixture(decision: Decision, address: str) -> Threshold:
    """The values at which the secret mixture of the game solved there loses money."""
    scenario = decision.recommendation.scenario
    value = get_parameter(scenario, address)
    low, high = searched_range(scenario, address, value)
    below, above = (_first_loss(decision, address, value, end) for end in (low, high))
    deploy = tuple(name for name, _ in decision.recommendation.deploy)
    threshold = Threshold(address, value, below, above, low, high, deploy, _stopped(below), _stopped(above))
    return in_whole_numbers(
        threshold, lambda there: () if _loses(decision, address, np.array([there]))[0] else None
    )


def _stopped(edge: float | None) -> Deploy | None:
    return None if edge is None else ()


def _first_loss(decision: Decision, address: str, start: float, end: float) -> float | None:
    """The value nearest to the start at which the game solved there is worth less than nothing."""
    if start == end:
        return None
    values = np.linspace(start, end, POINTS)
    for _ in range(ROUNDS):
        lost = np.flatnonzero(_loses(decision, address, values))
        if len(lost) == 0:
            return None
        if lost[0] == 0:
            return float(values[0])
        values = np.linspace(values[lost[0] - 1], values[lost[0]], PARTS + 1)
    return float(values[-1])


def _loses(decision: Decision, address: str, values: FloatArray) -> FloatArray:
    """(values,) Whether the game loses money; not where no solution was certified."""
    recommendation = decision.recommendation
    least = LOSS * float(np.abs(recommendation.game.defender_payoffs).max())
    worth = dict(worth_along(recommendation.situation, address, values.tolist()).recommended)
    return np.array([worth.get(float(value), 0.0) < -least for value in values])
