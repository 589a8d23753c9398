"""advgame: should this classifier be defended, with what, and how sure are we?

import advgame as ag

scenario = ag.case("cifar10-two-defences")
game = ag.build_game(scenario)
solution = ag.solve(game, concept="nash")
report = ag.report(scenario)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from advgame.deprecation import renamed
from advgame.lazy_names import lazy_names
from advgame.version import __version__

# Where each public name lives; a folder is imported when the first of its names is used.
_HOMES = {
    "advgame.errors": (
        "AdvgameError",
        "InputError",
        "SolverError",
        "SweepError",
    ),
    "advgame.measurements": (
        "Measurement",
        "MeasurementTable",
        "read_table",
        "write_table",
    ),
    "advgame.games": (
        "Game",
        "Profile",
        "attacker_best_responses",
        "defender_best_responses",
        "read_nfg",
        "write_nfg",
    ),
    "advgame.equilibria": (
        "CONCEPTS",
        "BatchBuffers",
        "BatchSolution",
        "Solution",
        "Status",
        "solve",
        "solve_batch",
    ),
    "advgame.scenarios": (
        "Scenario",
        "apply_preset",
        "build_game",
        "case",
        "cases",
        "get_parameter",
        "preset",
        "presets",
        "read_scenario",
        "set_parameter",
        "write_scenario",
    ),
    "advgame.decision": (
        "decide",
        "policies",
        "solve_many",
    ),
    "advgame.jobs": (
        "DaskEngine",
        "FullGrid",
        "LatinHypercubeDesign",
        "LocalEngine",
        "SobolDesign",
        "SweepFile",
        "SweepReader",
        "UniformDesign",
    ),
    "advgame.studies": (
        "STUDIES",
        "break_even_share",
        "study",
        "sweep",
        "thresholds",
    ),
    "advgame.reports": (
        "Report",
        "report",
    ),
}
_RENAMED = {
    "attacker_best_replies": "attacker_best_responses",
    "defender_best_replies": "defender_best_responses",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *_HOME_OF]  # noqa: PLE0604 (names of the table above)


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        return renamed(__name__, _RENAMED)(name)
    if name == "lab":  # a folder, whose functions are ag.lab.NAME
        return import_module("advgame.lab")
    return lazy_names(__name__, _HOME_OF)(name)


def __dir__() -> list[str]:
    return sorted(__all__)


if TYPE_CHECKING:
    from advgame.decision import decide as decide
    from advgame.decision import policies as policies
    from advgame.decision import solve_many as solve_many
    from advgame.equilibria import CONCEPTS as CONCEPTS
    from advgame.equilibria import BatchBuffers as BatchBuffers
    from advgame.equilibria import BatchSolution as BatchSolution
    from advgame.equilibria import Solution as Solution
    from advgame.equilibria import Status as Status
    from advgame.equilibria import solve as solve
    from advgame.equilibria import solve_batch as solve_batch
    from advgame.errors import (
        AdvgameError as AdvgameError,
    )
    from advgame.errors import (
        InputError as InputError,
    )
    from advgame.errors import (
        SolverError as SolverError,
    )
    from advgame.errors import (
        SweepError as SweepError,
    )
    from advgame.games import (
        Game as Game,
    )
    from advgame.games import (
        Profile as Profile,
    )
    from advgame.games import (
        attacker_best_responses as attacker_best_responses,
    )
    from advgame.games import (
        defender_best_responses as defender_best_responses,
    )
    from advgame.games import (
        read_nfg as read_nfg,
    )
    from advgame.games import (
        write_nfg as write_nfg,
    )
    from advgame.jobs import DaskEngine as DaskEngine
    from advgame.jobs import FullGrid as FullGrid
    from advgame.jobs import LatinHypercubeDesign as LatinHypercubeDesign
    from advgame.jobs import LocalEngine as LocalEngine
    from advgame.jobs import SobolDesign as SobolDesign
    from advgame.jobs import SweepFile as SweepFile
    from advgame.jobs import SweepReader as SweepReader
    from advgame.jobs import UniformDesign as UniformDesign
    from advgame.measurements import (
        Measurement as Measurement,
    )
    from advgame.measurements import (
        MeasurementTable as MeasurementTable,
    )
    from advgame.measurements import (
        read_table as read_table,
    )
    from advgame.measurements import (
        write_table as write_table,
    )
    from advgame.reports import Report as Report
    from advgame.reports import report as report
    from advgame.scenarios import (
        Scenario as Scenario,
    )
    from advgame.scenarios import (
        apply_preset as apply_preset,
    )
    from advgame.scenarios import (
        build_game as build_game,
    )
    from advgame.scenarios import (
        case as case,
    )
    from advgame.scenarios import (
        cases as cases,
    )
    from advgame.scenarios import (
        get_parameter as get_parameter,
    )
    from advgame.scenarios import (
        preset as preset,
    )
    from advgame.scenarios import (
        presets as presets,
    )
    from advgame.scenarios import (
        read_scenario as read_scenario,
    )
    from advgame.scenarios import (
        set_parameter as set_parameter,
    )
    from advgame.scenarios import (
        write_scenario as write_scenario,
    )
    from advgame.studies import STUDIES as STUDIES
    from advgame.studies import break_even_share as break_even_share
    from advgame.studies import study as study
    from advgame.studies import sweep as sweep
    from advgame.studies import thresholds as thresholds
