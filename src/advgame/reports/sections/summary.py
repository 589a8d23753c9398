"""Section: the decision on one page, with its confidence, what would change it, and what to measure next."""

from __future__ import annotations

from advgame.arrays import NO_ATTACK
from advgame.decision.recommendation import undefended_in_words
from advgame.number_text import MONEY_DIGITS, probability, significant
from advgame.payoffs.accuracies import NOT_ADAPTIVE
from advgame.reports.blocks import Block, Bullets, Heading
from advgame.reports.facts import Facts
from advgame.reports.sections.nearest_thresholds import alternatives, of_policies, threshold_sentence
from advgame.studies.confidence import MONTHS, PRICE_PER_SECOND, SECONDS, Confidence
from advgame.wording.attack_quality import (
    adaptive_threshold,
    factor_threshold,
    static_attacks,
)
from advgame.wording.confidence_words import interval_in_words
from advgame.wording.names import of_money, under_attack
from advgame.wording.threshold_words import nearest_thresholds, no_threshold_in_words

RUNS_DIFFER = (
    "More inputs do not narrow what comes from differences between training runs; only further runs would."
)
TINY = 1e-4  # an amount per input below it is stated per month only, without an exponent


def summary(facts: Facts) -> tuple[Block, ...]:
    """How sure the decision is, the three numbers nearest to changing it, and the next measurement."""
    if not facts.has_attacks:
        return ()
    confidence = facts.confidence
    items = [
        _confidence(facts, confidence),
        *_nearest(facts),
        _static(facts),
        _measurement(facts, confidence),
    ]
    return Heading("In short"), Bullets(tuple(item for item in items if item))


def _confidence(facts: Facts, confidence: Confidence) -> str:
    decision = facts.recommendation
    plain = [name for name, _ in decision.deploy] == [decision.undefended]
    beats = (
        ""
        if plain
        else f" It is worth more than {undefended_in_words(facts.scenario)} in "
        f"{probability(confidence.beats_undefended, 1)} of them."
    )
    interval = interval_in_words(confidence, facts.decision.value, facts.money)
    return f"{confidence.sentence}{beats} {interval} {confidence.evidence}"


def _nearest(facts: Facts) -> list[str]:
    return [threshold_sentence(facts, threshold) for threshold in nearest_thresholds(facts.thresholds)] or [
        no_threshold_in_words(facts.thresholds, alternatives(facts), of_policies=of_policies(facts))
    ]


def _static(facts: Facts) -> str:
    """What an adaptive attacker would change, where the attacks were not adapted; else empty."""
    if facts.decision.stops or not static_attacks(facts.rows):
        return ""
    attacks = dict.fromkeys(row.attack for row in facts.rows if row.attack != NO_ATTACK)
    adapted = {row.attack for row in facts.rows if row.adaptivity not in NOT_ADAPTIVE}
    static = [attack for attack in attacks if attack not in adapted]
    which = "The attacks were" if len(static) == len(attacks) else "Some attacks were"
    threshold = factor_threshold(facts.thresholds)
    words = adaptive_threshold(facts.scenario, threshold, of_policies=of_policies(facts))
    return f"{which} not adapted to the defences. {words}".rstrip()


def _measurement(facts: Facts, confidence: Confidence) -> str:
    money, next_one = facts.money, confidence.measurement
    if confidence.rival is None:
        return "In no draw of the accuracies is another policy better: there is nothing to measure first."
    amount = confidence.perfect_information
    tiny = confidence.volume_known and amount < TINY
    most = f"{money.per_month(amount)} per month" if tiny else money.both(amount)
    known = f"Knowing all accuracies exactly would be worth at most {most} to the choice of a policy"
    if not confidence.volume_known:
        return f"{known}. State volume_per_month to see which measurement pays."
    spread = f" {RUNS_DIFFER}" if confidence.runs > 1 else ""
    if next_one is None:
        return f"{known}; no single accuracy is worth measuring on more inputs.{spread}"
    networks = f" with each of its {next_one.runs} trained networks" if next_one.runs > 1 else ""
    worth, cost = _amount(facts, next_one.worth), _amount(facts, next_one.cost)
    return (
        f"{known}. Measure {next_one.defence} {under_attack(next_one.attack)} on {next_one.inputs:,} more "
        f"inputs{networks} first: worth {worth} over {MONTHS} months for about {cost} (assumed: "
        f"{PRICE_PER_SECOND:g} {money.unit} per second of measuring, {SECONDS:g} second per input where none "
        f"was recorded).{spread}"
    )


def _amount(facts: Facts, amount: float) -> str:
    return of_money(significant(amount, MONEY_DIGITS), facts.money.unit)
