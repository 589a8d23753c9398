"""The decision, told: blocks that any format can tell, and one format per file."""

from advgame.reports.compose import report
from advgame.reports.formats import FORMATS
from advgame.reports.report import Report

__all__ = ["FORMATS", "Report", "report", "verdict_of"]
