"""Charts as SVG, built element by element so that every name is escaped."""

from advgame.reports.charts.bars import draw_bars
from advgame.reports.charts.heat_map import draw_heat_map
from advgame.reports.charts.lines import draw_lines

__all__ = ["draw_bars", "draw_heat_map", "draw_lines"]
