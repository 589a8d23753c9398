"""What the defender minimises in a game of rank 1: a line of costs, blurred by the rounding of the payoffs.

If A + τB is ℓ pᵀ up to what rows and columns add (τ_h for each type h of attacker) and E, then a mix y with
mean intensity μ = p·y leaves defence i at the cost

    τ (B y)_i + c0_i + μ c1_i − (E y)_i     (and terms that are the same for every defence)

so best responses to y are found among the minima of τ u + (c0 + μ c1)·x, blurred by max_j |E_ij|. This holds
for any τ, ℓ and p: how well they are chosen decides only how large the blur is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.algorithms.exact_tableau import Whole, members
from advgame.equilibria.algorithms.optimal_vertices import Goal

BLURRED = 1e-10  # of the costs: with more rounding than that a game has no structure to use
SIMPLE = Fraction(1, 10**12)  # of a ratio: nearer to a simple fraction than this, it is taken for it
Numbers = NDArray[Any]  # floats, or whole numbers of any size


@dataclass(frozen=True, eq=False)
class CostLine:
    """The costs of a game, all multiplied by one positive number."""

    weight: Sequence[Any]  # τ of each type
    cost: Numbers  # c0, (defences,)
    slope: Numbers  # c1, (defences,)
    intensity: Numbers  # p up to a constant, (attacks,)
    length: Any  # of the range of μ, which starts at 0
    pivot: tuple[int, int]  # the defence and the attack that determine ℓ and p
    rounding: Numbers  # |E|, (defences, attacks)

    def range(self, to_attacker: Numbers, type_of: Sequence[int]) -> Any:
        """What one part of the costs ranges over at most, of those that the levels, c0 and c1 make."""
        levels = [_range(to_attacker[:, group]) for group in members(type_of)]
        parts = [weight * level for weight, level in zip(self.weight, levels, strict=True)]
        return max(*parts, _range(self.cost), _range(self.slope) * self.length)

    def sharp(self, to_attacker: Numbers, type_of: Sequence[int]) -> bool:
        """Whether the rounding is small beside the costs."""
        return bool(self.rounding.max() <= BLURRED * self.range(to_attacker, type_of))


def cost_line(
    to_defender: Numbers,
    to_attacker: Numbers,
    type_of: Sequence[int],
    ratios: Sequence[Any],
    pivot: tuple[int, int] | None = None,
) -> CostLine:
    """The line of a game of rank 1, by cross approximation of A + τB; in the kind of numbers it is given.

    Args:
        to_defender: A, (defences, attacks of all types), weighted by how likely each type is.
        to_attacker: B, of the same shape.
        type_of: which type each attack belongs to: 0, 1, ….
        ratios: τ of each type, at least 0, of the kind of numbers of the payoffs.
        pivot: the entry of A + τB to divide by, where it is known.
    """
    total = to_defender + np.array([ratios[number] for number in type_of], to_defender.dtype) * to_attacker
    groups = members(type_of)
    firsts = [group[0] for group in groups]  # the attack that each type is measured from
    relative = total - total[:, [firsts[number] for number in type_of]]
    relative = relative - relative[0]
    if pivot is None:
        row, column = np.unravel_index(int(np.abs(relative).argmax()), relative.shape)
        pivot = int(row), int(column)
    size = abs(relative[pivot]) or 1
    left, right = relative[:, pivot[1]], relative[pivot[0]] * (1 if relative[pivot] >= 0 else -1)
    lowest, highest = (sum(extreme(right[group]) for group in groups) for extreme in (min, max))
    return CostLine(
        weight=[ratio * size for ratio in ratios],
        cost=-total[:, firsts].sum(axis=1) * size - left * lowest,
        slope=-left,
        intensity=right,
        length=highest - lowest,
        pivot=pivot,
        rounding=np.abs(relative * size - np.outer(left, right)),
    )


def exact_goal(
    to_defender: Whole,
    to_attacker: Whole,
    type_of: Sequence[int],
    ratios: Sequence[Fraction],
    pivot: tuple[int, int] | None = None,
) -> Goal:
    """The line of a game in whole numbers as the defender's goal.

    >>> a, b = np.array([[0, -1], [0, 2]], dtype=object), np.array([[0, 1], [0, -2]], dtype=object)
    >>> goal = exact_goal(a, b, [0, 0], [Fraction(1)])
    >>> goal.weight, goal.blur.tolist(), goal.high
    ([1], [0, 0], Fraction(0, 1))

    Args:
        As ``cost_line``.
    """
    common = lcm(*(ratio.denominator for ratio in ratios))
    multiples = [int(ratio * common) for ratio in ratios]
    line = cost_line(common * to_defender, to_attacker, type_of, multiples, pivot)
    blur = sum(line.rounding[:, group].max(axis=1) for group in members(type_of))
    return Goal(line.weight, line.cost, line.slope, blur, Fraction(0), Fraction(int(line.length)))


def simplified(ratio: Fraction) -> Fraction:
    """A simple fraction where a ratio of floats is one up to rounding, else the ratio itself.

    >>> simplified(Fraction(0.1 * 3)), simplified(Fraction(0.123456789)).denominator > 1000
    (Fraction(3, 10), True)
    """
    simple = ratio.limit_denominator(1000)
    return simple if abs(simple - ratio) <= SIMPLE * ratio else ratio


def _range(values: Numbers) -> Any:
    return values.max() - values.min()
