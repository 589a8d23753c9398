"""Studies: one question about a scenario per file; ``STUDIES`` lists those that share one contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advgame.lazy_names import lazy_names
from advgame.studies.break_even import (
    BreakEven,
    break_even_pairs,
    break_even_share,
    break_even_shares,
    main_attack,
)
from advgame.studies.regions import Regions, regions
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.thresholds import Threshold, thresholds
from advgame.studies.worth_along import Worth, worth_along

# Where each other public name lives; its file is imported when the name is first used.
_HOMES = {
    "study_catalogue": ("STUDIES", "study"),
    "attacker_types": ("AttackerTypesResult",),
    "deterrence": ("Deterrence",),
    "dynamics": ("Dynamics",),
    "judge_error": ("JudgeError",),
    "maps": (
        "TwoByTwoMap",
        "two_by_two_map",
    ),
    "measurement_plan": ("MeasurementPlan",),
    "nearest_flip": ("NearestFlip",),
    "portfolio": ("Portfolio",),
    "risk": ("Risk",),
    "robust_decision": ("RobustDecision",),
    "sampling_error": (
        "SamplingError",
        "confidence_in_words",
    ),
    "sensitivity": ("Sensitivity",),
    "simulation": ("Simulation",),
    "sweeps": ("sweep",),
    "sweet_spots": ("SweetSpots",),
    "value_of_information": ("ValueOfInformation",),
}
_HOME_OF = {name: f"advgame.studies.{home}" for home, names in _HOMES.items() for name in names}

if TYPE_CHECKING:
    from advgame.studies.attacker_types import AttackerTypesResult as AttackerTypesResult
    from advgame.studies.deterrence import Deterrence as Deterrence
    from advgame.studies.dynamics import Dynamics as Dynamics
    from advgame.studies.judge_error import JudgeError as JudgeError
    from advgame.studies.maps import TwoByTwoMap as TwoByTwoMap
    from advgame.studies.maps import two_by_two_map as two_by_two_map
    from advgame.studies.measurement_plan import MeasurementPlan as MeasurementPlan
    from advgame.studies.nearest_flip import NearestFlip as NearestFlip
    from advgame.studies.portfolio import Portfolio as Portfolio
    from advgame.studies.risk import Risk as Risk
    from advgame.studies.robust_decision import RobustDecision as RobustDecision
    from advgame.studies.sampling_error import SamplingError as SamplingError
    from advgame.studies.sampling_error import confidence_in_words as confidence_in_words
    from advgame.studies.sensitivity import Sensitivity as Sensitivity
    from advgame.studies.simulation import Simulation as Simulation
    from advgame.studies.study_catalogue import STUDIES as STUDIES
    from advgame.studies.study_catalogue import study as study
    from advgame.studies.sweeps import sweep as sweep
    from advgame.studies.sweet_spots import SweetSpots as SweetSpots
    from advgame.studies.value_of_information import ValueOfInformation as ValueOfInformation
else:
    __getattr__ = lazy_names(__name__, _HOME_OF)

__all__ = [
    "STUDIES",
    "AttackerTypesResult",
    "BreakEven",
    "Deterrence",
    "Dynamics",
    "JudgeError",
    "MeasurementPlan",
    "NearestFlip",
    "Portfolio",
    "Regions",
    "Risk",
    "RobustDecision",
    "SamplingError",
    "Sensitivity",
    "Simulation",
    "Study",
    "StudyResult",
    "SweetSpots",
    "Threshold",
    "TwoByTwoMap",
    "ValueOfInformation",
    "Worth",
    "break_even_pairs",
    "break_even_share",
    "break_even_shares",
    "confidence_in_words",
    "main_attack",
    "regions",
    "study",
    "sweep",
    "thresholds",
    "two_by_two_map",
    "worth_along",
]
