"""Radii of perturbation balls as text: 0.5, "8/255"."""

from __future__ import annotations

from math import isclose, isfinite

from advgame.errors import MeasurementError, shortened


def read_radius(given: str | float | None) -> float | None:
    """A radius as a number; None if none is given.

    >>> read_radius("8/255"), read_radius("0.5/255")
    (0.03137254901960784, 0.00196078431372549)
    >>> read_radius("") is None
    True

    Raises:
        MeasurementError: when it is not a number, not finite or negative.
    """
    if given is None or given == "":
        return None
    try:
        if isinstance(given, bool):
            raise ValueError
        radius = _quotient(given) if isinstance(given, str) else float(given)
    except (ValueError, ZeroDivisionError, TypeError, OverflowError):
        raise MeasurementError(
            f"The radius {shortened(given)} is not a number; write a decimal such as 0.5 or a fraction such "
            "as 8/255."
        ) from None
    if not isfinite(radius) or radius < 0:
        raise MeasurementError(f"The radius {shortened(given)} is not a finite number of at least 0.")
    return radius


def _quotient(text: str) -> float:
    above, stroke, below = text.partition("/")
    return float(above) / float(below) if stroke else float(above)


def radius_text(radius: float | None, norm: str | None = None) -> str:
    """A radius as text: an L∞ radius as a multiple of 1/255 if it is one.

    >>> radius_text(8 / 255, "Linf"), radius_text(0.5 / 255, "Linf"), radius_text(0.2, "Linf")
    ('8/255', '0.5/255', '0.2')
    >>> radius_text(0.5, "L2"), radius_text(None)
    ('0.5', '')
    """
    if radius is None:
        return ""
    if norm == "Linf" and 0 < radius < 0.25 and float(f"{radius:.2g}") != radius:
        pixels = radius * 255
        steps = 1 if pixels >= 1 - 2e-4 else 8  # below one pixel value: halves, quarters, eighths
        if round(pixels * steps) and isclose(pixels, round(pixels * steps) / steps, abs_tol=2e-4):
            return f"{round(pixels * steps) / steps:g}/255"
    return f"{radius:.10g}"


def same_radius(first: float | None, second: float | None) -> bool:
    """Whether two radii are equal up to the rounding of a source. Integers are exact.

    >>> same_radius(0.03137, 8 / 255), same_radius(2000, 2001)
    (True, False)
    """
    if first is None or second is None:
        return first is second
    if first == int(first) and second == int(second):
        return first == second
    return isclose(first, second, rel_tol=1e-3, abs_tol=1e-9)
