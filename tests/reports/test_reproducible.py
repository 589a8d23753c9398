"""The same inputs give the same bytes; other inputs another hash."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import advgame as ag
from advgame.scenarios.scenario_digest import inputs_sha256

TELL = """
import sys
import advgame as ag
from advgame.reports.formats import FORMATS
report = ag.report(ag.case("mnist-invariance"))
for name in FORMATS:
    sys.stdout.buffer.write(report.file_content(name))
"""


def told_in_a_fresh_process(seed: str) -> bytes:
    environment = os.environ | {"PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, "-c", TELL], env=environment, check=True, capture_output=True
    ).stdout


def test_two_fresh_processes_write_the_same_bytes() -> None:
    first, second = told_in_a_fresh_process("1"), told_in_a_fresh_process("4242")
    assert len(first) > 10_000
    assert first == second


def test_the_order_in_which_amounts_are_written_does_not_change_the_hash(two_defences: ag.Scenario) -> None:
    turned = dict(reversed(two_defences.basis.items()))
    assert list(turned) != list(two_defences.basis)
    assert inputs_sha256(replace(two_defences, basis=turned)) == inputs_sha256(two_defences)


def test_any_number_changes_the_hash(two_defences: ag.Scenario) -> None:
    changed = [
        two_defences,
        ag.set_parameter(two_defences, "largest_share", 0.31),
        ag.set_parameter(two_defences, "attack_cost", 0.61),
        ag.set_parameter(two_defences, "clean_accuracy[Standard]", 0.94),
        replace(two_defences, currency="EUR"),
        replace(two_defences, measurements=two_defences.measurements.keep(lambda row: row.accuracy > -1)),
    ]
    # The last keeps every row
    assert len({inputs_sha256(scenario) for scenario in changed}) == len(changed) - 1


def test_another_figure_in_a_row_changes_the_hash(two_defences: ag.Scenario) -> None:
    rows = tuple(replace(row, source="elsewhere") for row in two_defences.measurements)
    other = replace(two_defences, measurements=ag.MeasurementTable(rows))
    assert inputs_sha256(other) != inputs_sha256(two_defences)


def test_importing_reports_loads_nothing_heavy() -> None:
    heavy = "{'jinja2', 'scipy', 'pandas', 'nashpy', 'streamlit', 'plotly'}"
    command = f"import sys, advgame.reports; sys.exit(','.join({heavy} & set(sys.modules)) or 0)"
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
