"""Reports: a decision as blocks, rendered by one file per format."""

from advgame.reports.compose import report
from advgame.reports.formats import FORMATS
from advgame.reports.report import Report

__all__ = ["FORMATS", "Report", "report", "verdict_of"]
