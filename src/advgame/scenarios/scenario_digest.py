"""The digest of a scenario: a hash of everything that its answer depends on."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import fields

from advgame.measurements import Measurement
from advgame.scenarios.scenario import Scenario
from advgame.scenarios.scenario_files import toml_of


def inputs_sha256(scenario: Scenario) -> str:
    """The SHA-256 of the scenario and of its selected rows, in a canonical form.

    The order of keys in a file does not matter; every number, name and price does.
    """
    question = tomllib.loads(toml_of(scenario))
    question.pop("data", None)  # the rows matter, not the path of their file
    names = [column.name for column in fields(Measurement)]
    inputs = {
        "scenario": question,
        "rows": [[getattr(row, name) for name in names] for row in scenario.selected],
    }
    canonical = json.dumps(inputs, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
