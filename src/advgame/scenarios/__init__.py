"""Scenarios: measurements, the attacker's choices and all prices."""

import warnings

from advgame.payoffs import Accuracies
from advgame.scenarios.cases import Case, case, cases
from advgame.scenarios.parameters import addresses, get_parameter, set_parameter
from advgame.scenarios.presets import Preset, apply_preset, preset, presets
from advgame.scenarios.ranges import Axis, Dial, axis, dials
from advgame.scenarios.scenario import AttackChoice, Scenario, Select, build_game
from advgame.scenarios.scenario_files import read_scenario, write_scenario

__all__ = [
    "AttackChoice",
    "Axis",
    "Case",
    "Dial",
    "Preset",
    "Scenario",
    "Select",
    "addresses",
    "apply_preset",
    "axis",
    "build_game",
    "case",
    "cases",
    "dials",
    "get_parameter",
    "preset",
    "presets",
    "read_scenario",
    "set_parameter",
    "write_scenario",
]


def encounters(scenario: Scenario) -> Accuracies:
    """Deprecated: use ``scenario.accuracies``."""
    warnings.warn(
        "advgame.scenarios.encounters is deprecated; use Scenario.accuracies.",
        DeprecationWarning,
        stacklevel=2,
    )
    return scenario.accuracies
