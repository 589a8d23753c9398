"""The verdict: what to deploy, in one sentence."""

from __future__ import annotations

from advgame.arrays import NO_ATTACK
from advgame.decision import Decision, Recommendation
from advgame.number_text import percentages
from advgame.wording.names import listed

UNPAID = "no attack on it pays"


def verdict_of(decision: Decision) -> str:
    """What to do, in plain words.

    >>> from advgame.scenarios import case
    >>> from advgame.decision import decide
    >>> verdict_of(decide(case("cifar10-two-defences")))
    'Announce the defence: Rice2020Overfitting for 86 % of inputs and Standard for 14 %, drawn at random'
    >>> verdict_of(decide(case("cifar10-two-defences"), "nash"))
    'Deploy Rice2020Overfitting for 75 % of inputs and Standard for 25 %, drawn at random'
    """
    recommendation = decision.recommendation
    if decision.stops:
        return f"Do not run the service: {_why_stopped(decision)}"
    if not decision.announces:
        undefended = decision.policies.undefended
        return deployment_of(recommendation, sure=undefended.threat == undefended.response)
    if recommendation.pure:
        return f"Announce the defence: {recommendation.deploy[0][0]} for all inputs"
    return f"Announce the defence: {_mixed_strategy(recommendation)}, drawn at random"


def _why_stopped(decision: Decision) -> str:
    running = [policy for policy in decision.policies.available if policy is not decision.policies.verdict]
    if max(policy.at_best for policy in running) < 0:
        return "every way of running it loses money"
    return "no way of running it is sure to earn money"


def deployment_of(recommendation: Recommendation, *, sure: bool = True) -> str:
    """What to deploy, in plain words.

    >>> from advgame.scenarios import case
    >>> from advgame.decision import recommend
    >>> deployment_of(recommend(case("cifar10-two-defences")))
    'Deploy Rice2020Overfitting for 75 % of inputs and Standard for 25 %, drawn at random'

    Args:
        recommendation: the recommendation.
        sure: whether the attacker's best response to the undefended network is the same within the margin.
    """
    name = recommendation.deploy[0][0]
    if not recommendation.pure:
        return f"Deploy {_mixed_strategy(recommendation)}, drawn at random"
    if len(recommendation.game.defences) == 1:
        return f"Deploy {name}: no other defence is in the selection"
    if recommendation.defends:
        return f"Deploy {name} for all inputs"
    reason = _better_everywhere(recommendation) or (
        _best_anyway(recommendation) if _has_no_plain(recommendation) else _not_paying(recommendation)
    )
    if not sure and _deters(recommendation) and reason.endswith(UNPAID):
        reason += " at the amounts assumed"
    return f"Deploy {name}: {reason}"


def _mixed_strategy(recommendation: Recommendation) -> str:
    parts = percentages([share for _, share in recommendation.deploy])
    first, *rest = (
        f"{name} for {part}" for (name, _), part in zip(recommendation.deploy, parts, strict=True)
    )
    return listed([f"{first} of inputs", *rest])


def _has_no_plain(recommendation: Recommendation) -> bool:
    return recommendation.scenario.undefended is None


def _better_everywhere(recommendation: Recommendation) -> str:
    """The reason if the network is best with or without attack; else empty."""
    accuracies = recommendation.scenario.accuracies
    accuracy = accuracies.attacked_accuracy
    if len(accuracies.attacks) == 1:
        return "it has the highest value, and no attack was measured"
    if (accuracy[accuracies.defences.index(recommendation.undefended)] >= accuracy.max(axis=0)).all():
        return "no other network is more accurate, with or without attack"
    return ""


def _not_paying(recommendation: Recommendation) -> str:
    return "defending does not pay" + (f", as {UNPAID}" if _deters(recommendation) else "")


def _best_anyway(recommendation: Recommendation) -> str:
    if _deters(recommendation):
        return f"it is best without attacks, and {UNPAID}"
    return "it is best without attacks, and remains best under the expected attacks"


def _deters(recommendation: Recommendation) -> bool:
    """Whether not attacking is a best response to the recommended network."""
    return recommendation.scenario.largest_share > 0 and recommendation.doing_nothing.answer == NO_ATTACK
