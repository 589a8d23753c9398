"""Names as a page shows them: as they are, short where room is short."""

from __future__ import annotations

import re
from collections.abc import Sequence

from advgame.reports.numbers import significant


def plain(text: str) -> str:
    r"""Text that Streamlit shows as it stands, whatever signs of Markdown, colour or formula are in it.

    A number and its percent sign stay on one line.

    >>> plain("*x* :red[y]")
    '\\*x\\* \\:red\\[y\\]'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split())).replace(" \\%", "\u00a0\\%")


def short(name: str, most: int = 26) -> str:
    """A name that fits beside a chart: its middle is left out where it is long.

    >>> short("magnitude-global unstructured x16")
    'magnitude-glo…tructured x16'
    """
    half = most // 2
    return name if len(name) <= most + 1 else f"{name[:half]}…{name[-half:]}"


def short_names(names: Sequence[str], most: int = 26) -> list[str]:
    """Names that fit beside a chart, each still different from the others.

    >>> short_names(["magnitude-global x16", "magnitude-local x16"], most=12)
    ['magnitu…bal x16', 'magnitu…cal x16']
    """
    for length in range(most, max(map(len, names), default=most) + 1):
        shortened = [short(name, length) for name in names]
        if len(set(shortened)) == len(set(names)):
            return shortened
    return list(names)


def sentence(meaning: str) -> str:
    """A meaning with a capital letter.

    >>> sentence("gain from an honest input")
    'Gain from an honest input'
    """
    return meaning[:1].upper() + meaning[1:]


def percent(share: float) -> str:
    """A share in percent, to three digits.

    >>> percent(0.150172), percent(0.00002)
    ('15 %', '0.002 %')
    """
    return f"{significant(100 * share, 3)} %"
