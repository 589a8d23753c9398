"""Whether an owner who fears losses decides otherwise."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import norm

import advgame as ag
from advgame.errors import InputError
from advgame.statistics.best_of_many import undominated
from advgame.statistics.risk_measures import certainty_equivalents, draws_behind, worst_means
from advgame.studies import Risk
from advgame.studies.risk import _changes_by_tolerance, _changes_by_worst, _tolerances
from tests.studies.structures import CASES

NORMAL = ndtri((np.arange(100_000) + 0.5) / 100_000)


def studied(case: str, **settings: object) -> Risk:
    result = ag.study("risk", ag.case(case), **{"draws": 2000, **settings})
    assert isinstance(result, Risk)
    return result


@pytest.mark.parametrize("case", CASES)
def test_it_answers_every_bundled_case(case: str) -> None:
    result = studied(case, draws=500)
    assert result.neutral == result.options[0].option
    for option in result.options:
        worst = [value for _, value in option.worst]
        assert worst == sorted(worst, reverse=True)  # fewer of the worst draws are worth less
        assert option.worst_draw <= worst[-1] <= option.mean + 1e-12


@pytest.mark.parametrize("share", [0.5, 0.05])
def test_the_mean_of_the_worst_draws_of_a_normal_value_is_the_closed_form(share: float) -> None:
    worst = worst_means(2 + 3 * NORMAL[:, None])[int(share * len(NORMAL)) - 1, 0]
    assert worst == pytest.approx(2 - 3 * norm.pdf(norm.ppf(share)) / share, abs=1e-3)


@pytest.mark.parametrize("tolerance", [1.0, 5.0, 1e6])
def test_the_certainty_equivalent_of_a_normal_value_is_the_closed_form(tolerance: float) -> None:
    found = certainty_equivalents(2 + NORMAL[:, None], tolerance)[0]
    assert found == pytest.approx(2 - 1 / (2 * tolerance), abs=1e-3)


def test_a_certainty_equivalent_of_huge_losses_does_not_overflow() -> None:
    found = certainty_equivalents(np.array([[-1e6], [0.0]]), 1.0)[0]
    assert found == pytest.approx(-1e6 + log(2))
    assert draws_behind(np.array([[-1e6], [0.0]]), 1.0)[0] == 1


def test_the_decision_changes_where_two_normal_values_are_equally_good() -> None:
    """Means 1 and 0.5, deviations 2 and 1: ρ* = (σ₁² − σ₂²) / (2 (μ₁ − μ₂)) = 3.

    The means of the worst share α are equal where φ(z)/α = (μ₁ − μ₂)/(σ₁ − σ₂) = 0.5.
    """
    values = np.column_stack([1 + 2 * NORMAL, 0.5 + NORMAL])
    (change,) = _changes_by_tolerance(values, _tolerances(values), ["bold", "careful"])
    assert (change.before, change.after) == ("bold", "careful")
    assert change.at == pytest.approx(3, rel=0.01)
    (tail,) = _changes_by_worst(worst_means(values), ["bold", "careful"])
    assert norm.pdf(norm.ppf(tail.at)) / tail.at == pytest.approx(0.5, abs=1e-3)


def test_what_is_better_in_every_draw_is_better_at_every_tolerance() -> None:
    values = np.column_stack([NORMAL - 1, NORMAL])
    assert undominated(values).tolist() == [1]
    assert _changes_by_tolerance(values, _tolerances(values), ["worse", "better"]) == ()
    assert _changes_by_worst(worst_means(values), ["worse", "better"]) == ()


def test_the_preferred_option_of_a_cautious_owner_is_the_best_of_the_column_of_that_share() -> None:
    result = studied("cifar10-pruned-and-defended", level=0.1)
    best = result.frame().set_index("option")["worst_10_percent"].idxmax()
    assert result.cautious == best
    assert result.cautious != result.neutral
    assert result.changes
    assert len(result.switches()) == len(result.by_worst) + len(result.by_tolerance)
    assert "a month" in result.sentence


def test_an_option_that_is_always_best_is_so_for_everyone() -> None:
    result = studied("imagenette-explanations")
    assert not result.changes
    assert "at every degree of risk aversion tried" in result.sentence


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"draws": 300}, "at least 400 draws"),
        ({"level": 5}, "share of the worst draws"),
        ({"draws": 2000.0}, "a whole number"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        studied("cifar10-two-defences", **settings)


def test_the_smallest_tolerance_still_rests_on_several_draws() -> None:
    values = np.random.default_rng(0).standard_normal((1000, 3)) * sqrt(2)
    assert draws_behind(values, float(_tolerances(values)[-1])).min() >= 20
