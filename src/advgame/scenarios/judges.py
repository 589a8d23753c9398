"""What is known about the judge that decided which attacks of a scenario succeeded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from advgame.arrays import FloatArray
from advgame.errors import InputError
from advgame.measurements.judge_verdicts import Cell, JudgeVerdicts
from advgame.number_text import percent
from advgame.payoffs.field_success import ANY_ATTACK, Judge
from advgame.scenarios.scenario import Scenario
from advgame.scenarios.verdicts_beside import ScenarioVerdicts, verdicts_beside
from advgame.statistics.intervals import beta_interval
from advgame.statistics.judged_rates import JudgeCounts
from advgame.statistics.posteriors import JEFFREYS

Range = tuple[float, float]  # least, greatest

AS_RIGHT = (1.0, 1.0)  # sensitivity and specificity of a judge that never errs
CHANCE = 0.01  # smaller p-values are not explained by chance


@dataclass(frozen=True)
class OfDefence:
    """How the judge decided on the attacks against one defence."""

    defence: str
    counts: JudgeCounts


@dataclass(frozen=True, eq=False)
class JudgeEvidence:
    """The error rates of a judge, how sure they are, and another judge's verdicts."""

    attack: str  # whose success it decided; ``*`` for all without a judge of their own
    given: Judge | None  # the judge that the scenario states
    estimate: tuple[float, float]  # sensitivity, specificity
    sensitivity: Range
    specificity: Range
    counts: JudgeCounts | None  # behind the error rates; None where a range is given or assumed
    words: str
    judge: str = ""  # the name of the judge, where there are two
    other: str = ""  # the name of the judge that it is compared with
    by_defence: tuple[OfDefence, ...] = ()
    other_rates: Mapping[tuple[str, str], float] = field(default_factory=dict)  # (defence, attack) → success

    def draw(self, random: np.random.Generator, draws: int) -> FloatArray:
        """Draws (draws, 2) of sensitivity and specificity: Beta posteriors, or uniform over the range.

        Args:
            random: source of the draws.
            draws: how many.
        """
        counts = self.counts
        if counts is None:
            low, high = zip(self.sensitivity, self.specificity, strict=True)
            return random.uniform(low, high, (draws, 2))
        return np.column_stack(
            [
                random.beta(right + JEFFREYS, all_ - right + JEFFREYS, draws)
                for right, all_ in ((counts.hits, counts.successes), (counts.rejections, counts.failures))
            ]
        )

    @property
    def uneven(self) -> str:
        """That the judge errs more on one defence than on another; empty where it does not."""
        judge = f" of {self.judge!r}"
        parts = [
            text
            for name, right, all_ in (
                ("sensitivity", "hits", "successes"),
                ("specificity", "rejections", "failures"),
            )
            if (text := _spread(self.by_defence, name + judge, right, all_))
        ]
        if not parts:
            return ""
        return (
            f"The {' and the '.join(parts)}, more than chance explains: one correction for all defences is "
            "not enough, so the second judge's own verdicts count for more than the corrected ones."
        )


def _spread(by_defence: Sequence[OfDefence], name: str, right: str, all_: str) -> str:
    from scipy.stats import chi2_contingency

    judged = [
        (entry.defence, getattr(entry.counts, right), getattr(entry.counts, all_))
        for entry in by_defence
        if getattr(entry.counts, all_)
    ]
    wrong = sum(count - hits for _, hits, count in judged)
    if len(judged) < 2 or not wrong or wrong == sum(count for _, _, count in judged):
        return ""
    if chi2_contingency([[hits, count - hits] for _, hits, count in judged]).pvalue >= CHANCE:
        return ""
    rates = sorted((hits / count, defence) for defence, hits, count in judged)
    (low, worst), (high, best) = rates[0], rates[-1]
    return f"{name} differs between defences, from {percent(low)} ({worst}) to {percent(high)} ({best})"


def judge_evidence_of(
    scenario: Scenario,
    ranges: tuple[Sequence[float], Sequence[float]] = ((), ()),
    *,
    assumed: float = 0.9,
    assumed_cases: int = 100,
    level: float = 0.95,
) -> JudgeEvidence:
    """The error rates of a scenario's judge: as given, as the scenario states, from two verdicts, or assumed.

    >>> from advgame.scenarios import case
    >>> found = judge_evidence_of(case("prompt-defences"))
    >>> found.counts
    JudgeCounts(hits=174, successes=177, rejections=226, failures=481)

    Args:
        scenario: the scenario; verdicts of two judges lie beside its table.
        ranges: least and greatest sensitivity, and specificity; each empty for what is known.
        assumed: lower end of both where nothing is known.
        assumed_cases: cases behind error rates that a scenario states without counts.
        level: of the intervals.

    Raises:
        InputError: for a range turned round or outside 0..1, or verdicts that do not fit the table.
    """
    evidence = _known(scenario, assumed, assumed_cases, level)
    if not any(len(given) for given in ranges):
        return evidence
    ends = [
        _range(name, given) if len(given) else known
        for name, given, known in zip(
            ("sensitivity", "specificity"), ranges, (evidence.sensitivity, evidence.specificity), strict=True
        )
    ]
    (low, high), (few, many) = ends
    words = (
        f"As given, the judge recognises {percent(low)} to {percent(high)} of successes and "
        f"{percent(few)} to {percent(many)} of failures."
    )
    return replace(
        evidence,
        estimate=((low + high) / 2, (few + many) / 2),
        sensitivity=ends[0],
        specificity=ends[1],
        counts=None,
        words=words,
    )


