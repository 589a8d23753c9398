"""The confidence of a decision in words: between which values sampling error puts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advgame.decision.policies import NOT_RUN, same_worth
from advgame.number_text import MONEY_DIGITS, significant
from advgame.wording.money import Money

if TYPE_CHECKING:
    from advgame.studies.confidence import Confidence

KNOWN = " against an attacker who knows it, at the amounts assumed,"


def interval_in_words(confidence: Confidence, stated: float, money: Money) -> str:
    """The interval of the value of what is deployed, and why the value stated beside it may lie outside.

    The draws are valued against an attacker who knows what is deployed, at the amounts assumed.

    Args:
        confidence: of the decision.
        stated: the value stated for the decision, money per classified input.
        money: the scenario's unit.
    """
    if confidence.chosen == NOT_RUN:
        return "It is worth 0, whatever the accuracies are."
    low, high, measured = confidence.low, confidence.high, confidence.as_measured
    same = same_worth(measured, stated)
    beside = ""
    if not low <= measured <= high:
        side = "more" if measured > high else "less"
        beside = (
            f"; at the accuracies as measured it is {_amount(measured)}, {side} than in 97.5 % of the draws"
        )
    elif not same:
        beside = f"; at the accuracies as measured it is {_amount(measured)}"
    return (
        f"{_cause(confidence)} its value{'' if same else KNOWN} between {_amount(low)} and "
        f"{money.per_input(high)} per input (95 %){beside}."
    )


def _cause(confidence: Confidence) -> str:
    """What moves the value from draw to draw."""
    if confidence.drawn_amounts:
        return "Sampling error and the intervals stated for amounts put"
    return "Sampling error alone puts"


def _amount(amount: float) -> str:
    return significant(amount, MONEY_DIGITS)
