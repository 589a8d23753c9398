"""Names and text for the pages: escaped, and shortened where space is limited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from advgame.wording.names import one_line


def plain(text: str) -> str:
    r"""The text with Streamlit's Markdown, colour and formula markup escaped.

    A number and its percent sign stay on one line; control characters, also those that change the writing
    direction, are made visible.

    >>> plain("*x* :red[y]")
    '\\*x\\* \\:red\\[y\\]'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", one_line(text)).replace(" \\%", "\u00a0\\%")


def chart_text(text: str) -> str:
    """The text as a chart shows it: plotly reads some tags and entities, which are escaped; quotes stay.

    >>> chart_text('<b>"x"</b>')
    '&lt;b&gt;"x"&lt;/b&gt;'
    """
    return escape(one_line(text), quote=False)


def short(name: str, most: int = 26) -> str:
    """A name that fits beside a chart: the middle of a long name is replaced by an ellipsis.

    >>> short("magnitude-global unstructured x16")
    'magnitude-glo…tructured x16'
    """
    half = most // 2
    return name if len(name) <= most + 1 else f"{name[:half]}…{name[-half:]}"


def short_names(names: Sequence[str], most: int = 26) -> list[str]:
    """Names that fit beside a chart and remain distinct: words that all have in common are dropped first.

    >>> short_names(["magnitude-global unstructured x4", "magnitude-local unstructured x4"], most=20)
    ['magnitude-global…x4', 'magnitude-local…x4']
    >>> short_names(["WRN-28-10", "WRN-34-10"], most=20)
    ['WRN-28-10', 'WRN-34-10']
    """
    telling = _without_shared_words(names, most)
    for length in range(most, max([most, *map(len, telling)]) + 1):
        shortened = [short(name, length) for name in telling]
        if len(set(shortened)) == len(set(names)):
            return shortened
    return list(names)


def _without_shared_words(names: Sequence[str], most: int) -> list[str]:
    """The names without their common words, dropped longest first, until they fit."""
    shorter = list(names)
    for word in _shared_words(names):
        if max(map(len, shorter)) <= most + 1:
            break
        fewer = [
            re.sub(rf"(^|[ _-]+|…){re.escape(word)}($|[ _-]+|…)", "…", name, count=1) for name in shorter
        ]
        shorter = fewer if len(set(fewer)) == len(set(names)) else shorter
    return shorter


def _shared_words(names: Sequence[str]) -> list[str]:
    if len(set(names)) < 2:
        return []
    words = [dict.fromkeys(re.split("[ _-]+", name)) for name in names]
    shared = [word for word in words[0] if word and all(word in words_of_name for words_of_name in words)]
    return sorted(shared, key=len, reverse=True)


def sentence(meaning: str) -> str:
    """The text with a capital first letter.

    >>> sentence("gain from a benign input")
    'Gain from a benign input'
    """
    return meaning[:1].upper() + meaning[1:]
