"""A question asked of measurements: which defence, against whom, at what prices."""

from advgame.scenarios.cases import Case, case, cases
from advgame.scenarios.parameters import addresses, get_parameter, set_parameter
from advgame.scenarios.presets import Preset, apply_preset, preset, presets
from advgame.scenarios.ranges import Axis, Dial, axis, dials
from advgame.scenarios.scenario import AttackChoice, Scenario, Select, build_game, encounters
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
    "encounters",
    "get_parameter",
    "preset",
    "presets",
    "read_scenario",
    "set_parameter",
    "write_scenario",
]
