"""Numbers in the sentences of studies."""

from __future__ import annotations

from math import floor, isfinite, log10


def amount(value: float, digits: int = 3) -> str:
    """A number to a few digits, without an exponent where it is large, and with a true minus sign.

    >>> amount(286_550.2), amount(20.55), amount(-0.1), amount(0.0), amount(-1.23456, 4)
    ('287,000', '20.6', '−0.1', '0', '−1.235')
    """
    if value == 0 or not isfinite(value):
        return f"{value:g}".replace("-", "−")
    size = floor(log10(abs(value)))
    rounded = round(value, digits - 1 - size)
    text = f"{rounded:,.0f}" if size >= digits - 1 else f"{rounded:.{digits}g}"
    return text.replace("-", "−")


def change(value: float, digits: int = 3) -> str:
    """A difference with its sign.

    >>> change(0.25), change(-0.1), change(0.0)
    ('+0.25', '−0.1', '0')
    """
    return f"+{amount(value, digits)}" if value > 0 else amount(value, digits)
