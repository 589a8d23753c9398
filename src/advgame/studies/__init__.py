"""One question asked of a scenario, one file each."""

from advgame.studies.axes import Axis, axis
from advgame.studies.break_even import BreakEven, break_even_share, break_even_shares
from advgame.studies.dials import Dial, dials
from advgame.studies.many import solve_grid, solve_many
from advgame.studies.maps import TwoByTwoMap, two_by_two_map
from advgame.studies.recommendation import Alone, Recommendation, recommend
from advgame.studies.regions import Regions, regions
from advgame.studies.situation import Situation, concept_for, situate
from advgame.studies.sweeps import sweep
from advgame.studies.thresholds import Threshold, thresholds
from advgame.studies.worth_along import Worth, worth_along

__all__ = [
    "Alone",
    "Axis",
    "BreakEven",
    "Dial",
    "Recommendation",
    "Regions",
    "Situation",
    "Threshold",
    "TwoByTwoMap",
    "Worth",
    "axis",
    "break_even_share",
    "break_even_shares",
    "concept_for",
    "dials",
    "recommend",
    "regions",
    "situate",
    "solve_grid",
    "solve_many",
    "sweep",
    "thresholds",
    "two_by_two_map",
    "worth_along",
]
