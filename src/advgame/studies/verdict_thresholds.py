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
from advgame.studies.parameter_line import Deploy
from advgame.studies.policy_thresholds import SAME, loss_thresholds, policy_thresholds
from advgame.studies.thresholds import Threshold, thresholds
from advgame.studies.winners_along import range_around, threshold_of
from advgame.studies.worth_along import worth_along


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
    """The values at which the game, solved there, loses money, so that a mixture kept secret does."""
    recommendation = decision.recommendation
    least = SAME * float(np.abs(recommendation.game.defender_payoffs).max())

    def winners(values: FloatArray) -> list[Deploy | None]:
        # Where no solution was certified, nothing is known to be better.
        worth = dict(worth_along(recommendation.situation, address, values.tolist()).recommended)
        return [() if worth.get(value, 0.0) < -least else None for value in values.tolist()]

    deploy = tuple(name for name, _ in recommendation.deploy)
    return threshold_of(address, range_around(recommendation.scenario, address), deploy, winners)
