"""The report for a terminal, at most 88 columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from advgame.reports.formats.columns import in_columns, wrap
from advgame.reports.formats.format import Format
from advgame.reports.formats.samples import samples_of
from advgame.wording.names import counted, one_line

if TYPE_CHECKING:
    from advgame.reports.document import Document

WIDTH = 88
LABEL = 44  # the widest label of a bar or a row
BAR = 28
MARK = "•"


@dataclass(frozen=True)
class Text(Format):
    """Plain text with tables and bars made of characters."""

    name: ClassVar[str] = "text"
    endings: ClassVar[tuple[str, ...]] = (".txt",)
    media_type: ClassVar[str] = "text/plain"

    def render(self, report: Document) -> str:
        """The verdict, the title and the other blocks, separated by blank lines."""
        first, *rest = report.blocks
        parts = [_rendered(first), wrap(one_line(report.title), WIDTH), *map(_rendered, rest)]
        return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


@singledispatch
def _rendered(block: object) -> list[str]:
    raise TypeError(f"The text format cannot render the block {type(block).__name__}; add it in text.py.")


@_rendered.register
def _verdict(block: Verdict) -> list[str]:
    return wrap(one_line(block.text), WIDTH)


@_rendered.register
def _heading(block: Heading) -> list[str]:
    title = one_line(block.text).upper()
    return [*wrap(title, WIDTH), "═" * min(WIDTH, len(title))]


@_rendered.register
def _paragraph(block: Paragraph) -> list[str]:
    return wrap(one_line(block.text), WIDTH)


@_rendered.register
def _caution(block: Caution) -> list[str]:
    return wrap(one_line(block.text), WIDTH, initial_indent="! ", subsequent_indent="  ")


@_rendered.register
def _bullets(block: Bullets) -> list[str]:
    return [line for item in block.items for line in _item(item)]


def _item(text: str) -> list[str]:
    return wrap(one_line(text), WIDTH, initial_indent="- ", subsequent_indent="  ")


@_rendered.register
def _figures(block: Figures) -> list[str]:
    rows = [[one_line(figure.label), one_line(figure.text), one_line(figure.note)] for figure in block.items]
    return in_columns([["", "", ""], *rows], [False, True, False], WIDTH)[2:] if rows else []


@_rendered.register
def _table(block: Table) -> list[str]:
    rows = [[one_line(head.text) for head in block.heads]]
    rows += [[one_line(cell.text) for cell in row] for row in block.rows[: block.shown]]
    lines = in_columns(rows, [head.numeric for head in block.heads], WIDTH)
    left_out = (
        [f"({counted(block.left_out, 'more row', 'more rows')} in the other formats)"]
        if block.left_out
        else []
    )
    return [*_title(block.title), *lines, *left_out, *_note(block.note)]


@_rendered.register
def _bars(block: MixBars) -> list[str]:
    label = min(LABEL, max((len(one_line(bar.name)) for bar in block.bars), default=1))
    lines = [
        f"{_cut(bar.name, label):<{label}}  {_drawn(bar.share):<{BAR}}  {one_line(bar.text)}".rstrip()
        for bar in block.bars
    ]
    return [*_title(block.title), *lines, *_note(block.note)]


def _drawn(share: float) -> str:
    return "█" * max(round(share * BAR), 1 if share > 0 else 0) or "·"


@_rendered.register
def _matrix(block: Matrix) -> list[str]:
    label = min(LABEL, max(len(one_line(block.rows[row])) for row in block.shown))
    lines: list[str] = []
    for part in _parts(block, label):
        heads = ["", *(one_line(block.columns[column]) for column in part)]
        rows = [[_cut(block.rows[row], label), *_cells(block, row, part)] for row in block.shown]
        lines += [*([""] if lines else []), *in_columns([heads, *rows], [False] + [True] * len(part), WIDTH)]
    meaning = f"{MARK} {block.mark_meaning}" if block.mark_meaning else ""
    return [*_title(f"{block.title} ({block.unit})"), *lines, *_note(meaning), *_note(block.note)]


def _cells(block: Matrix, row: int, part: Sequence[int]) -> list[str]:
    marks = any(map(any, block.marked))
    empty = " " if marks else ""
    return [
        one_line(block.texts[row][column]) + (MARK if block.marked[row][column] else empty) for column in part
    ]


def _parts(block: Matrix, label: int) -> Iterator[list[int]]:
    """The columns in groups that fit beside the label."""
    part: list[int] = []
    used = label
    for column, name in enumerate(block.columns):
        word = max(map(len, one_line(name).split()), default=1)
        size = 3 + max(word, *(len(one_line(block.texts[row][column])) for row in block.shown))
        if part and used + size > WIDTH:
            yield part
            part, used = [], label
        part.append(column)
        used += size
    yield part


@_rendered.register
def _chart(block: LineChart) -> list[str]:
    heads = [one_line(block.across), *(one_line(line.name) for line in block.series)]
    rows = in_columns([heads, *samples_of(block)], [True] * len(heads), WIDTH)
    return [*_title(f"{block.title} ({block.up})"), *rows, *_note(block.note)]


def _title(text: str) -> list[str]:
    return wrap(one_line(text), WIDTH)


def _note(text: str) -> list[str]:
    return wrap(f"({one_line(text)})", WIDTH) if text else []


def _cut(text: str, width: int) -> str:
    text = one_line(text)
    return text if len(text) <= width else f"{text[: width // 2]}…{text[width // 2 + 1 - width :]}"
