"""A question asked of measurements: which defence, against whom, at what prices."""

from advgame.scenarios.cases import Case, case, cases
from advgame.scenarios.files import read_scenario, write_scenario
from advgame.scenarios.parameters import addresses, get_parameter, set_parameter
from advgame.scenarios.presets import Preset, apply_preset, preset, presets
from advgame.scenarios.scenario import AttackChoice, Scenario, Select, build_game, encounters

__all__ = [
    "AttackChoice",
    "Case",
    "Preset",
    "Scenario",
    "Select",
    "addresses",
    "apply_preset",
    "build_game",
    "case",
    "cases",
    "encounters",
    "get_parameter",
    "preset",
    "presets",
    "read_scenario",
    "set_parameter",
    "write_scenario",
]
