"""A mixed strategy as horizontal bars."""

from __future__ import annotations

from advgame.reports.blocks import MixBars
from advgame.reports.charts.svg import FONT, GRID, INK, SOFT, Drawing, width_of

WIDTH = 520
ROW = 30
MOST_LABEL = 284
NUMBER = 76  # width reserved for the probability
FILL = "#0072b2"


def draw_bars(block: MixBars) -> str:
    """The bars as an SVG element: one row per strategy, name on the left, probability on the right."""
    label = min(MOST_LABEL, max((width_of(bar.name) for bar in block.bars), default=0) + 10)
    description = ", ".join(f"{bar.name} {bar.text}" for bar in block.bars)
    drawing = Drawing(WIDTH, ROW * len(block.bars) + 6, f"{block.title}: {description}")
    room = WIDTH - label - NUMBER
    for place, bar in enumerate(block.bars):
        top = place * ROW + 4
        middle = top + ROW / 2 + FONT * 0.2
        colour = INK if bar.share > 0 else SOFT
        drawing.text(label - 8, middle, bar.name, room=label - 8, text_anchor="end", fill=colour)
        drawing.rectangle(label, top + 3, room, ROW - 8, fill="#f2f2f2")
        drawing.rectangle(
            label, top + 3, room * bar.share, ROW - 8, fill=FILL, title=f"{bar.name}: {bar.text}"
        )
        drawing.text(label + room + 8, middle, bar.text, fill=colour)
    drawing.line(label, 2, label, ROW * len(block.bars) + 4, stroke=GRID)
    return drawing.markup()
