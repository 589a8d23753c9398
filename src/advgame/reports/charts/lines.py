"""Values as lines over one parameter, with the scenario's own value marked."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.number_text import significant, ticks
from advgame.reports.blocks import LineChart, Series
from advgame.reports.charts.svg import GRID, INK, SOFT, Drawing, width_of

WIDTH, PLOT_HEIGHT = 600, 300
LEFT, RIGHT, TOP = 70, 18, 14
UNDER = 52  # width reserved for the ticks and the axis label
LEGEND_ROW = 24

# The colours of Okabe and Ito; dashes distinguish the lines as well.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
DASHES = ("7 4", "2 3", "10 3 2 3", "4 4", "12 4")


@dataclass(frozen=True)
class Frame:
    """The mapping from data to SVG coordinates."""

    low_x: float
    high_x: float
    low_y: float
    high_y: float

    def x(self, value: float) -> float:
        """The horizontal SVG coordinate."""
        return LEFT + (value - self.low_x) / ((self.high_x - self.low_x) or 1.0) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """The vertical SVG coordinate."""
        return TOP + (self.high_y - value) / ((self.high_y - self.low_y) or 1.0) * PLOT_HEIGHT


def draw_lines(block: LineChart) -> str:
    """The chart as an SVG element: grid, lines, the scenario's own value, and a legend below."""
    frame = _frame(block)
    height = TOP + PLOT_HEIGHT + UNDER + LEGEND_ROW * len(block.series)
    drawing = Drawing(WIDTH, height, f"{block.title}: {block.up} by {block.across}")
    _grid(drawing, block, frame)
    if block.here is not None:
        _own_value(drawing, block.here, frame)
    looks = _looks(block.series)
    for line, look in sorted(zip(block.series, looks, strict=True), key=lambda pair: pair[0].strong):
        drawing.path([(frame.x(x), frame.y(y)) for x, y in line.points], **look)
    for place, (line, look) in enumerate(zip(block.series, looks, strict=True)):
        _legend(drawing, place, line.name, look)
    return drawing.markup()


def _frame(block: LineChart) -> Frame:
    points = [point for line in block.series for point in line.points] or [(0.0, 0.0)]
    across, up = [x for x, _ in points], [y for _, y in points]
    spread = (max(up) - min(up)) or abs(max(up)) or 1.0
    return Frame(min(across), max(across), min(up) - 0.06 * spread, max(up) + 0.06 * spread)


def _grid(drawing: Drawing, block: LineChart, frame: Frame) -> None:
    bottom = TOP + PLOT_HEIGHT
    for value in ticks(frame.low_y, frame.high_y):
        drawing.line(LEFT, frame.y(value), WIDTH - RIGHT, frame.y(value), stroke=GRID)
        drawing.text(
            LEFT - 8, frame.y(value) + 5, significant(value), text_anchor="end", fill=SOFT, room=LEFT - 26
        )
    for value in ticks(frame.low_x, frame.high_x, 6):
        drawing.line(frame.x(value), bottom, frame.x(value), bottom + 5, stroke=SOFT)
        drawing.text(frame.x(value), bottom + 20, significant(value), text_anchor="middle", fill=SOFT)
    drawing.line(LEFT, bottom, WIDTH - RIGHT, bottom, stroke=SOFT)
    middle = (LEFT + WIDTH - RIGHT) / 2
    drawing.text(middle, bottom + 42, block.across, text_anchor="middle", room=WIDTH - LEFT - RIGHT)
    drawing.text(15, TOP + PLOT_HEIGHT / 2, block.up, turn=-90, text_anchor="middle", room=PLOT_HEIGHT)


def _own_value(drawing: Drawing, value: float, frame: Frame) -> None:
    x = frame.x(value)
    drawing.line(x, TOP, x, TOP + PLOT_HEIGHT, stroke=INK, stroke_width="1.5", stroke_dasharray="1 3")
    words = f"here: {significant(value)}"
    fits = x + 8 + width_of(words) < WIDTH - RIGHT
    drawing.text(x + 8 if fits else x - 8, TOP + 14, words, text_anchor="start" if fits else "end")


def _looks(series: tuple[Series, ...]) -> list[dict[str, str]]:
    looks: list[dict[str, str]] = []
    thin = 0
    for line in series:
        if line.strong:
            looks.append({"stroke": INK, "stroke_width": "3.5", "stroke_linejoin": "round"})
            continue
        kind = thin % len(COLOURS)
        looks.append({"stroke": COLOURS[kind], "stroke_width": "2.5", "stroke_dasharray": DASHES[kind]})
        thin += 1
    return looks


def _legend(drawing: Drawing, place: int, name: str, look: dict[str, str]) -> None:
    y = TOP + PLOT_HEIGHT + UNDER + LEGEND_ROW * place + 8
    drawing.path([(LEFT, y), (LEFT + 44, y)], **look)
    drawing.text(LEFT + 54, y + 5, name, room=WIDTH - LEFT - 54 - RIGHT)
