"""2 × 2 games: all equilibria from the signs of four differences, exact also for ties."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from numpy.typing import NDArray

from advgame.games import Game

Mix = tuple[Any, Any]
Gains = tuple[Any, Any]


def extreme_equilibria_2x2(game: Game) -> list[tuple[Mix, Mix]]:
    """Every extreme equilibrium of a 2 × 2 game.

    The sign of a difference of floats is exact, so ties are detected exactly; payoffs in Fractions give
    mixed strategies in Fractions.

    >>> extreme_equilibria_2x2(Game([[3, 0], [2, 1]], [[0, 2], [2, 0]]))
    [((0.5, 0.5), (0.5, 0.5))]

    Args:
        game: of shape (2, 2).
    """
    row_gains, column_gains = _gains(game)
    return [
        (defender, attacker)
        for defender, attacks in _vertices(column_gains)
        for attacker, defences in _vertices(row_gains)
        if _played(defender) <= defences and _played(attacker) <= attacks
    ]


def _gains(game: Game) -> tuple[Gains, Gains]:
    """The gain of each player's first strategy over the second, against each strategy of the opponent.

    For a game with exact payoffs, floats decide only if none of the four differences is near a tie.
    """
    if game.exact_pending:
        floats = _differences(game.defender_payoffs, game.attacker_payoffs)
        if all(abs(gain) > near for gains, near in zip(floats, game.near, strict=True) for gain in gains):
            return floats
    return _differences(*game.payoffs_as_given)


def _differences(to_defender: NDArray[Any], to_attacker: NDArray[Any]) -> tuple[Gains, Gains]:
    return (
        (to_defender[0, 0] - to_defender[1, 0], to_defender[0, 1] - to_defender[1, 1]),
        (to_attacker[0, 0] - to_attacker[0, 1], to_attacker[1, 0] - to_attacker[1, 1]),
    )


def _vertices(gains: Gains) -> Iterator[tuple[Mix, set[int]]]:
    """A player's pure strategies and the one that makes the opponent indifferent, with the best responses.

    ``gains[k]`` is the gain of the opponent's first reply over the second against strategy k.
    """
    number = Fraction if all(isinstance(gain, Fraction) for gain in gains) else float
    for strategy, gain in zip(((number(1), number(0)), (number(0), number(1))), gains, strict=True):
        yield strategy, {0, 1} if gain == 0 else {0} if gain > 0 else {1}
    if gains[0] > 0 > gains[1] or gains[0] < 0 < gains[1]:
        scale = abs(gains[0]) / 2 + abs(gains[1]) / 2  # halves: the sum of two large floats may overflow
        yield (number(abs(gains[1]) / 2 / scale), number(abs(gains[0]) / 2 / scale)), {0, 1}


def _played(mixed: Mix) -> set[int]:
    return {strategy for strategy, share in enumerate(mixed) if share > 0}
