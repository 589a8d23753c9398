"""The report as an Excel workbook: one sheet per section, numbers as numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import singledispatchmethod
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

from advgame.reports.blocks import (
    Block,
    Bullets,
    Caution,
    Figures,
    Heading,
    LineChart,
    Matrix,
    MixBars,
    Paragraph,
    Table,
    Value,
    Verdict,
)
from advgame.reports.formats.format import Format
from advgame.wording.names import one_line

if TYPE_CHECKING:
    from advgame.reports.document import Document

FIRST_SHEET = "Decision"
MADE = datetime(2000, 1, 1)  # a fixed time: equal reports are equal files
NAME_LENGTH = 31  # characters of a sheet's name, at most
CELL_LENGTH = 32_767  # characters of a cell, at most
TEXT_WIDTH = 90  # characters per line of a text over three columns
FIRST_WIDTH, WIDTH = 46, 22  # characters of the first column and of the others
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True)
class Xlsx(Format):
    """An Excel workbook; every text is a text, never a formula or a link.

    Numbers have full precision, where other formats round them.
    """

    name: ClassVar[str] = "xlsx"
    endings: ClassVar[tuple[str, ...]] = (".xlsx",)
    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def render(self, report: Document) -> bytes:
        """The workbook: a first sheet with the verdict, then one sheet per section."""
        from xlsxwriter import Workbook

        file = BytesIO()
        book = Workbook(file, SETTINGS)
        book.set_properties({"title": one_line(report.title), "created": MADE})
        styles = {name: book.add_format(style) for name, style in STYLES.items()}
        sheets: set[str] = set()
        for name, blocks in _by_section(report.blocks):
            sheet = _Sheet(book, styles, _unused(name, sheets))
            if name == FIRST_SHEET:
                sheet.text(report.title, "note")
            for block in blocks:
                sheet.write(block)
        book.close()
        return file.getvalue()


STYLES: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "valign": "top"},
    "verdict": {"bold": True, "font_size": 16, "text_wrap": True, "valign": "top"},
    "heading": {"bold": True, "font_size": 14},
    "title": {"bold": True},
    "head": {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1},
    "caution": {
        "text_wrap": True,
        "valign": "top",
        "bg_color": "#fff6ea",
        "left": 5,
        "left_color": "#b35900",
    },
    "note": {"font_color": "#595959", "text_wrap": True, "valign": "top"},
    "number": {"num_format": "#,##0.####", "valign": "top"},
    "best": {"bold": True, "bg_color": "#cfe3f1", "num_format": "#,##0.####", "valign": "top"},
    "percent": {"num_format": "0.##%", "valign": "top"},
}


def _by_section(blocks: Sequence[Block]) -> list[tuple[str, list[Block]]]:
    """The blocks of each sheet; a heading starts a sheet."""
    sections: list[tuple[str, list[Block]]] = [(FIRST_SHEET, [])]
    for block in blocks:
        if isinstance(block, Heading):
            sections.append((block.text, []))
        sections[-1][1].append(block)
    return sections


def _unused(name: str, used: set[str]) -> str:
    """A name that a sheet may have and no other sheet has; names differ by more than their case.

    >>> used = set()
    >>> _unused("Value: a/b", used), _unused("value a b", used)
    ('Value a b', 'value a b 2')
    """
    plain = " ".join(NOT_IN_NAMES.sub(" ", one_line(name)).split()) or "Sheet"
    candidates = [plain[:NAME_LENGTH].rstrip()]
    candidates += [f"{plain[: NAME_LENGTH - len(str(n)) - 1].rstrip()} {n}" for n in range(2, len(used) + 3)]
    chosen = next(candidate for candidate in candidates if candidate.lower() not in used)
    used.add(chosen.lower())
    return chosen


@dataclass
class _Sheet:
    """A sheet that is written from top to bottom."""

    book: Any
    styles: dict[str, Any]
    name: str
    row: int = 0
    sheet: Any = field(init=False)

    def __post_init__(self) -> None:
        self.sheet = self.book.add_worksheet(self.name)
        self.sheet.hide_gridlines(2)
        self.sheet.set_column(0, 0, FIRST_WIDTH)
        self.sheet.set_column(1, 40, WIDTH)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)

    def text(self, text: str, style: str = "text") -> None:
        """A text on a row of its own, over the first columns."""
        if text:
            safe = _cut(text)
            self.sheet.merge_range(self.row, 0, self.row, 2, "", self.styles[style])
            self.sheet.write_string(self.row, 0, safe, self.styles[style])
            size = STYLES[style].get("font_size", 11)
            lines = -(-len(safe) * size // (11 * TEXT_WIDTH))
            self.sheet.set_row(self.row, 1.4 * size * min(lines, 26))
            self.row += 1

    def cell(self, column: int, text: str, value: Value = None, style: str | None = None) -> None:
        """A number where one stands behind the text, otherwise the text."""
        if isinstance(value, int | float) and isfinite(value):
            shown = style or ("percent" if text.endswith("%") else "number")
            self.sheet.write_number(self.row, column, value, self.styles[shown])
        else:
            self.sheet.write_string(self.row, column, _cut(text), self.styles[style or "text"])

    def heads(self, *heads: str) -> None:
        """The head of a table."""
        for column, head in enumerate(heads):
            self.sheet.write_string(self.row, column, _cut(head), self.styles["head"])
        self.end_row(heads)

    def end_row(self, texts: Sequence[str]) -> None:
        """Makes the row as high as its longest text, and goes on to the next."""
        room = [FIRST_WIDTH, *[WIDTH] * len(texts)]
        lines = max(
            (-(-len(text) * 11 // (10 * width)) for text, width in zip(texts, room, strict=False)), default=1
        )
        self.sheet.set_row(self.row, 15.5 * min(max(lines, 1), 26))
        self.row += 1

    @singledispatchmethod
    def write(self, block: object) -> None:
        """Writes a block below the others."""
        raise TypeError(f"The format xlsx cannot render the block {type(block).__name__}; add it in xlsx.py.")

    @write.register
    def _verdict(self, block: Verdict) -> None:
        self.text(block.text, "verdict")

    @write.register
    def _heading(self, block: Heading) -> None:
        self.text(block.text, "heading")

    @write.register
    def _paragraph(self, block: Paragraph) -> None:
        self.text(block.text)

    @write.register
    def _caution(self, block: Caution) -> None:
        self.text(f"Caution: {block.text}", "caution")

    @write.register
    def _bullets(self, block: Bullets) -> None:
        for item in block.items:
            self.text(f"• {item}")

    @write.register
    def _figures(self, block: Figures) -> None:
        for figure in block.items:
            self.cell(0, figure.label)
            self.cell(1, figure.text, figure.value)
            self.cell(2, f"{figure.text} {figure.note}".strip(), style="note")
            self.end_row([figure.label, "", f"{figure.text} {figure.note}"])

    @write.register
    def _table(self, block: Table) -> None:
        self.text(block.title, "title")
        self.heads(*(head.text for head in block.heads))
        for row in block.rows:
            for column, (head, cell) in enumerate(zip(block.heads, row, strict=True)):
                self.cell(column, cell.text, cell.value if head.numeric else None)
            self.end_row([cell.text for cell in row])
        self.text(block.note, "note")

    @write.register
    def _bars(self, block: MixBars) -> None:
        self.text(block.title, "title")
        self.heads("", "probability")
        for bar in block.bars:
            self.cell(0, bar.name)
            self.cell(1, bar.text, bar.share, "percent")
            self.row += 1
        self.text(block.note, "note")

    @write.register
    def _matrix(self, block: Matrix) -> None:
        self.text(f"{block.title} ({block.unit})", "title")
        self.heads("", *block.columns)
        for name, values, texts, marks in zip(
            block.rows, block.values, block.texts, block.marked, strict=True
        ):
            self.cell(0, name)
            for column, (value, text, best) in enumerate(zip(values, texts, marks, strict=True), start=1):
                self.cell(column, text, value, "best" if best else "number")
            self.row += 1
        self.text(f"Shaded: {block.mark_meaning}" if block.mark_meaning else "", "note")
        self.text(block.note, "note")

    @write.register
    def _chart(self, block: LineChart) -> None:
        self.text(f"{block.title} ({block.up})", "title")
        lines = [dict(line.points) for line in block.series]
        places = sorted({place for line in lines for place in line})
        top = self.row
        self.heads(block.across, *(line.name for line in block.series))
        for place in places:
            self.cell(0, "", place)
            for column, line in enumerate(lines, start=1):
                if place in line:
                    self.cell(column, "", line[place])
            self.row += 1
        self._draw(block, top)
        self.text(block.note, "note")

    def _draw(self, block: LineChart, top: int) -> None:
        chart = self.book.add_chart({"type": "scatter", "subtype": "straight"})
        for column, line in enumerate(block.series, start=1):
            chart.add_series(
                {
                    "name": [self.name, top, column],
                    "categories": [self.name, top + 1, 0, self.row - 1, 0],
                    "values": [self.name, top + 1, column, self.row - 1, column],
                    "line": {"width": 2.5 if line.strong else 1.25},
                }
            )
        chart.set_x_axis({"name": _cut(block.across), "major_gridlines": {"visible": False}})
        chart.set_y_axis({"name": _cut(block.up), "crossing": "min"})
        chart.set_size({"width": 760, "height": 380})
        chart.set_legend({"position": "bottom"})
        self.sheet.insert_chart(top, len(block.series) + 2, chart, {"description": _cut(block.title)})


def _cut(text: str) -> str:
    """A text as one cell can hold it."""
    plain = one_line(text)
    return plain if len(plain) <= CELL_LENGTH else plain[: CELL_LENGTH - 2] + " …"