def _range(name: str, given: Sequence[float]) -> Range:
    ends = tuple(given) * (2 if len(given) == 1 else 1)
    numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
    if len(ends) != 2 or not numbers or not 0 < ends[0] <= ends[1] <= 1:
        raise InputError(
            f"{name} is {list(given)!r}; expected its least and its greatest value, above 0 and at most 1, "
            "the smaller one first."
        )
    return float(ends[0]), float(ends[1])


def _known(scenario: Scenario, assumed: float, assumed_cases: int, level: float) -> JudgeEvidence:
    verdicts = verdicts_beside(scenario)
    if scenario.judge:
        attack = ANY_ATTACK if ANY_ATTACK in scenario.judge else next(iter(scenario.judge))
        stated = _stated(attack, scenario.judge[attack], assumed_cases, level)
        return stated if verdicts is None else _beside(stated, scenario, verdicts)
    if verdicts is None:
        words = (
            "The scenario states no judge, so the verdicts on its attacks count as right. Assumed is a judge "
            f"that recognises at least {percent(assumed)} of successes and of failures."
        )
        ends = assumed, 1.0
        return JudgeEvidence(ANY_ATTACK, None, ((1 + assumed) / 2,) * 2, ends, ends, None, words)
    return _from_verdicts(scenario, verdicts, level)


def _stated(attack: str, judge: Judge, assumed_cases: int, level: float) -> JudgeEvidence:
    successes, failures = judge.successes or assumed_cases, judge.failures or assumed_cases
    counts = JudgeCounts(
        round(judge.sensitivity * successes), successes, round(judge.specificity * failures), failures
    )
    guessed = not (judge.successes and judge.failures)
    cases = f" (no count of cases is stated; {assumed_cases:,} are assumed)" if guessed else ""
    of = "The judge" if attack == ANY_ATTACK else f"The judge of {attack}"
    estimate = judge.sensitivity, judge.specificity
    return _counted(f"{of} recognises", attack, judge, estimate, counts, level, cases)


def _counted(
    who: str,
    attack: str,
    given: Judge | None,
    estimate: tuple[float, float],
    counts: JudgeCounts,
    level: float,
    cases: str = "",
) -> JudgeEvidence:
    sensitivity = beta_interval(counts.hits, counts.successes, level)
    specificity = beta_interval(counts.rejections, counts.failures, level)
    first, second = (" to ".join(map(percent, ends)) for ends in (sensitivity, specificity))
    words = (
        f"{who} {percent(estimate[0])} of successes ({percent(level)} interval {first}) and "
        f"{percent(estimate[1])} of failures ({second}){cases}."
    )
    return JudgeEvidence(attack, given, estimate, sensitivity, specificity, counts, words)


def _from_verdicts(scenario: Scenario, verdicts: ScenarioVerdicts, level: float) -> JudgeEvidence:
    counts = verdicts.table.against(verdicts.judge, verdicts.other)
    swapped = verdicts.table.against(verdicts.other, verdicts.judge)
    total = counts.successes + counts.failures
    if not counts.successes or not counts.failures:
        raise InputError(
            f"By {verdicts.other!r}, {counts.successes} of {total} attacks succeeded; the error rates of "
            f"{verdicts.judge!r} need both successes and failures. Give sensitivity and specificity."
        )
    evidence = _counted(
        f"Against the judge {verdicts.other!r} on the same {total:,} cases, the judge {verdicts.judge!r} "
        "recognises",
        ANY_ATTACK,
        None,
        (counts.sensitivity, counts.specificity),
        counts,
        level,
    )
    if swapped.successes and swapped.failures:
        turned = (
            f" If {verdicts.judge!r} were right instead, {verdicts.other!r} would recognise "
            f"{percent(swapped.sensitivity)} of successes and {percent(swapped.specificity)} of failures."
        )
        evidence = replace(evidence, words=evidence.words + turned)
    return _beside(evidence, scenario, verdicts)


def _beside(evidence: JudgeEvidence, scenario: Scenario, verdicts: ScenarioVerdicts) -> JudgeEvidence:
    """The evidence with the verdicts of the other judge on each defence."""
    table, other_judge = verdicts.table, verdicts.other
    by_defence: dict[str, dict[Cell, Mapping[tuple[bool, ...], int]]] = {}
    rates = {}
    for cell, (defence, attack) in verdicts.cells.items():
        by_defence.setdefault(defence, {})[cell] = table.cells[cell]
        if attack in scenario.accuracies.attacks:
            rates[defence, attack] = table.success_rate(cell, other_judge)
    return replace(
        evidence,
        judge=verdicts.judge,
        other=other_judge,
        by_defence=tuple(
            OfDefence(defence, JudgeVerdicts(table.judges, cells).against(verdicts.judge, other_judge))
            for defence, cells in by_defence.items()
        ),
        other_rates=rates,
    )
