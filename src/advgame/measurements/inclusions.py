"""Which sets of allowed changes contain which, across norms, for inputs in [0, 1].

A change of an input in [0, 1] moves every value by at most 1. Within a ball of one norm, the largest value of
another norm follows in closed form, and a ball is contained in another exactly if that value does not exceed
the other's radius.
"""

from __future__ import annotations

from math import floor, isfinite, sqrt

L0, L1, L2, LINF = "L0", "L1", "L2", "Linf"
NORMS = (L0, L1, L2, LINF)
ROUNDING = 1e-9  # relative; radii such as √3 are rounded in files


def largest(norm: str, within: str, radius: float, values: int) -> float:
    """The largest value of a norm among the changes within a ball of another norm.

    With d values, each moved by at most 1:

    - L0 ≤ k: L1 and L0 reach k, L2 reaches √k, L∞ reaches 1.
    - L1 ≤ r: L2 is largest if ⌊r⌋ values move by 1 and one by the rest, L∞ reaches min(r, 1).
    - L2 ≤ r: L1 is largest if all values move equally, √d·r; L∞ reaches min(r, 1).
    - L∞ ≤ ε: L1 reaches d·ε, L2 reaches √d·ε.

    Any ball of positive radius but L0's reaches L0 = d.

    >>> largest("L2", "L0", 9, values=784), largest("L2", "Linf", 0.1, values=64)
    (3.0, 0.8)
    >>> largest("L2", "L1", 2.5, values=64), largest("L1", "L2", 0.5, values=64)
    (1.5, 4.0)

    Args:
        norm: the norm to bound; "L0", "L1", "L2" or "Linf".
        within: the norm of the ball.
        radius: of the ball, at least 0.
        values: number of values of an input, d.
    """
    reach = _reaches(within, radius, values)
    return reach[norm]


def contains(
    outer: str | None, outer_radius: float, inner: str | None, inner_radius: float, values: int
) -> bool:
    """Whether one ball contains another, for inputs in [0, 1].

    >>> contains("L1", 3, "L0", 3, values=64), contains("L1", 2.9, "L0", 3, values=64)
    (True, False)
    >>> contains("L2", 0.8, "Linf", 0.1, values=64), contains("Linf", 1, "L0", 64, values=64)
    (True, True)

    Args:
        outer: the norm of the ball that may contain the other; False for an unknown norm.
        outer_radius: its radius, at least 0.
        inner: the norm of the ball that may be contained.
        inner_radius: its radius, at least 0.
        values: number of values of an input.
    """
    if outer not in NORMS or inner not in NORMS or not (isfinite(outer_radius) and isfinite(inner_radius)):
        return False
    return largest(outer, inner, inner_radius, values) <= outer_radius * (1 + ROUNDING)


def _reaches(within: str, radius: float, values: int) -> dict[str, float]:
    if within == L0:
        count = float(min(floor(radius), values))
        return {L0: count, L1: count, L2: sqrt(count), LINF: min(count, 1.0)}
    changed = float(values) if radius > 0 else 0.0
    if within == L1:
        total = min(radius, float(values))
        whole = floor(total)
        return {L0: changed, L1: total, L2: sqrt(whole + (total - whole) ** 2), LINF: min(radius, 1.0)}
    if within == L2:
        length = min(radius, sqrt(values))
        return {L0: changed, L1: sqrt(values) * length, L2: length, LINF: min(radius, 1.0)}
    most = min(radius, 1.0)
    return {L0: changed, L1: values * most, L2: sqrt(values) * most, LINF: most}
