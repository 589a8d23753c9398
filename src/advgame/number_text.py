"""Numbers as text, rounded to the digits that are known."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, inf, isfinite, isnan, log10

MODEL_DIGITS = 4  # of exact results of the model: probabilities, break-even values
MONEY_DIGITS = 3  # of amounts, which depend on accuracies measured on samples
MOST_ACCURACY_DECIMALS = 2  # of an accuracy in percent


def significant(value: float, digits: int = MODEL_DIGITS) -> str:
    """A number rounded to significant digits, without trailing zeros.

    >>> significant(0.150172), significant(0.3), significant(-1234567.0, 3), significant(2.5e-12)
    ('0.1502', '0.3', '−1,230,000', '2.5e−12')
    """
    if value == 0 or not isfinite(value):
        return {0.0: "0", inf: "∞", -inf: "−∞"}.get(value, "unknown")
    size = floor(log10(abs(value)))
    if not -6 < size < 15:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return _with_minus(f"{_unfilled(mantissa)}e{int(exponent)}")
    rounded = round(value, digits - 1 - size)
    return _with_minus(_unfilled(f"{rounded:,.{max(0, digits - 1 - size)}f}"))


def if_known(value: float, digits: int) -> str:
    """A number as `significant`, or that it is not known.

    >>> if_known(0.25, 3), if_known(float("nan"), 3)
    ('0.25', 'not known')

    Args:
        value: NaN where it is not known.
        digits: significant ones.
    """
    return "not known" if isnan(value) else significant(value, digits)


def fixed(value: float, decimals: int) -> str:
    """A number with a fixed number of decimals, and no minus sign before zero.

    >>> fixed(-0.00001, 3), fixed(-1.5, 2)
    ('0.000', '−1.50')
    """
    return _with_minus(f"{round(value, decimals) + 0.0:,.{decimals}f}")


def decimals_for(values: Sequence[float]) -> int:
    """The number of decimals that shows the largest value to three significant digits.

    >>> decimals_for([0.9478, -0.2]), decimals_for([1234.5]), decimals_for([0.0])
    (3, 0, 3)
    """
    largest = max((abs(value) for value in values), default=0.0)
    return 3 if largest == 0 else min(12, max(0, 2 - floor(log10(largest))))


def accuracy(value: float, error: float | None) -> str:
    """An accuracy in percent, rounded to the first digit of its standard error, with that error.

    >>> accuracy(0.9478, 0.0022), accuracy(0.7501, 0.026), accuracy(0.9478, None)
    ('94.8 ± 0.2 %', '75 ± 3 %', '94.78 %')
    """
    if error is None or error <= 0:
        return f"{significant(100 * value)} %"
    decimals = min(MOST_ACCURACY_DECIMALS, max(0, -floor(log10(100 * error))))
    return f"{fixed(100 * value, decimals)} ± {fixed(100 * error, decimals)} %"


def with_error(value: float, error: float) -> str:
    """A number with its standard error, both rounded to the second digit of the error.

    >>> with_error(0.03516, 0.0261), with_error(0.0944, 0.0), with_error(12.0, 31.0)
    ('0.035 ± 0.026', '0.0944 ± 0', '12 ± 31')
    """
    if error <= 0:
        return f"{significant(value)} ± 0"
    decimals = max(0, 1 - floor(log10(error)))
    return f"{fixed(value, decimals)} ± {fixed(error, decimals)}"


def signed(text: str) -> str:
    """A difference with its sign.

    >>> signed("0.14"), signed("−2"), signed("0"), signed("0 USD")
    ('+0.14', '−2', '0', '0 USD')
    """
    return text if text.startswith(("−", "–")) or text.split(" ", maxsplit=1)[0] == "0" else f"+{text}"


def percentages(shares: Sequence[float]) -> tuple[str, ...]:
    """Probabilities as percentages that sum to 100, with decimals only if one would round to zero.

    >>> percentages([0.74878, 0.25122]), percentages([0.996, 0.004]), percentages([1 / 3, 1 / 3, 1 / 3])
    (('75 %', '25 %'), ('99.6 %', '0.4 %'), ('34 %', '33 %', '33 %'))
    """
    for decimals in range(4):
        parts = _summing_to_100(shares, decimals)
        if all(parts):
            break
    return tuple(f"{part / 10**decimals:.{decimals}f} %" if part else "almost 0 %" for part in parts)


def percent(share: float, digits: int = 3) -> str:
    """A share in percent, to a few significant digits.

    >>> percent(0.150172), percent(0.74878), percent(0.00002)
    ('15 %', '74.9 %', '0.002 %')
    """
    return f"{significant(100 * share, digits)} %"


def probability(share: float, decimals: int = 0) -> str:
    """A probability in percent to a few decimals, never rounded to impossible or certain.

    >>> probability(0.52), probability(0.005), probability(0.999), probability(1.0), probability(0.9999, 1)
    ('52 %', 'under 1 %', 'over 99 %', '100 %', 'over 99.9 %')
    """
    least = 10.0**-decimals
    text = _unfilled(f"{100 * share:.{decimals}f}")
    if text == "0" and share > 0:
        return f"under {least:g} %"
    return f"over {100 - least:g} %" if text == "100" and share < 1 else f"{text} %"


def mixture(strategy: Sequence[tuple[str, float]]) -> str:
    """A mixed strategy with its probabilities; a pure one by its name.

    >>> mixture([("plain", 0.25), ("robust", 0.75)]), mixture([("plain", 1.0)])
    ('0.25 plain + 0.75 robust', 'plain')
    """
    if len(strategy) == 1:
        return strategy[0][0]
    return " + ".join(f"{significant(share)} {name}" for name, share in strategy)


def _summing_to_100(shares: Sequence[float], decimals: int) -> list[int]:
    """The shares in units of the last decimal, by the largest-remainder method."""
    whole = 100 * 10**decimals
    parts = [floor(share * whole) for share in shares]
    missing = max(0, round(sum(shares) * whole) - sum(parts))
    remainders = sorted(range(len(parts)), key=lambda place: (parts[place] - shares[place] * whole, place))
    for place in remainders[:missing]:
        parts[place] += 1
    return parts


def ticks(low: float, high: float, wanted: int = 5) -> tuple[float, ...]:
    """Round tick values that span an interval.

    >>> ticks(0.0, 0.6)
    (0.0, 0.2, 0.4, 0.6)

    Args:
        low: lower end.
        high: upper end, above ``low``.
        wanted: about how many ticks.
    """
    if high <= low:
        return (low,)
    step = (high - low) / wanted
    scale = 10.0 ** floor(log10(step))
    step = next(scale * factor for factor in (1, 2, 5, 10) if scale * factor >= step * 0.999)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return tuple(float(f"{place * step:.12g}") for place in range(first, last + 1))


def _unfilled(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_minus(text: str) -> str:
    return text.replace("-", "−")
