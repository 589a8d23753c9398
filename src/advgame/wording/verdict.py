"""The verdict: what to deploy, in one sentence."""

from __future__ import annotations

from advgame.arrays import NO_ATTACK
from advgame.decision import Recommendation
from advgame.wording.names import listed
from advgame.wording.numbers import percentages


def verdict_of(found: Recommendation) -> str:
    """What to deploy, in plain words.

    >>> from advgame.scenarios import case
    >>> from advgame.decision import recommend
    >>> verdict_of(recommend(case("cifar10-two-defences")))
    'Deploy Rice2020Overfitting for 75 % of inputs and Standard for 25 %, drawn at random'
    """
    name = found.deploy[0][0]
    if not found.pure:
        return f"Deploy {_mixed_strategy(found)}, drawn at random"
    if len(found.game.defences) == 1:
        return f"Deploy {name}: no other defence is in the selection"
    if found.defends:
        return f"Deploy {name} for all inputs"
    reason = _better_everywhere(found) or (
        _best_anyway(found) if _has_no_plain(found) else _not_paying(found)
    )
    return f"Deploy {name}: {reason}"


def _mixed_strategy(found: Recommendation) -> str:
    parts = percentages([share for _, share in found.deploy])
    first, *others = (f"{name} for {part}" for (name, _), part in zip(found.deploy, parts, strict=True))
    return listed([f"{first} of inputs", *others])


def _has_no_plain(found: Recommendation) -> bool:
    return found.scenario.undefended is None


def _better_everywhere(found: Recommendation) -> str:
    """Why no attack is needed to choose the network; empty where one is."""
    accuracies = found.scenario.accuracies
    accuracy = accuracies.attacked_accuracy
    if len(accuracies.attacks) == 1:
        return "it is worth the most, and no attack was measured"
    if (accuracy[accuracies.defences.index(found.undefended)] >= accuracy.max(axis=0)).all():
        return "no other network is more accurate, with or without attack"
    return ""


def _not_paying(found: Recommendation) -> str:
    return "defending does not pay" + (", as no attack on it pays" if _deters(found) else "")


def _best_anyway(found: Recommendation) -> str:
    if _deters(found):
        return "it is best without attacks, and no attack on it pays"
    return "it is best without attacks, and remains best under the expected attacks"


def _deters(found: Recommendation) -> bool:
    """Whether an attacker who could attack the recommended network does best not to."""
    return found.scenario.largest_share > 0 and found.doing_nothing.answer == NO_ATTACK
