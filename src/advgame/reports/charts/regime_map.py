"""The regimes of a sweep over two parameters, as coloured fields with a legend."""

from __future__ import annotations

from advgame.jobs import RegimeMap
from advgame.reports.charts.svg import SOFT, Drawing, width_of

SIDE_X, SIDE_Y = 5.0, 4.0  # of a field
LEFT, TOP, BELOW, LEGEND_ROW = 80.0, 12.0, 44.0, 20.0
STRIP = 40.0  # height of the map of a single parameter
LABEL = 12
# distinguishable with the usual colour-vision deficiencies (Okabe and Ito 2008)
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#6f6f6f")
OTHERS = "#d0d0d0"


def draw_regime_map(regimes: RegimeMap) -> str:
    """The map as an SVG element; the most frequent regimes have a colour of their own.

    Args:
        regimes: the most frequent regime in each field.
    """
    rows, columns = regimes.which.shape
    height = STRIP / rows if rows == 1 else SIDE_Y
    shown = regimes.regimes[: len(COLOURS)]
    entries = [*zip(COLOURS, shown, strict=False)]
    if len(regimes.regimes) > len(shown):
        entries.append((OTHERS, f"{len(regimes.regimes) - len(shown):,} other regimes"))
    bottom = TOP + (STRIP if rows == 1 else SIDE_Y * rows)
    widest = max(width_of(text, LABEL) for _, text in entries) + LEFT + 24
    width = max(LEFT + SIDE_X * columns + 30, widest)
    drawing = Drawing(
        width,
        bottom + BELOW + LEGEND_ROW * len(entries) + 6,
        f"Most frequent regime over {regimes.x} and {regimes.y}",
    )
    for row, line in enumerate(regimes.which.tolist()):
        top = bottom - (row + 1) * height if rows > 1 else TOP
        for first, last, which in _runs(line):
            colour = COLOURS[which] if which < len(COLOURS) else OTHERS
            drawing.rectangle(
                LEFT + SIDE_X * first,
                top,
                SIDE_X * (last - first),
                STRIP if rows == 1 else height,
                fill=colour,
                title=regimes.regimes[which],
                shape_rendering="crispEdges",
            )
    _axes(drawing, regimes, bottom)
    for place, (colour, text) in enumerate(entries):
        y = bottom + BELOW + LEGEND_ROW * place
        drawing.rectangle(LEFT, y, 12, 12, fill=colour)
        drawing.text(LEFT + 20, y + 11, text, size=LABEL)
    return drawing.markup()


def _runs(line: list[int]) -> list[tuple[int, int, int]]:
    """Stretches of fields of one regime: first, one after the last, regime."""
    runs, first = [], 0
    for place in range(1, len(line) + 1):
        if place == len(line) or line[place] != line[first]:
            if line[first] >= 0:
                runs.append((first, place, line[first]))
            first = place
    return runs


def _axes(drawing: Drawing, regimes: RegimeMap, bottom: float) -> None:
    right = LEFT + SIDE_X * regimes.which.shape[1]
    drawing.text(LEFT, bottom + 16, f"{regimes.x_edges[0]:g}", size=LABEL, fill=SOFT)
    drawing.text(right, bottom + 16, f"{regimes.x_edges[-1]:g}", size=LABEL, fill=SOFT, text_anchor="end")
    drawing.text((LEFT + right) / 2, bottom + 32, regimes.x, size=LABEL, text_anchor="middle")
    if len(regimes.which) > 1:
        drawing.text(LEFT - 6, TOP + 10, f"{regimes.y_edges[-1]:g}", size=LABEL, fill=SOFT, text_anchor="end")
        drawing.text(LEFT - 6, bottom, f"{regimes.y_edges[0]:g}", size=LABEL, fill=SOFT, text_anchor="end")
        drawing.text(16, (TOP + bottom) / 2, regimes.y, size=LABEL, text_anchor="middle", turn=-90)
