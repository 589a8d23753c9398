"""m × 2 and 2 × n games: all equilibria from the upper envelope of lines, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from advgame.arrays import ExactMatrix
from advgame.games import Game

Mix = list[Fraction]


def extreme_equilibria_of_two(game: Game) -> list[tuple[Mix, Mix]]:
    """Every extreme equilibrium of an m × 2 or 2 × n game, in rational numbers.

    The best responses of the player with many strategies form the upper envelope of lines in the opponent's
    probability; only its ends and corners can be extreme, and only one or two lines are played there.

    >>> game = Game([[3, 0], [2, 1], [0, 2]], [[0, 2], [2, 0], [4, 0]])
    >>> [[[str(share) for share in mix] for mix in pair] for pair in extreme_equilibria_of_two(game)]
    [[['1/2', '1/2', '0'], ['1/2', '1/2']]]

    Args:
        game: of shape (m, 2) or (2, n).
    """
    to_defender, to_attacker = game.exact_payoffs
    if game.shape[1] == 2:
        return list(_equilibria(to_defender, to_attacker))
    turned = _equilibria(_transposed(to_attacker), _transposed(to_defender))
    return [(defender, attacker) for attacker, defender in turned]


def _equilibria(many: ExactMatrix, two: ExactMatrix) -> Iterator[tuple[Mix, Mix]]:
    """Pairs (strategy of the player with many rows, strategy of the player with two columns)."""
    gains = [row[1] - row[0] for row in two]  # of the second column over the first
    for share in _corners(many):
        replies = _best_rows(many, share)
        for row in replies:
            if (share == 1 or gains[row] <= 0) and (share == 0 or gains[row] >= 0):
                yield _mix(len(many), {row: Fraction(1)}), [1 - share, share]
        for first, second in combinations(replies, 2):
            if gains[first] * gains[second] < 0:
                weight = gains[second] / (gains[second] - gains[first])
                yield _mix(len(many), {first: weight, second: 1 - weight}), [1 - share, share]


def _corners(rows: ExactMatrix) -> list[Fraction]:
    """The probabilities of the second column at the ends and corners of the rows' upper envelope."""
    corners = [Fraction(0)]
    while corners[-1] < 1:
        share = corners[-1]
        steepest = max(_best_rows(rows, share), key=lambda row: rows[row][1] - rows[row][0])
        crossings = [_crossing(rows[steepest], row) for row in rows]
        corners.append(
            min(
                (crossing for crossing in crossings if crossing is not None and crossing > share),
                default=Fraction(1),
            )
        )
        corners[-1] = min(corners[-1], Fraction(1))
    return corners


def _crossing(line: Sequence[Fraction], steeper: Sequence[Fraction]) -> Fraction | None:
    """The point at which a steeper line overtakes a line; None if it is not steeper."""
    lead = line[0] - steeper[0]
    rise = (steeper[1] - steeper[0]) - (line[1] - line[0])
    return lead / rise if rise > 0 else None


def _best_rows(rows: ExactMatrix, share: Fraction) -> list[int]:
    values = [row[0] + share * (row[1] - row[0]) for row in rows]
    best = max(values)
    return [place for place, value in enumerate(values) if value == best]


def _mix(count: int, shares: dict[int, Fraction]) -> Mix:
    return [shares.get(place, Fraction(0)) for place in range(count)]


def _transposed(matrix: ExactMatrix) -> ExactMatrix:
    return tuple(zip(*matrix, strict=True))
