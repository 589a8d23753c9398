"""Section: what to deploy?"""

from __future__ import annotations

from advgame.decision import Kind
from advgame.equilibria import Timing
from advgame.number_text import percent, signed
from advgame.reports.blocks import Block, Caution, Figure, Figures, Paragraph, Verdict
from advgame.reports.facts import Facts
from advgame.wording.caveats import nearest_threshold, threshold_in_words, too_close, warned
from advgame.wording.concepts import rule_in_words
from advgame.wording.money import Money
from advgame.wording.policy_words import (
    NOT_STATED,
    gains,
    gains_in_words,
    response_in_words,
    worth_in_words,
)
from advgame.wording.threshold_words import side_in_words
from advgame.wording.type_words import types_in_words
from advgame.wording.verdict import verdict_of

MOST_GAINS = 3
RUN_ANYWAY = (
    "Sections on break-even shares and the equilibrium are left out, as they would be about a service that "
    "is run."
)


def decision(facts: Facts) -> tuple[Block, ...]:
    """The verdict, its value, its caveats, the rule behind it, and the key figures."""
    recommendation = facts.recommendation
    close = "" if facts.decision.stops else too_close(recommendation, facts.break_even)
    caveats = close, _open(facts), warned(facts.rows)
    blocks: list[Block] = [Verdict(verdict_of(facts.decision))]
    if facts.attacker_types is not None:
        blocks.append(Caution(types_in_words(facts.attacker_types, facts.money)))
    if facts.decision.by_knowledge:
        blocks.append(Paragraph(_value(facts)))
    blocks += [Caution(text) for text in caveats if text]
    blocks += [Paragraph(_situation(facts)), Figures(tuple(_figures(facts)))]
    simultaneous = recommendation.situation.concept.timing is Timing.SIMULTANEOUS
    if simultaneous and not recommendation.solution.complete:
        blocks.append(
            Caution(
                "The list of equilibria is not proven complete: another one may have a lower value to the "
                "defender."
            )
        )
    return tuple(blocks)


def _open(facts: Facts) -> str:
    """A caveat where sampling error leaves open which policy that the attacker knows is best."""
    leader = facts.recommendation.situation.concept.timing is Timing.LEADER
    if facts.decision.stops or not (facts.has_attacks and leader and facts.decision.by_knowledge):
        return ""
    confidence = facts.confidence
    return f"Too close to call: {confidence.reason}" if confidence.verdict == "open" else ""


def _value(facts: Facts) -> str:
    """What the chosen policy is worth, with its sign, and against the others."""
    money = facts.money
    parts = (
        worth_in_words(facts.policies, money),
        gains_in_words(facts.policies, money),
        response_in_words(facts.policies, money),
        f"{money.one_is[0].upper()}{money.one_is[1:]}." if money.one_is else "",
    )
    return " ".join(part for part in parts if part)


def _situation(facts: Facts) -> str:
    scenario = facts.scenario
    question = f"{scenario.question} " if scenario.question else ""
    if not facts.has_attacks:
        return (
            f"{question}The table contains no attack; the defences are compared by their value without "
            "attacks."
        )
    rule = RUN_ANYWAY if facts.decision.stops else rule_in_words(facts.recommendation)
    unstated = "" if scenario.attacker_knows else f" {NOT_STATED}"
    return (
        f"{question}The attacker can supply up to {percent(scenario.largest_share)} "
        f"of the traffic with {_count_of_attacks(facts)}. {rule}{unstated}"
    )


def _count_of_attacks(facts: Facts) -> str:
    attacks = facts.accuracies.attacks[1:]
    return f"one attack ({attacks[0]})" if len(attacks) == 1 else f"any of {len(attacks)} attacks"


def _figures(facts: Facts) -> list[Figure]:
    money, per = facts.money, "per classified input"
    value = facts.decision.value
    figures = [Figure("Value to the defender", money.per_input(value), _note(per, money, value), value)]
    for gain in gains(facts.policies)[:MOST_GAINS] if facts.decision.by_knowledge else ():
        figures.append(
            Figure(
                gain.label, signed(money.per_input(gain.amount)), _note(per, money, gain.amount), gain.amount
            )
        )
    if facts.has_attacks:
        figures += [] if facts.decision.stops else [_adversarial_share(facts)]
        figures += _threshold(facts)
    return figures


def _adversarial_share(facts: Facts) -> Figure:
    share = facts.recommendation.expected_share
    limit = percent(facts.scenario.largest_share)
    return Figure(
        "Expected adversarial share", percent(share), f"of at most {limit}{_within_margin(facts)}", share
    )


def _threshold(facts: Facts) -> list[Figure]:
    recommendation, limit = facts.recommendation, facts.scenario.largest_share
    edge = nearest_threshold(
        recommendation,
        next((threshold for threshold in facts.thresholds if threshold.parameter == "largest_share"), None),
    )
    if edge is None:
        return []
    text, interval = threshold_in_words(recommendation, edge, facts.break_even)
    side = f"the scenario is {side_in_words(limit, edge, (percent(limit), text))}"
    note = f"{interval}; {side}" if interval else f"{side}; its sampling error is unknown"
    return [Figure("Threshold of the largest share", text, note, edge)]


def _within_margin(facts: Facts) -> str:
    """The adversarial share that the guaranteed value allows for, where it is above the expected one."""
    chosen = facts.policies.verdict
    if not facts.decision.by_knowledge or chosen.kind is Kind.HIDDEN or chosen.threat_share <= chosen.share:
        return ""
    return f"; {percent(chosen.threat_share)} within the margin"


def _note(per: str, money: Money, amount: float) -> str:
    month = money.per_month(amount)
    return f"{per}; {month} per month" if month else per
