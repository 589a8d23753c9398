"""Names and amounts as a page shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import floor, isfinite, log10


def plain(text: str) -> str:
    """Text that Streamlit shows as it stands, whatever signs of Markdown, colour or formula are in it.

    >>> plain("*x* :red[y]")
    '\\\\*x\\\\* \\\\:red\\\\[y\\\\]'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def amount(value: float, currency: str = "", *, signed: bool = False) -> str:
    """An amount of money to three digits that mean something.

    >>> amount(0.80546), amount(12_345.6, "USD"), amount(0.0000123), amount(0.25, signed=True)
    ('0.805', '12,300 USD', '0.0000123', '+0.25')
    """
    sign = "+" if signed and value > 0 else ""
    return f"{sign}{_three_digits(value)}{' ' if currency else ''}{currency}".replace("-", "−")


def percent(share: float) -> str:
    """A share in percent, as fine as its size deserves.

    >>> [percent(share) for share in (0.74878, 0.0123, 0.00004, 1.0, 0.9999)]
    ['75 %', '1.2 %', '0.004 %', '100 %', '99.99 %']
    """
    in_percent = 100 * share
    distance = min(in_percent, 100 - in_percent)
    digits = 0 if distance >= 10 or distance <= 0 else max(0, 1 - floor(log10(distance)))
    text = f"{in_percent:.{min(digits, 6)}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def listed(parts: Sequence[str], most: int = 4) -> str:
    """Parts in a sentence, the last ones only counted where they are many.

    >>> listed(["a", "b", "c"]), listed(["a", "b", "c"], most=2)
    ('a, b and c', 'a, b and 1 other')
    """
    if len(parts) > most:
        rest = len(parts) - most
        parts = [*parts[:most], f"{rest} other{'s' if rest > 1 else ''}"]
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def short(name: str, most: int = 26) -> str:
    """A name that fits beside a chart: its middle is left out where it is long.

    >>> short("magnitude-global unstructured x16")
    'magnitude-glo…tructured x16'
    """
    half = most // 2
    return name if len(name) <= most + 1 else f"{name[:half]}…{name[-half:]}"


def sentence(meaning: str) -> str:
    """A meaning with a capital letter."""
    return meaning[:1].upper() + meaning[1:]


def _three_digits(value: float) -> str:
    if value == 0 or not isfinite(value) or abs(value) < 1e-12:
        return "0" if isfinite(value) else str(value)
    digits = 2 - floor(log10(abs(value)))
    rounded = round(value, digits)
    text = f"{rounded:,.{max(digits, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
