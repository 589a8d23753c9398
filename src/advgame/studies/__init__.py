"""One question asked of a scenario, one file each."""

from advgame.studies.break_even import (
    BreakEven,
    break_even_pairs,
    break_even_share,
    break_even_shares,
    main_attack,
)
from advgame.studies.maps import TwoByTwoMap, two_by_two_map
from advgame.studies.regions import Regions, regions
from advgame.studies.sweeps import sweep
from advgame.studies.thresholds import Threshold, thresholds
from advgame.studies.worth_along import Worth, worth_along

__all__ = [
    "BreakEven",
    "Regions",
    "Threshold",
    "TwoByTwoMap",
    "Worth",
    "break_even_pairs",
    "break_even_share",
    "break_even_shares",
    "main_attack",
    "regions",
    "sweep",
    "thresholds",
    "two_by_two_map",
    "worth_along",
]
