"""The report as one self-contained, printable HTML page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from advgame.reports.blocks import LineChart, Matrix, MixBars
from advgame.reports.charts import draw_bars, draw_heat_map, draw_lines
from advgame.reports.formats.format import Format
from advgame.wording.names import one_line

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from advgame.reports.document import Document


@dataclass(frozen=True)
class Html(Format):
    """One HTML page with styles and charts embedded; it loads nothing, and every name is escaped."""

    name: ClassVar[str] = "html"
    endings: ClassVar[tuple[str, ...]] = (".html", ".htm")
    media_type: ClassVar[str] = "text/html"

    def render(self, report: Document) -> str:
        """The page; its title is that of the scenario."""
        return _page().render(report=report)


@lru_cache(maxsize=1)
def _page() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=_with_kept_percent,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["drawn"] = _drawn
    environment.globals["kind"] = lambda block: type(block).__name__
    environment.filters["line"] = one_line
    return environment.get_template("page.html")


def _with_kept_percent(value: Any) -> Any:
    """A text in which a percent sign never begins a line."""
    return value.replace(" %", "\N{NO-BREAK SPACE}%") if type(value) is str else value


def _drawn(block: MixBars | Matrix | LineChart) -> Markup:
    """The chart of a block; the SVG writer escapes its text."""
    from markupsafe import Markup

    if isinstance(block, MixBars):
        return Markup(draw_bars(block))
    return Markup(draw_heat_map(block) if isinstance(block, Matrix) else draw_lines(block))
