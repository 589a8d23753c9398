"""Lays out cells in columns for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import TextWrapper

GAP = 2
NO_BREAK = "\N{NO-BREAK SPACE}"
# Characters of a long word that a text column keeps together; the largest that fits is used
NARROWEST = range(32, 8, -1)


def in_columns(rows: Sequence[Sequence[str]], numeric: Sequence[bool], width: int) -> list[str]:
    """Rows as lines of at most ``width`` characters; numbers are right-aligned, the first row is the head.

    >>> print("\\n".join(in_columns([["name", "share"], ["Standard", "0.25"]], [False, True], 40)))
    name      share
    ───────────────
    Standard   0.25

    Args:
        rows: the cells as texts, the header first.
        numeric: (columns,) whether a column is aligned right.
        width: characters per line.
    """
    widths = _widths(rows, numeric, width)
    if widths is None:
        return _stacked(rows, width)
    head, *body = [_lines(row, widths, numeric) for row in rows]
    rule = "─" * (sum(widths) + GAP * (len(widths) - 1))
    return [*head, rule, *(line for lines in body for line in lines)]


def wrap(text: str, width: int, *, initial_indent: str = "", subsequent_indent: str = "") -> list[str]:
    """The text in lines of at most ``width`` characters; a percent sign stays with its number.

    >>> wrap("at most 50 % of it", 10)
    ['at most', '50 % of it']

    Args:
        text: the text.
        width: characters per line.
        initial_indent: prefix of the first line.
        subsequent_indent: prefix of all other lines.
    """
    tied = text.replace(" %", f"{NO_BREAK}%")
    lines = TextWrapper(width, initial_indent=initial_indent, subsequent_indent=subsequent_indent).wrap(tied)
    return [line.replace(NO_BREAK, " ") for line in lines]


def _widths(rows: Sequence[Sequence[str]], numeric: Sequence[bool], width: int) -> list[int] | None:
    """The width of each column; None if the columns do not fit."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    room = width - GAP * (len(columns) - 1)
    least = next(
        (sizes for narrowest in NARROWEST if sum(sizes := _least(columns, numeric, narrowest)) <= room), None
    )
    if least is None:
        return None
    while sum(widths) > room:
        spare = [have - need for have, need in zip(widths, least, strict=True)]
        widest = max(range(len(widths)), key=lambda place: (spare[place] > 0, widths[place]))
        widths[widest] -= 1
    return widths


def _least(columns: Sequence[Sequence[str]], numeric: Sequence[bool], narrowest: int) -> list[int]:
    words = [_longest_word(column) for column in columns]
    return [
        word if is_number else min(word, narrowest) for word, is_number in zip(words, numeric, strict=True)
    ]


def _longest_word(column: Sequence[str]) -> int:
    return max((len(word) for cell in column for word in cell.split()), default=1)


def _lines(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> list[str]:
    cells = [wrap(cell, size) or [""] for cell, size in zip(row, widths, strict=True)]
    tallest = max(map(len, cells))
    filled = [[*cell, *[""] * (tallest - len(cell))] for cell in cells]
    sides = [">" if is_number else "<" for is_number in numeric]
    return [
        (" " * GAP)
        .join(f"{part:{side}{size}}" for part, side, size in zip(line, sides, widths, strict=True))
        .rstrip()
        for line in zip(*filled, strict=True)
    ]


def _stacked(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """One line per cell, for columns that do not fit."""
    heads, *body = rows
    lines: list[str] = []
    for row in body:
        for place, (head, cell) in enumerate(zip(heads, row, strict=True)):
            lead = "- " if place == 0 else "  "
            lines += wrap(f"{head}: {cell}", width, initial_indent=lead, subsequent_indent="    ")
    return lines
