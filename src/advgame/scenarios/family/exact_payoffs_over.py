"""The exact payoffs of a scenario at many parameter values, for the requested strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.games.whole_payoffs import ExactPayoffs, Places, WholePayoffs
from advgame.measurements.decimals import (
    UNROUNDED,
    Number,
    as_decimal,
    as_decimals,
    converted,
    fraction_in_decimals,
    over_common_denominator,
    printed,
)
from advgame.payoffs import Accuracies, Term, build_exactly, rounding_of
from advgame.scenarios.family.payoffs_over import is_share, shares_over, with_amounts
from advgame.scenarios.scenario import Scenario

WORTH_WHILE = 2  # times as many games as corners of the box that their prices span


def exact_payoffs_over(
    scenario: Scenario, values: Mapping[str, FloatArray], *, affine: bool = False
) -> ExactPayoffs:
    """A function that computes the payoffs of games as rational numbers, equal to those of the single games.

    >>> from advgame.scenarios import case
    >>> exact = exact_payoffs_over(case("cifar10-two-defences"), {"attack_cost": np.array([0.1])})
    >>> exact.payoffs(np.array([0]), np.array([0]), np.array([0, 1])).fractions(0)[1].tolist()
    [[Fraction(0, 1), Fraction(27, 100)]]

    Args:
        scenario: the scenario; what ``values`` does not name stays as it is.
        values: address → values (games,), from ``checked_columns``.
        affine: whether payoffs are known to be affine in each price, so that payoffs equal at the extremes
            of the prices are equal in between.
    """
    accuracies = scenario.accuracies

    def payoffs(games: NDArray[np.int64], defences: Places, attacks: Places) -> WholePayoffs:
        some = {address: column[games] for address, column in values.items()}
        return _payoffs(scenario, accuracies, some, defences, attacks)

    def distinct(games: NDArray[np.int64], defences: Places, attacks: Places) -> tuple[Places, Places]:
        some = {address: column[games] for address, column in values.items()}
        which = np.arange(len(games))
        for places in _of_equal_shares(shares_over(scenario, accuracies, some)) if affine else ():
            if len(places) > WORTH_WHILE * 2 ** len(some):
                corners = _corners({address: column[places] for address, column in some.items()})
                whole = _payoffs(scenario, accuracies, corners, defences, attacks)
                if all((amounts == amounts[:1]).all() for amounts in (whole.to_defender, whole.to_attacker)):
                    which[places] = places[0]
        firsts, which = np.unique(which, return_inverse=True)
        return firsts, which

    return ExactPayoffs(payoffs, distinct, _rounding(scenario, accuracies, values))


def _payoffs(
    scenario: Scenario,
    accuracies: Accuracies,
    values: Mapping[str, FloatArray],
    defences: Places,
    attacks: Places,
) -> WholePayoffs:
    """The payoffs of some defences and attacks at the values (games,) of some parameters."""
    columns = [0, *(place for place in attacks.tolist() if place)]  # the first is always "no attack"
    exact = accuracies.exactly(defences.tolist(), columns)
    shares = shares_over(scenario, accuracies, values)[:, columns]
    wanted = np.array([columns.index(place) for place in attacks.tolist()])
    return _exactly(exact, shares, _priced(scenario, values).terms, wanted)


def _of_equal_shares(shares: FloatArray) -> list[Places]:
    """The indices of the games in each group with equal shares (games, attacks)."""
    groups: dict[bytes, list[int]] = {}
    for place, row in enumerate(shares):
        groups.setdefault(row.tobytes(), []).append(place)
    return [np.array(places) for places in groups.values()]


def _corners(values: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The smallest and largest value of each parameter, in all combinations: address → (corners,)."""
    extremes = [np.unique([column.min(), column.max()]) for column in values.values()]
    grids = np.meshgrid(*extremes, indexing="ij")
    return {address: grid.ravel() for address, grid in zip(values, grids, strict=True)}


def _exactly(
    exact: Accuracies, shares: FloatArray, terms: Sequence[Term], attacks: NDArray[np.intp]
) -> WholePayoffs:
    """The payoffs, computed with Decimals, which are faster, or with Fractions if a number is no decimal.

    Args:
        exact: the accuracies in Fractions.
        shares: (games, attacks) shares of the traffic.
        terms: amounts (games, 1, 1).
        attacks: the columns to compute.
    """
    try:
        with localcontext(UNROUNDED):
            return _whole(_in_decimals(exact), shares, terms, attacks, printed)
    except (ArithmeticError, TypeError):
        return _whole(exact, shares, terms, attacks, as_decimal)


def _whole(
    accuracies: Accuracies,
    shares: FloatArray,
    terms: Sequence[Term],
    attacks: NDArray[np.intp],
    number: Number,
) -> WholePayoffs:
    both = build_exactly(replace(accuracies, adversarial_share=as_decimals(shares, number)), terms, number)
    shape = (len(shares), len(accuracies.defences), len(accuracies.attacks))
    (defender, defender_denominator), (attacker, attacker_denominator) = (
        over_common_denominator(np.broadcast_to(payoffs, shape)[:, :, attacks]) for payoffs in both
    )
    return WholePayoffs(defender, attacker, (defender_denominator, attacker_denominator))


def _in_decimals(accuracies: Accuracies) -> Accuracies:
    accuracy = converted(accuracies.attacked_accuracy, fraction_in_decimals)
    measures: Any = {
        metric: {name: fraction_in_decimals(value) for name, value in values.items()}  # type: ignore[arg-type]
        for metric, values in accuracies.other_measures.items()
    }
    completed = accuracies.completed
    return replace(
        accuracies,
        clean_accuracy=accuracy[:, 0],
        attacked_accuracy=accuracy,
        other_measures=measures,
        completed=None if completed is None else converted(completed, fraction_in_decimals),
    )


def _priced(scenario: Scenario, prices: Mapping[str, FloatArray]) -> Scenario:
    """The scenario with its prices as arrays over games."""
    for address, column in prices.items():
        if not is_share(address):
            scenario = with_amounts(scenario, address, column.reshape(-1, 1, 1))
    return scenario


def _rounding(
    scenario: Scenario, accuracies: Accuracies, values: Mapping[str, FloatArray]
) -> tuple[float, float]:
    """Bounds on the rounding error of the float payoffs over all games: defender, attacker."""
    for address, column in values.items():
        if not is_share(address):
            scenario = with_amounts(scenario, address, float(np.abs(column).max()))
    terms, grown = scenario.terms, accuracies.strength.amplification
    return (
        rounding_of([term.to_defender(accuracies) for term in terms], terms, grown),
        rounding_of([term.to_attacker(accuracies) for term in terms], terms, grown),
    )
