"""One question asked of a scenario, one file each."""

from advgame.studies.break_even import BreakEven, break_even_share, break_even_shares
from advgame.studies.recommendation import Alone, Recommendation, concept_for, recommend
from advgame.studies.sweeps import sweep
from advgame.studies.thresholds import Threshold, thresholds

__all__ = [
    "Alone",
    "BreakEven",
    "Recommendation",
    "Threshold",
    "break_even_share",
    "break_even_shares",
    "concept_for",
    "recommend",
    "sweep",
    "thresholds",
]
