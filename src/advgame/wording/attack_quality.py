"""What the measured attacks leave open: static attacks, several tries, a judge that errs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from advgame.arrays import NO_ATTACK
from advgame.decision import Recommendation
from advgame.decision.policies import NOT_RUN
from advgame.measurements import MeasurementTable
from advgame.measurements.measurement import ADAPTIVITY, PLAYABLE
from advgame.number_text import percent, significant
from advgame.payoffs import Accuracies
from advgame.payoffs.accuracies import NOT_ADAPTIVE
from advgame.payoffs.field_success import ANY_ATTACK
from advgame.scenarios import Scenario
from advgame.wording.names import counted, listed, shortened

if TYPE_CHECKING:
    from advgame.studies import Threshold

NAMED = 4


def static_attacks(rows: MeasurementTable) -> str:
    """Which attacks were not adapted to the defence that they were measured on; empty if none is known to be.

    Args:
        rows: the selected rows.
    """
    parts = []
    for kind in NOT_ADAPTIVE:
        names = _attacks_that_were(kind, rows)
        if names:
            words = ADAPTIVITY[kind]
            parts.append(f"{words[0].upper()}{words[1:]}: {shortened(names, NAMED)}.")
    if not parts:
        return ""
    return (
        f"{' '.join(parts)} The success rates are lower bounds, because an attacker who adapts to the "
        "defence can succeed more often."
    )


def other_attacks(rows: MeasurementTable) -> str:
    """Which attacks were adapted to the defence, and of which the table does not state it; empty if of none.

    Args:
        rows: the selected rows.
    """
    attacked = [row for row in rows if row.attack != NO_ATTACK and row.metric in PLAYABLE]
    stated = {row.attack for row in attacked if row.adaptivity}
    adapted = _attacks_that_were("adaptive", rows)
    unstated = [name for name in dict.fromkeys(row.attack for row in attacked) if name not in stated]
    sentences = []
    if adapted:
        sentences.append(f"Adapted to each defence: {shortened(adapted, NAMED)}.")
    if unstated and stated:
        subject = "it was" if len(unstated) == 1 else "they were"
        sentences.append(
            f"Of {shortened(unstated, NAMED)}, the table does not state whether {subject} adapted to the "
            "defences."
        )
    elif unstated:
        sentences.append("The table does not state whether its attacks were adapted to the defences.")
    return " ".join(sentences)


def _attacks_that_were(kind: str, rows: MeasurementTable) -> list[str]:
    """Attacks of that adaptivity in the order of the rows, marked where some rows have another one."""
    attacked = [row for row in rows if row.attack != NO_ATTACK and row.metric in PLAYABLE]
    differing = {row.attack for row in attacked if row.adaptivity and row.adaptivity != kind}
    names = dict.fromkeys(row.attack for row in attacked if row.adaptivity == kind)
    return [f"{name} (in part)" if name in differing else name for name in names]


def adaptive_threshold(scenario: Scenario, threshold: Threshold | None, *, of_policies: bool) -> str:
    """How many times more often an adaptive attacker must succeed for the answer to change.

    Args:
        scenario: with its own factor.
        threshold: of ``adaptive_factor``; None where the attacks were not static.
        of_policies: whether fixed policies were compared, instead of games solved again.
    """
    if threshold is None:
        return ""
    assumed = (
        f"The scenario assumes that an adaptive attacker succeeds {significant(scenario.adaptive_factor)} "
        "times as often as the static attack."
        if scenario.adaptive_factor != 1
        else "The success rates are used as measured."
    )
    if threshold.above is None and threshold.cut_short:
        return f"{assumed} The search for a factor that changes the answer was cut short."
    if threshold.above is None:
        stays = (
            "no single defence would be worth more than the recommended policy"
            if of_policies
            else "the same defences would be deployed"
        )
        return (
            f"{assumed} Even if an adaptive attacker succeeded up to {significant(threshold.high)} times as "
            f"often as measured, {stays}."
        )
    more = (
        f"more than {significant(threshold.above)} times as often as"
        if threshold.above > 1
        else ("more often than")
    )
    becomes = f"{NOT_RUN} would be better"
    if threshold.deploy_above:
        how = "worth more" if of_policies else "deployed instead"
        becomes = f"{listed(threshold.deploy_above)} would be {how}"
    return f"{assumed} If an adaptive attacker succeeded {more} measured, {becomes}."


def tries_in_words(scenario: Scenario) -> str:
    """What several tries assume; empty for a single one."""
    if scenario.tries == 1:
        return ""
    allowed = (
        f"An attacker may try each input {significant(scenario.tries)} times and stops at the first success; "
        "it pays for the expected number of tries. "
    )
    dependence = scenario.accuracies.dependence
    if dependence is not None and dependence.covers(scenario.tries):
        return allowed + (
            f"How often one of {significant(scenario.tries)} tries succeeds was measured on runs of the same "
            "inputs."
        )
    measured = (
        ""
        if dependence is None
        else f"No more than {len(dependence.ratios)} tries of each input were measured. "
    )
    return (
        allowed
        + measured
        + (
            "Tries are taken as independent: 1 − (1 − s)^k. Where some inputs are easy and others hopeless, "
            "repeated tries succeed less often than that."
        )
    )


def judges_in_words(scenario: Scenario, accuracies: Accuracies) -> Iterator[str]:
    """How far the success rates are corrected for the errors of the judge, and where that fails.

    Args:
        scenario: with its judges.
        accuracies: of the scenario.
    """
    for attack, judge in scenario.judge.items():
        remaining = "all attacks" if len(scenario.judge) == 1 else "all other attacks"
        where = remaining if attack == ANY_ATTACK else attack
        yield (
            f"For {where}, the judge of success recognises {percent(judge.sensitivity)} of successes and "
            f"{percent(judge.specificity)} of failures; success rates are corrected for that (Rogan and "
            "Gladen 1978)."
        )
    outside = accuracies.outside
    if outside:
        cells = [f"{defence} under {attack} ({percent(rate)})" for defence, attack, rate in outside]
        yield (
            f"In {counted(len(outside), 'cell', 'cells')} the corrected rate lies outside 0 to 100 % and is "
            f"cut off there: {shortened(cells, NAMED)}. The judge's error rates do not fit these "
            "measurements, or the sampling error is larger than the rate."
        )


def factor_threshold(thresholds: tuple[Threshold, ...]) -> Threshold | None:
    """The threshold of ``adaptive_factor`` among those of a report; None if it has none."""
    return next((threshold for threshold in thresholds if threshold.parameter == "adaptive_factor"), None)


def utility_in_words(recommendation: Recommendation, accuracies: Accuracies) -> str:
    """What the recommended defence completes under attack; empty where that earns nothing."""
    worth = getattr(recommendation.scenario.term("utility_under_attack"), "attacked_utility")
    if not worth or accuracies.completed is None or len(accuracies.attacks) == 1:
        return ""
    done = accuracies.completed * (1 - accuracies.attacked_error)
    mixed = recommendation.profile.defender @ done[:, 1:]
    low, high = percent(float(mixed.min())), percent(float(mixed.max()))
    of = (
        f"{low} of the attacked inputs"
        if low == high
        else (f"{low} to {high} of the attacked inputs, depending on the attack")
    )
    return (
        f"Under attack, the recommended defence keeps the attack out and completes the user's task on {of}. "
        "The rest is lost to the defender and not gained by the attacker."
    )
