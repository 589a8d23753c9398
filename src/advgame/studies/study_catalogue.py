"""``STUDIES``: the studies that share one contract, by name; `study` runs one of them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from advgame.catalogue import Catalogue
from advgame.decision import Situation, situate
from advgame.equilibria import Concept
from advgame.errors import UnknownName
from advgame.scenarios import Scenario
from advgame.studies.attacker_types import AttackerTypesStudy
from advgame.studies.break_even import BreakEvenStudy
from advgame.studies.confidence import ConfidenceStudy
from advgame.studies.deterrence import DeterrenceStudy
from advgame.studies.dynamics import DynamicsStudy
from advgame.studies.judge_error import JudgeErrorStudy
from advgame.studies.measurement_plan import MeasurementPlanStudy
from advgame.studies.nearest_flip import NearestFlipStudy
from advgame.studies.portfolio import PortfolioStudy
from advgame.studies.regions import RegionStudy
from advgame.studies.risk import RiskStudy
from advgame.studies.robust_decision import RobustDecisionStudy
from advgame.studies.sampling_error import SamplingErrorStudy
from advgame.studies.sensitivity import SensitivityStudy
from advgame.studies.simulation import SimulationStudy
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import Progress, reported_to
from advgame.studies.sweeps import SweepStudy
from advgame.studies.sweet_spots import SweetSpotStudy
from advgame.studies.thresholds import ThresholdStudy
from advgame.studies.value_of_information import ValueOfInformationStudy

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
