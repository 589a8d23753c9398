"""A root of a continuous function between two values at which its signs differ."""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 200  # steps, far more than halving alone takes


def bracketed_root(function: Callable[[float], float], low: float, high: float, *, within: float) -> float:
    """Where a function of one number is zero, by inverse quadratic interpolation or bisection.

    Chandrupatla's rule (1997, doi:10.1016/S0965-9978(96)00051-8) decides which of the two a step takes. It is
    written out because importing ``scipy.optimize`` takes longer than all roots of a report.

    >>> round(bracketed_root(lambda x: x * x - 2, 0.0, 2.0, within=1e-12), 10)
    1.4142135624

    Args:
        function: continuous between ``low`` and ``high``.
        low: one end of the bracket.
        high: the other end, where the function has the other sign, or is zero.
        within: how far from a root the result may be.

    Raises:
        ValueError: when the function has the same sign at both ends.
    """
    last, opposite = high, low  # the bracket; ``last`` is where the function was computed last
    at_last, at_opposite = function(last), function(opposite)
    if at_last * at_opposite > 0:
        raise ValueError(
            f"The function is {at_opposite} at {low} and {at_last} at {high}; signs must differ."
        )
    part = 0.5  # of the way from ``last`` to ``opposite``
    for _ in range(LONGEST):
        nearest = last if abs(at_last) < abs(at_opposite) else opposite
        width = abs(opposite - last)
        if width <= within or at_last == 0 or at_opposite == 0:
            return nearest
        least = within / (2 * width)
        before, at_before = last, at_last
        last = before + min(max(part, least), 1 - least) * (opposite - before)
        at_last = function(last)
        if (at_last > 0) == (at_before > 0):
            third, at_third = before, at_before
        else:
            third, at_third, opposite, at_opposite = opposite, at_opposite, before, at_before
        part = _part((last, at_last), (opposite, at_opposite), (third, at_third))
    return (last + opposite) / 2


Point = tuple[float, float]


def _part(last: Point, opposite: Point, third: Point) -> float:
    """The part of the way from ``last`` to ``opposite`` that the next step takes; 1/2 where it bisects."""
    (a, at_a), (b, at_b), (c, at_c) = last, opposite, third
    along, fall = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
    if not (fall**2 < along and (1 - fall) ** 2 < 1 - along):
        return 0.5
    first = at_a / (at_b - at_a) * at_c / (at_b - at_c)
    second = (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)
    return first + second
