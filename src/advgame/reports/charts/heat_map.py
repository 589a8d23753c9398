"""A matrix as coloured cells with their numbers, best responses outlined and dotted."""

from __future__ import annotations

from advgame.reports.blocks import Matrix
from advgame.reports.charts.svg import INK, LETTER, SOFT, Drawing, width_of

LABEL_SIZE, NUMBER_SIZE = 13, 13
MOST_LABEL = 260
MOST_HEAD = 150
ROW = 32
LOW, HIGH = (247, 251, 255), (107, 174, 214)  # light enough for dark numbers to be readable


def draw_heat_map(block: Matrix) -> str:
    """The shown rows of the matrix as an SVG element; larger numbers are darker."""
    label = min(MOST_LABEL, max(width_of(block.rows[row], LABEL_SIZE) for row in block.shown) + 14)
    column = _column_width(block)
    turned = any(width_of(name, LABEL_SIZE) > column - 6 for name in block.columns)
    head = (
        min(MOST_HEAD, 0.72 * max(width_of(name, LABEL_SIZE) for name in block.columns) + 22)
        if turned
        else 26.0
    )
    overhang = head if turned else 0.0
    width = label + column * len(block.columns) + overhang
    drawing = Drawing(width, head + ROW * len(block.shown) + 4, f"{block.title}, {block.unit}")
    for place, name in enumerate(block.columns):
        _head(drawing, label + column * place, column, head, name, turned)
    for line, row in enumerate(block.shown):
        top = head + ROW * line
        drawing.text(
            label - 8, top + ROW / 2 + 5, block.rows[row], size=LABEL_SIZE, room=label - 8, text_anchor="end"
        )
        for place in range(len(block.columns)):
            _cell(drawing, block, row, place, (label + column * place, top), column)
    return drawing.markup()


def _column_width(block: Matrix) -> float:
    longest = max((len(text) for row in block.shown for text in block.texts[row]), default=4)
    few = 76 if len(block.columns) <= 4 else 0
    return max(longest * NUMBER_SIZE * LETTER + 16, few, 52.0)


def _head(drawing: Drawing, left: float, width: float, height: float, name: str, turned: bool) -> None:
    middle = left + width / 2
    if turned:
        drawing.text(middle, height - 8, name, size=LABEL_SIZE, turn=-45, room=MOST_HEAD / 0.75)
    else:
        drawing.text(middle, height - 9, name, size=LABEL_SIZE, text_anchor="middle", fill=SOFT)


def _cell(
    drawing: Drawing, block: Matrix, row: int, column: int, corner: tuple[float, float], width: float
) -> None:
    x, y = corner
    marked = block.marked[row][column]
    words = f"{block.rows[row]}, {block.columns[column]}: {block.texts[row][column]}"
    drawing.rectangle(x + 1, y + 1, width - 2, ROW - 2, fill=_colour(block, row, column), title=words)
    if marked:
        drawing.rectangle(x + 2.5, y + 2.5, width - 5, ROW - 5, fill="none", stroke=INK, stroke_width="2")
        drawing.dot(x + 8, y + 8, 2.6, fill=INK)
    drawing.text(
        x + width / 2,
        y + ROW / 2 + 5,
        block.texts[row][column],
        size=NUMBER_SIZE,
        text_anchor="middle",
        font_weight="700" if marked else "400",
    )


def _colour(block: Matrix, row: int, column: int) -> str:
    values = [value for place in block.shown for value in block.values[place]]
    low, high = min(values), max(values)
    part = (block.values[row][column] - low) / (high - low) if high > low else 0.0
    red, green, blue = (
        round(dark * part + light * (1 - part)) for light, dark in zip(LOW, HIGH, strict=True)
    )
    return f"#{red:02x}{green:02x}{blue:02x}"
