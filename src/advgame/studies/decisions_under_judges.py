"""The decision if the judge errs as often as stated, as estimated, and at the ends of its range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from advgame.decision.policies import Policies, Policy, policies, policy_of
from advgame.decision.situation import Situation, situate
from advgame.payoffs.field_success import Judge
from advgame.scenarios import Scenario
from advgame.scenarios.judges import AS_RIGHT, JudgeEvidence

AS_STATED, CORRECTED = "as the scenario states", "corrected at the estimate"


@dataclass(frozen=True)
class UnderJudge:
    """What is decided if the judge errs this often; money per classified input."""

    verdicts: str  # which verdicts, in words
    sensitivity: float | None  # None where another judge's verdicts are taken instead
    specificity: float | None
    policy: str  # kind of the best policy
    deploy: tuple[tuple[str, float], ...]
    value: float  # of the best policy
    kept: float  # of what is deployed as the scenario states, kept all the same
    outside: int  # success rates outside 0..1 once corrected, cut off there

    @property
    def loss(self) -> float:
        """What keeping the stated decision loses; 0 where it is the best policy."""
        return max(0.0, self.value - self.kept)


def rows_under_judges(
    situation: Situation, stated: Policies, evidence: JudgeEvidence
) -> tuple[UnderJudge, ...]:
    """The decision as stated, with verdicts taken as right, at the estimate, and at the ends of the range.

    A judge that does no better than chance is left out; the verdicts of another judge, if known, come last.

    Args:
        situation: the scenario as it stands.
        stated: its policies.
        evidence: the error rates of its judge.
    """
    scenario, given = situation.scenario, evidence.given
    rows = [
        _row(
            situation, stated, stated, AS_STATED, (given.sensitivity, given.specificity) if given else (1, 1)
        )
    ]
    (low, high), (few, many) = evidence.sensitivity, evidence.specificity
    wanted: dict[str, tuple[float, float]] = {
        "taken as right": (1.0, 1.0),
        CORRECTED: evidence.estimate,
        "least sensitivity and specificity": (low, few),
        "least sensitivity": (low, many),
        "least specificity": (high, few),
        "greatest sensitivity and specificity": (high, many),
    }
    seen = {(rows[0].sensitivity, rows[0].specificity)}
    for verdicts, rates in wanted.items():
        if rates not in seen and sum(rates) > 1 and min(rates) > 0:
            seen.add(rates)
            judged = _situated(situation, with_judge(scenario, evidence.attack, rates))
            rows.append(_row(judged, policies(judged), stated, verdicts, rates))
    if evidence.other_rates:
        by_other_judge = _situated(
            situation, replace(scenario, judge={}, what_if=_assumed(scenario, evidence.other_rates))
        )
        rows.append(
            _row(
                by_other_judge, policies(by_other_judge), stated, f"the verdicts of {evidence.other!r}", None
            )
        )
    return tuple(rows)


def _row(
    judged: Situation,
    table: Policies,
    stated: Policies,
    verdicts: str,
    rates: tuple[float, float] | None,
) -> UnderJudge:
    verdict: Policy = table.verdict
    kept = policy_of(judged, stated.verdict.kind, stated.verdict.strategy)
    return UnderJudge(
        verdicts,
        None if rates is None else rates[0],
        None if rates is None else rates[1],
        verdict.kind.value,
        verdict.deploy,
        verdict.worth,
        min(kept.worth, verdict.worth) if table is stated else kept.worth,
        len(judged.accuracies.outside),
    )


def with_judge(scenario: Scenario, attack: str, rates: tuple[float, float]) -> Scenario:
    """The scenario with other error rates of the judge of an attack.

    Args:
        scenario: the scenario; the judges of its other attacks stay.
        attack: name of the attack, or ``*``.
        rates: sensitivity and specificity.
    """
    judges = {**scenario.judge, attack: Judge(*rates)}
    if rates == AS_RIGHT:
        del judges[attack]
    return replace(scenario, judge=judges)


def _assumed(scenario: Scenario, rates: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Accuracies as another judge's verdicts give them."""
    cells = {f"attacked_accuracy[{defence}, {attack}]": 1 - rate for (defence, attack), rate in rates.items()}
    return {**scenario.what_if, **cells}


def _situated(situation: Situation, scenario: Scenario) -> Situation:
    """Another scenario under the concept of a situation."""
    return situate(scenario, None if situation.by_knowledge else situation.concept)
