"""The fingerprint of a report: a hash of its inputs and the versions of the software."""

from __future__ import annotations

import hashlib
import json
import platform
import tomllib
from dataclasses import fields
from importlib.metadata import version

from advgame.measurements import Measurement
from advgame.scenarios import Scenario
from advgame.scenarios.scenario_files import toml_of
from advgame.version import __version__

LIBRARIES = ("numpy", "scipy", "nashpy")


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


def versions() -> tuple[tuple[str, str], ...]:
    """The software that computed the report, with its versions."""
    own = ("advgame", __version__), ("Python", platform.python_version())
    return (*own, *((library, version(library)) for library in LIBRARIES))
