"""Scenarios small enough to be solved by hand, some with names that mean harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

import advgame as ag
from advgame.measurements import Measurement, MeasurementTable

HOSTILE = "<script>alert(1)</script>\"'&"
FORMULA = '=HYPERLINK("x","click")'


def table(*accuracies: tuple[str, float, float], attack: str = "pgd", **facts: object) -> MeasurementTable:
    """A table of (defence, clean accuracy, accuracy under attack)."""
    rows = []
    for defence, clean, attacked in accuracies:
        shared = {"dataset": "digits", "network": "cnn", "defence": defence, "source": "by hand", **facts}
        rows.append(Measurement(**shared, attack="none", metric="clean", accuracy=clean))
        rows.append(Measurement(**shared, attack=attack, norm="Linf", radius=0.1, accuracy=attacked))
    return MeasurementTable(tuple(rows))


@pytest.fixture(scope="session")
def two_defences() -> ag.Scenario:
    return ag.case("cifar10-two-defences")


@pytest.fixture(scope="session")
def two_defences_report(two_defences: ag.Scenario) -> ag.Report:
    return ag.report(two_defences)


@pytest.fixture(scope="session")
def one_page_report(two_defences_report: ag.Report) -> ag.Report:
    """The beginning of a report: quickly typeset."""
    return replace(two_defences_report, blocks=two_defences_report.blocks[:4])


@pytest.fixture(scope="session")
def many_attacks_report() -> ag.Report:
    return ag.report(ag.case("cifar10-many-attacks"))


@pytest.fixture(scope="session")
def hostile_report() -> ag.Report:
    figures = table((HOSTILE, 0.95, 0.0), (FORMULA, 0.85, 0.5), attack=HOSTILE, warnings=(HOSTILE,))
    scenario = ag.Scenario(HOSTILE, figures, question=HOSTILE, largest_share=0.3, currency=HOSTILE)
    scenario = ag.set_parameter(scenario, "attack_cost", 0.6)
    return ag.report(
        replace(scenario, data=HOSTILE, basis={"attack_cost": HOSTILE, "largest_share": FORMULA})
    )
