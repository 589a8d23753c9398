"""Types of attackers in words: what they change of a verdict that is for a single attacker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advgame.decision.policies import same_worth
from advgame.number_text import percent, percentages
from advgame.wording.money import Money
from advgame.wording.names import listed
from advgame.wording.policy_words import earned

if TYPE_CHECKING:
    from advgame.studies.attacker_types import AttackerTypesResult, TypedPolicy


def types_in_words(result: AttackerTypesResult, money: Money) -> str:
    """What the scenario's types of attackers change, beside the verdict for its single attacker.

    Args:
        result: of the study ``attacker_types``, on the types of the scenario.
        money: the scenario's unit, and its volume where it states one.
    """
    types = listed(f"{kind.name} {percent(kind.prior)}" for kind in result.types)
    opening = (
        f"The scenario states types of attackers ({types}), but this verdict is for its single attacker "
        "with the rewards, costs and attacks stated for all."
    )
    best, verdict = result.recommended, result.verdict
    if verdict is None:
        run = ": running the service would pay" if best.worth > 0 else ""
        return f"{opening} Against the types, {_policy(best)} is {_worth(money, best.worth)}{run}."
    if same_worth(best.worth, verdict.worth):
        return (
            f"{opening} Against the types it is {_worth(money, verdict.worth)}, and no policy that the "
            "study attacker_types compares is worth more."
        )
    return (
        f"{opening} Against the types, {_policy(best)} is {_worth(money, best.worth)}, and what the "
        f"verdict deploys is {_worth(money, verdict.worth)}: follow the study attacker_types."
    )


def _worth(money: Money, amount: float) -> str:
    """That something earns or loses an amount, to follow "is"."""
    return f"{'worth ' if amount >= 0 else ''}{earned(money, amount)}"


def _policy(policy: TypedPolicy) -> str:
    if len(policy.deploy) == 1:
        return f"{policy.deploy[0][0]} for all inputs ({policy.policy})"
    parts = percentages([share for _, share in policy.deploy])
    deploy = listed(f"{name} for {part}" for (name, _), part in zip(policy.deploy, parts, strict=True))
    return f"{deploy} ({policy.policy})"
