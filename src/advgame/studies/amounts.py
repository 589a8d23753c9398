"""Amounts of money in the sentences of studies."""

from __future__ import annotations

from math import floor, isfinite, log10


def amount(money: float) -> str:
    """An amount to three digits, without an exponent.

    >>> amount(286_550.2), amount(20.55), amount(-0.1), amount(0.0)
    ('287,000', '20.6', '−0.1', '0')
    """
    if money == 0 or not isfinite(money):
        return f"{money:g}"
    size = floor(log10(abs(money)))
    rounded = round(money, 2 - size)
    return (f"{rounded:,.0f}" if size >= 2 else f"{rounded:g}").replace("-", "−")
