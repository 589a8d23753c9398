"""The report as Markdown, for a pull request or a wiki."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, ClassVar

from advgame.reports.blocks import (
    Bullets,
    Caution,
    Figures,
    Heading,
    LineChart,
    Matrix,
    MixBars,
    Paragraph,
    Table,
    Verdict,
)
from advgame.reports.formats.format import Format
from advgame.reports.formats.samples import samples_of
from advgame.wording.names import counted, one_line

if TYPE_CHECKING:
    from advgame.reports.document import Document

MARK = "●"
BAR = 20
SPECIAL = re.compile(r"([\\`*_\[\]|~#])")
LIST_OPENING = re.compile(r"^(\d+)([.)])(?=\s)|^([-+=])")


@dataclass(frozen=True)
class Markdown(Format):
    """GitHub's Markdown; text from the inputs is escaped."""

    name: ClassVar[str] = "markdown"
    endings: ClassVar[tuple[str, ...]] = (".md", ".markdown")
    media_type: ClassVar[str] = "text/markdown"

    def render(self, report: Document) -> str:
        """The verdict as title, then the title of the scenario, then the other blocks."""
        first, *rest = report.blocks
        parts = [_rendered(first), f"*{escaped(report.title)}*", *map(_rendered, rest)]
        return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """A text on one line, with all markup escaped.

    >>> escaped("<b>_Standard_</b> | x")
    '&lt;b&gt;\\\\_Standard\\\\_&lt;/b&gt; \\\\| x'
    """
    safe = SPECIAL.sub(r"\\\1", one_line(text).replace("&", "&amp;"))
    safe = safe.replace("<", "&lt;").replace(">", "&gt;").replace("://", ":&#47;&#47;")
    return LIST_OPENING.sub(lambda match: f"{match[1] or ''}\\{match[2] or match[3]}", safe)


@singledispatch
def _rendered(block: object) -> str:
    raise TypeError(
        f"The Markdown format cannot render the block {type(block).__name__}; add it in markdown.py."
    )


@_rendered.register
def _verdict(block: Verdict) -> str:
    return f"# {escaped(block.text)}"


@_rendered.register
def _heading(block: Heading) -> str:
    return f"## {escaped(block.text)}"


@_rendered.register
def _paragraph(block: Paragraph) -> str:
    return escaped(block.text)


@_rendered.register
def _caution(block: Caution) -> str:
    return f"> **Caution:** {escaped(block.text)}"


@_rendered.register
def _bullets(block: Bullets) -> str:
    return "\n".join(f"- {escaped(item)}" for item in block.items)


@_rendered.register
def _figures(block: Figures) -> str:
    return "\n".join(
        f"- {escaped(figure.label)}: **{escaped(figure.text)}** {escaped(figure.note)}".rstrip()
        for figure in block.items
    )


@_rendered.register
def _table(block: Table) -> str:
    rows = [[cell.text for cell in row] for row in block.rows[: block.shown]]
    left_out = (
        f"*{counted(block.left_out, 'more row', 'more rows')} in the other formats.*"
        if block.left_out
        else ""
    )
    grid = _grid([head.text for head in block.heads], rows, [head.numeric for head in block.heads])
    return _with_title(block.title, grid, left_out, _italic(block.note))


@_rendered.register
def _bars(block: MixBars) -> str:
    rows = [
        [bar.name, bar.text, "█" * max(round(bar.share * BAR), 1 if bar.share > 0 else 0)]
        for bar in block.bars
    ]
    return _with_title(
        block.title, _grid(["", "probability", ""], rows, [False, True, False]), _italic(block.note)
    )


@_rendered.register
def _matrix(block: Matrix) -> str:
    rows = [
        [block.rows[row], *(_marked(*pair) for pair in zip(block.texts[row], block.marked[row], strict=True))]
        for row in block.shown
    ]
    grid = _grid(["", *block.columns], rows, [False] + [True] * len(block.columns))
    meaning = f"{MARK} {block.mark_meaning}" if block.mark_meaning else ""
    return _with_title(f"{block.title} ({block.unit})", grid, _italic(meaning), _italic(block.note))


def _marked(text: str, mark: bool) -> str:
    return f"{text} {MARK}" if mark else text


@_rendered.register
def _chart(block: LineChart) -> str:
    heads = [block.across, *(line.name for line in block.series)]
    grid = _grid(heads, samples_of(block), [True] * len(heads))
    return _with_title(f"{block.title} ({block.up})", grid, _italic(block.note))


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> str:
    sides = ["---:" if right else "---" for right in numeric]
    lines = [_row(heads), f"| {' | '.join(sides)} |", *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"


def _italic(text: str) -> str:
    return f"*{escaped(text)}*" if text else ""


def _with_title(title: str, *parts: str) -> str:
    return "\n\n".join(part for part in (f"**{escaped(title)}**" if title else "", *parts) if part)
