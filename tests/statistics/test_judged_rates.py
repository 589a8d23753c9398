"""Judges that err, and repeated tries, against values by hand and by exact enumeration."""

from __future__ import annotations

from itertools import combinations
from math import sqrt

import numpy as np
import pytest
from scipy.stats import binom

from advgame.bundled import bundled
from advgame.errors import InputError
from advgame.measurements.outcomes import read_outcomes
from advgame.statistics.judged_rates import JudgeCounts, corrected_rate, judge_counts
from advgame.statistics.repeated_tries import hit_rates


def test_error_rates_are_counted_from_two_verdicts_on_the_same_cases() -> None:
    truth = [True] * 4 + [False] * 6
    judged = [True, True, True, False, False, False, False, False, True, True]
    counts = judge_counts(truth, judged)
    assert counts == JudgeCounts(hits=3, successes=4, rejections=4, failures=6)
    swapped = judge_counts(judged, truth)  # as if the judge were right and the reference erred
    assert (swapped.sensitivity, swapped.specificity) == (3 / 5, 4 / 5)


def test_a_corrected_rate_is_that_of_rogan_and_gladen() -> None:
    rate = corrected_rate(41, 100, JudgeCounts(90, 100, 80, 100))
    assert rate.corrected == pytest.approx(0.3)  # by hand: (.41 + .8 − 1) / .7
    exact = corrected_rate(41, 100, JudgeCounts(90, 100, 80, 100), exact_judge=True)
    assert exact.high - exact.low < rate.high - rate.low


def test_with_many_cases_the_interval_is_that_of_the_delta_method() -> None:
    rate = corrected_rate(410_000, 10**6, JudgeCounts(900_000, 10**6, 800_000, 10**6))
    variance = (0.41 * 0.59 + 0.3**2 * 0.9 * 0.1 + 0.7**2 * 0.8 * 0.2) / 10**6 / 0.49
    ends = 0.3 - 1.959964 * sqrt(variance), 0.3 + 1.959964 * sqrt(variance)
    assert (rate.low, rate.high) == pytest.approx(ends, abs=1e-5)


@pytest.mark.parametrize("true", [0.05, 0.2])
def test_a_few_cases_and_a_judge_never_seen_to_err_still_cover_the_true_rate(true: float) -> None:
    """By enumeration of all counts of 10 cases; the judge is right on 20 successes and 20 failures."""
    chances = binom.pmf(np.arange(11), 10, true)
    rates = [corrected_rate(count, 10, JudgeCounts(20, 20, 20, 20)) for count in range(11)]
    assert sum(p for p, rate in zip(chances, rates, strict=True) if rate.low <= true <= rate.high) > 0.95


def test_a_rate_below_the_judges_false_positive_rate_is_out_of_range_but_its_interval_is_not() -> None:
    rate = corrected_rate(2, 100, JudgeCounts(90, 100, 80, 100))
    assert rate.corrected < 0
    assert rate.outside
    assert 0 <= rate.low <= rate.high <= 1


def test_the_interval_covers_the_true_rate_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(7)
    true, sensitivity, specificity = 0.3, 0.85, 0.9
    covered = 0
    for _ in range(2000):
        judge = JudgeCounts(
            int(random.binomial(200, sensitivity)), 200, int(random.binomial(200, specificity)), 200
        )
        judged = int(random.binomial(300, true * sensitivity + (1 - true) * (1 - specificity)))
        rate = corrected_rate(judged, 300, judge)
        covered += rate.low <= true <= rate.high
    assert 0.93 < covered / 2000 < 0.97


@pytest.mark.parametrize(
    ("truth", "judged", "says"),
    [([True], [True, False], "1 cases and the judge 2"), ([True, True], [True, False], "2 successes and 0")],
)
def test_verdicts_that_cannot_be_compared_are_refused(
    truth: list[bool], judged: list[bool], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        judge_counts(truth, judged)


def test_a_judge_no_better_than_chance_corrects_nothing() -> None:
    with pytest.raises(InputError, match="no better than chance"):
        corrected_rate(10, 100, JudgeCounts(50, 100, 50, 100))
    with pytest.raises(InputError, match="11 of 10"):
        corrected_rate(11, 10, JudgeCounts(90, 100, 80, 100))


def test_rates_of_several_tries_are_the_mean_over_all_choices_of_tries() -> None:
    outcomes = np.array([[1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 0, 0]])
    for k in (1, 2, 3, 4):
        chosen = [outcomes[:, list(some)].any(axis=1).mean() for some in combinations(range(4), k)]
        assert hit_rates(outcomes, [k]).measured[0] == pytest.approx(np.mean(chosen))


def test_three_runs_of_the_agents_gain_less_than_independent_tries_would() -> None:
    table = read_outcomes(bundled("data") / "published" / "agent-injection.outcomes.parquet")
    from advgame.measurements.measurement import Column

    cell = table.cell("agent-security-sandbox", "gpt-4o", "undefended", Column("data exfiltration"))
    rates = hit_rates(1 - cell.right.T)
    assert rates.measured[0] == pytest.approx(1 - cell.accuracy)
    assert rates.measured[2] < rates.independent[2] - 0.1
    assert rates.dependence < 0.9


@pytest.mark.parametrize("wrong", [[[0.5, 1]], [], [[]], [1, 0]])
def test_outcomes_other_than_0_and_1_are_refused(wrong: object) -> None:
    with pytest.raises(InputError, match="0 or 1 for each case"):
        hit_rates(wrong)


@pytest.mark.parametrize("tries", [[0], [4], []])
def test_more_tries_than_were_measured_are_refused(tries: list[int]) -> None:
    with pytest.raises(InputError, match="3 tries of each case were measured"):
        hit_rates([[1, 0, 1]], tries)


def test_a_judge_that_may_be_no_better_than_chance_leaves_every_rate_possible() -> None:
    rate = corrected_rate(5, 10, JudgeCounts(1, 1, 1, 100))  # one case shows all that it recognises
    assert (rate.low, rate.high) == (0.0, 1.0)
