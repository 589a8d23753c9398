"""What to deploy?"""

from __future__ import annotations

from advgame.equilibria import Timing
from advgame.reports.blocks import Block, Caution, Figure, Figures, Paragraph, Verdict
from advgame.reports.facts import Facts
from advgame.wording.caveats import too_close, turning_in_words, turning_share, warned
from advgame.wording.comparison import comparison
from advgame.wording.concepts import rule_in_words
from advgame.wording.money import Money
from advgame.wording.numbers import percent, signed
from advgame.wording.verdict import verdict_of

MIXED = (
    "It is a mixed strategy: for each input the server draws the network at random with these "
    "probabilities, and the attacker cannot know which one is drawn."
)


def decision(facts: Facts) -> tuple[Block, ...]:
    """The verdict, what speaks against it, the rule it follows, and the numbers looked for first."""
    found = facts.recommendation
    caveats = too_close(found, facts.break_even), warned(facts.rows)
    told: list[Block] = [Verdict(verdict_of(found)), *(Caution(text) for text in caveats if text)]
    told += [Paragraph(_situation(facts)), Figures(tuple(_figures(facts)))]
    simultaneous = found.situation.concept.timing is Timing.SIMULTANEOUS
    if simultaneous and not found.solution.complete:
        told.append(
            Caution(
                "The list of equilibria is not proven complete: another may be worth less to the defender."
            )
        )
    return tuple(told)


def _situation(facts: Facts) -> str:
    scenario, found = facts.scenario, facts.recommendation
    question = f"{scenario.question} " if scenario.question else ""
    if not facts.has_attacks:
        return f"{question}The table contains no attack; the defences are compared by their worth alone."
    mixed = "" if found.pure else f" {MIXED}"
    return (
        f"{question}The attacker can supply up to {percent(scenario.largest_share)} "
        f"of the traffic with {_count_of_attacks(facts)}. {rule_in_words(found)}{mixed}"
    )


def _count_of_attacks(facts: Facts) -> str:
    attacks = facts.accuracies.attacks[1:]
    return f"one attack ({attacks[0]})" if len(attacks) == 1 else f"any of {len(attacks)} attacks"


def _figures(facts: Facts) -> list[Figure]:
    found, money = facts.recommendation, facts.money
    per = "per classified input"
    figures = [
        Figure(
            "Worth to the defender", money.per_input(found.value), _note(per, money, found.value), found.value
        )
    ]
    compared = comparison(found)
    if compared is not None:
        answered = ", after the attacker's best response" if facts.has_attacks else ""
        gain = compared.gain
        figures.append(
            Figure(compared.label, signed(money.per_input(gain)), _note(per + answered, money, gain), gain)
        )
    if facts.has_attacks:
        figures += _adversarial(facts)
    return figures


def _adversarial(facts: Facts) -> list[Figure]:
    found, limit = facts.recommendation, facts.scenario.largest_share
    share = Figure(
        "Expected adversarial share",
        percent(found.expected_share),
        f"of at most {percent(limit)}",
        found.expected_share,
    )
    turning = turning_share(
        found, next((each for each in facts.thresholds if each.parameter == "largest_share"), None)
    )
    if turning is None:
        return [share]
    text, interval = turning_in_words(found, turning, facts.break_even)
    side = "the scenario is above it" if limit > turning else "the scenario is below it"
    note = f"{interval}; {side}" if interval else f"{side}; its sampling error is unknown"
    return [share, Figure("Threshold of the largest share", text, note, turning)]


def _note(per: str, money: Money, amount: float) -> str:
    month = money.per_month(amount)
    return f"{per}; {month} per month" if month else per
