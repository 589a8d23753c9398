"""Studies: one question about a scenario per file; ``STUDIES`` lists those that share one contract."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from advgame.catalogue import Catalogue
from advgame.decision import Situation, situate
from advgame.equilibria import Concept
from advgame.errors import UnknownName
from advgame.scenarios import Scenario
from advgame.studies.attacker_types import AttackerTypesResult, AttackerTypesStudy
from advgame.studies.break_even import (
    BreakEven,
    BreakEvenStudy,
    break_even_pairs,
    break_even_share,
    break_even_shares,
    main_attack,
)
from advgame.studies.confidence import ConfidenceStudy
from advgame.studies.deterrence import Deterrence, DeterrenceStudy
from advgame.studies.dynamics import Dynamics, DynamicsStudy
from advgame.studies.judge_error import JudgeError, JudgeErrorStudy
from advgame.studies.maps import TwoByTwoMap, two_by_two_map
from advgame.studies.measurement_plan import MeasurementPlan, MeasurementPlanStudy
from advgame.studies.nearest_flip import NearestFlip, NearestFlipStudy
from advgame.studies.portfolio import Portfolio, PortfolioStudy
from advgame.studies.regions import Regions, RegionStudy, regions
from advgame.studies.risk import Risk, RiskStudy
from advgame.studies.robust_decision import RobustDecision, RobustDecisionStudy
from advgame.studies.sampling_error import (
    SamplingError,
    SamplingErrorStudy,
    confidence_in_words,
)
from advgame.studies.sensitivity import Sensitivity, SensitivityStudy
from advgame.studies.simulation import Simulation, SimulationStudy
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import Progress, reported_to
from advgame.studies.sweeps import SweepStudy, sweep
from advgame.studies.sweet_spots import SweetSpots, SweetSpotStudy
from advgame.studies.thresholds import Threshold, ThresholdStudy, thresholds
from advgame.studies.value_of_information import ValueOfInformation, ValueOfInformationStudy
from advgame.studies.worth_along import Worth, worth_along

STUDIES: Catalogue[type[Study[StudyResult]]] = Catalogue(
    "study",
    {
        kind.name: kind
        for kind in (
            BreakEvenStudy,
            ThresholdStudy,
            RegionStudy,
            SweepStudy,
            ConfidenceStudy,
            SamplingErrorStudy,
            ValueOfInformationStudy,
            RiskStudy,
            NearestFlipStudy,
            JudgeErrorStudy,
            AttackerTypesStudy,
            SensitivityStudy,
            MeasurementPlanStudy,
            DynamicsStudy,
            RobustDecisionStudy,
            PortfolioStudy,
            SimulationStudy,
            DeterrenceStudy,
            SweetSpotStudy,
        )
    },
)


def study(
    name: str,
    scenario: Scenario | Situation,
    concept: str | Concept | None = None,
    *,
    progress: Progress | None = None,
    **settings: Any,
) -> StudyResult:
    """The result of a study of a scenario.

    >>> from advgame.scenarios import case
    >>> found = study("thresholds", case("cifar10-two-defences"), parameters=["largest_share"])
    >>> found.frame()["below"].round(4).tolist()
    [0.1502]

    Args:
        name: a name in ``STUDIES``.
        scenario: a scenario or a situation; the game and solution of a situation are reused.
        concept: a solution concept; by default that of the situation, or `concept_for` the scenario.
        progress: called repeatedly with the work done and all work, by studies that take long.
        settings: settings of the study by name; the others keep their defaults.

    Returns:
        A `StudyResult`: ``sentence``, ``frame()``, and the values as fields.

    Raises:
        UnknownName: when no study, or no setting of the study, has that name.
        InputError: when a setting does not fit the scenario.
        SolverError: when nothing could be certified.
    """
    kind = STUDIES[name]
    known = [setting.name for setting in fields(kind)]
    for given in settings:
        if given not in known:
            raise UnknownName(f"setting of the study {kind.name!r}", given, known)
    if not isinstance(scenario, Situation):
        scenario = situate(kind.prepared(scenario), concept)
    elif (prepared := kind.prepared(scenario.scenario)) is not scenario.scenario:
        scenario = replace(scenario, scenario=prepared)
    if concept is not None:
        scenario = scenario.answered_by(concept)
    if progress is None:  # what is outside goes on reporting
        return kind(**settings).run(scenario)
    with reported_to(progress):
        return kind(**settings).run(scenario)


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
