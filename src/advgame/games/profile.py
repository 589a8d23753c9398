"""A pair of mixed strategies with a certificate that neither player can gain by deviating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import ExactMatrix, FloatArray
from advgame.games.game import Game
from advgame.games.tolerances import LARGEST_REGRET


@dataclass(frozen=True)
class Certificate:
    """The regret of each player, relative to that player's payoff range (absolute if that is 0).

    For a Nash equilibrium it is the gain by another strategy; for a commitment, the attacker's gain by
    another response and the defender's by another commitment (a bound from duality).
    """

    defender_regret: float
    attacker_regret: float
    exact: bool = False  # computed in rational arithmetic

    @property
    def regret(self) -> float:
        """The larger of both regrets."""
        return max(self.defender_regret, self.attacker_regret)

    @property
    def valid(self) -> bool:
        """Whether the profile is accepted as a solution: regret exactly zero, or at most LARGEST_REGRET."""
        return self.regret == 0 if self.exact else self.regret <= LARGEST_REGRET


@dataclass(frozen=True, eq=False)
class Profile:
    """One mixed strategy per player, both expected payoffs, and the certificate."""

    defender: FloatArray  # (defences,) probabilities
    attacker: FloatArray  # (attacks,) probabilities
    defender_payoff: float
    attacker_payoff: float
    certificate: Certificate
    exact_mixes: tuple[tuple[Fraction, ...], tuple[Fraction, ...]] | None = None


def certified_profile(game: Game, defender: FloatArray, attacker: FloatArray) -> Profile:
    """The profile with its regrets recomputed from the payoffs, without loss by large constants.

    >>> game = Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])
    >>> certified_profile(game, np.array([1 / 3, 2 / 3]), np.array([0.5, 0.5])).certificate.valid
    True

    Args:
        game: the game.
        defender: (defences,) probabilities.
        attacker: (attacks,) probabilities.
    """
    defender, attacker = _cleaned(defender), _cleaned(attacker)
    centred = game.centred
    to_defender, to_attacker = centred.defender_payoffs @ attacker, defender @ centred.attacker_payoffs
    earned = float(defender @ to_defender), float(to_attacker @ attacker)
    regrets = float(to_defender.max()) - earned[0], float(to_attacker.max()) - earned[1]
    ranges = [high - low for low, high in game.extremes]
    certificate = Certificate(relative(regrets[0], ranges[0]), relative(regrets[1], ranges[1]))
    if centred is not game:
        earned = earnings(game, defender, attacker)
    return Profile(defender, attacker, *earned, certificate)


def earnings(game: Game, defender: FloatArray, attacker: FloatArray) -> tuple[float, float]:
    """The expected payoffs of defender and attacker.

    Args:
        game: the game.
        defender: (defences,) probabilities.
        attacker: (attacks,) probabilities.
    """
    return float(defender @ game.defender_payoffs @ attacker), float(
        defender @ game.attacker_payoffs @ attacker
    )


def restated(profile: Profile, solved: Game, game: Game) -> Profile:
    """A profile of a centred game, with payoffs and regrets converted to the original game.

    Args:
        profile: a profile of ``solved``.
        solved: the centred game.
        game: the original game.
    """
    shares = [
        payoff_range(inner) / payoff_range(outer)
        if payoff_range(inner) > 0 and payoff_range(outer) > 0
        else 1.0
        for inner, outer in (
            (solved.defender_payoffs, game.defender_payoffs),
            (solved.attacker_payoffs, game.attacker_payoffs),
        )
    ]
    certificate = replace(
        profile.certificate,
        defender_regret=profile.certificate.defender_regret * shares[0],
        attacker_regret=profile.certificate.attacker_regret * shares[1],
    )
    to_defender, to_attacker = earnings(game, profile.defender, profile.attacker)
    return replace(profile, defender_payoff=to_defender, attacker_payoff=to_attacker, certificate=certificate)


def certified_profiles(game: Game, defenders: FloatArray, attackers: FloatArray) -> list[Profile]:
    """Like ``certified_profile``, for many pairs of mixed strategies at once.

    Args:
        game: the game.
        defenders: (pairs, defences) probabilities.
        attackers: (pairs, attacks) probabilities.
    """
    if game.centred is not game:
        return [certified_profile(game, *pair) for pair in zip(defenders, attackers, strict=True)]
    defenders, attackers = _all_cleaned(defenders), _all_cleaned(attackers)
    to_defender, to_attacker = attackers @ game.defender_payoffs.T, defenders @ game.attacker_payoffs
    earned = [
        (pays * strategies).sum(axis=1)
        for pays, strategies in ((to_defender, defenders), (to_attacker, attackers))
    ]
    regrets = [
        np.maximum(pays.max(axis=1) - got, 0.0) * relative_regret(1.0, payoffs)
        for pays, got, payoffs in (
            (to_defender, earned[0], game.defender_payoffs),
            (to_attacker, earned[1], game.attacker_payoffs),
        )
    ]
    rows = zip(defenders, attackers, *(array.tolist() for array in (*earned, *regrets)), strict=True)
    return [
        Profile(
            defender,
            attacker,
            defender_payoff,
            attacker_payoff,
            Certificate(defender_regret, attacker_regret),
        )
        for defender, attacker, defender_payoff, attacker_payoff, defender_regret, attacker_regret in rows
    ]


def exactly_certified_profile(
    game: Game, defender: tuple[Fraction, ...], attacker: tuple[Fraction, ...]
) -> Profile:
    """The profile with its regrets computed in rational arithmetic: exactly zero, or no equilibrium.

    >>> half = Fraction(1, 2)
    >>> pennies = Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> exactly_certified_profile(pennies, (half, half), (half, half)).certificate.regret
    0.0

    Args:
        game: the game; its exact payoffs are used.
        defender: (defences,) probabilities that sum to exactly 1.
        attacker: (attacks,) probabilities that sum to exactly 1.

    Returns:
        The profile in floats with ``exact_mixes``, and a certificate of relative regrets that is exact.
    """
    return exactly_certified_profiles(game, [(defender, attacker)])[0]


def exactly_certified_profiles(
    game: Game, pairs: Sequence[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]
) -> list[Profile]:
    """Like ``exactly_certified_profile``, for many pairs, in integers over common denominators.

    >>> game = Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])
    >>> third, half = Fraction(1, 3), Fraction(1, 2)
    >>> exactly_certified_profiles(game, [((third, 1 - third), (half, half))])[0].certificate
    Certificate(defender_regret=0.0, attacker_regret=0.0, exact=True)
    """
    (a, of_a), (b, of_b) = map(_over_one_denominator, game.exact_payoffs)
    (x, of_x), (y, of_y) = (_over_their_denominators(strategies) for strategies in zip(*pairs, strict=True))
    to_defender, to_attacker = y @ a.T, x @ b
    earned = (to_defender * x).sum(axis=1), (to_attacker * y).sum(axis=1)
    regrets = to_defender.max(axis=1) * of_x - earned[0], to_attacker.max(axis=1) * of_y - earned[1]
    units = of_a * of_x * of_y, of_b * of_x * of_y
    ranges = [high - low for low, high in game.extremes]
    certificates = [
        Certificate(
            relative(defender_regret / defender_unit, ranges[0]),
            relative(attacker_regret / attacker_unit, ranges[1]),
            exact=True,
        )
        for defender_regret, attacker_regret, defender_unit, attacker_unit in zip(
            *regrets, *units, strict=True
        )
    ]
    floats = [
        (strategy / total[:, None]).astype(np.float64)
        for strategy, total in (
            (x, of_x),
            (y, of_y),
            (earned[0][:, None], units[0]),
            (earned[1][:, None], units[1]),
        )
    ]
    defenders, attackers, defender_values, attacker_values = floats
    rows = zip(
        defenders,
        attackers,
        defender_values[:, 0].tolist(),
        attacker_values[:, 0].tolist(),
        certificates,
        pairs,
        strict=True,
    )
    return [Profile(*row) for row in rows]


def _over_one_denominator(matrix: ExactMatrix) -> tuple[NDArray[Any], int]:
    """A matrix times its least common denominator, and that denominator."""
    unit = lcm(*(value.denominator for row in matrix for value in row))
    numbers = [[value.numerator * (unit // value.denominator) for value in row] for row in matrix]
    return np.array(numbers, dtype=object), unit


def _over_their_denominators(strategies: Sequence[tuple[Fraction, ...]]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Each mixed strategy times its least common denominator, and these denominators."""
    units = [lcm(*(share.denominator for share in strategy)) for strategy in strategies]
    numbers = [
        [share.numerator * (unit // share.denominator) for share in strategy]
        for strategy, unit in zip(strategies, units, strict=True)
    ]
    return np.array(numbers, dtype=object), np.array(units, dtype=object)


def relative_regret(regret: float, payoffs: FloatArray) -> float:
    """A regret relative to the range of the player's payoffs; absolute if the range is 0."""
    return relative(regret, payoff_range(payoffs))


def relative(regret: float, scale: float) -> float:
    """A regret relative to a range of payoffs; absolute if the range is 0."""
    return max(regret, 0.0) / scale if scale > 0 else max(regret, 0.0)


def payoff_range(payoffs: FloatArray) -> float:
    """The largest payoff minus the smallest; `Game` ensures that it is a finite float."""
    return float(payoffs.max()) - float(payoffs.min())


def _cleaned(mixed_strategy: FloatArray) -> FloatArray:
    """The mixed strategy without negative rounding errors, summing to 1; small probabilities are kept."""
    kept = np.maximum(mixed_strategy, 0.0)
    total = kept.sum()
    return np.asarray(kept if total == 1.0 else kept / total, dtype=np.float64)


def _all_cleaned(mixed_strategies: FloatArray) -> FloatArray:
    """Like ``_cleaned``, for each row."""
    kept = np.maximum(mixed_strategies, 0.0)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True), dtype=np.float64)
