"""The decision, told: blocks that any format can tell, and one format per file."""

from advgame.reports.compose import report
from advgame.reports.document import Report
from advgame.reports.formats import FORMATS

__all__ = ["FORMATS", "Report", "report", "verdict_of"]
