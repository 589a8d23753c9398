"""What holds of every report: checked on scenarios with random amounts, often at the ends of their ranges."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from random import Random

import pytest

import advgame as ag
from advgame.reports.blocks import Bullets, Caution, Figures, Paragraph, Table, Verdict
from advgame.scenarios.knowledge import KNOWLEDGE
from advgame.scenarios.parameters import TERM_PARAMETERS
from advgame.scenarios.ranges import axis

UNREADABLE = re.compile(r"\bnan\b|\binf\b|\bNone\b|\d[eE][-−+]?\d|[-−]0(?![.\d])|  |\.\.| [,;:]")
SINGULAR = re.compile(r"(?<![\d.,])1 (defences|attacks|columns|figures|inputs|parameters|cells|types)\b")


def drawn(seed: int) -> ag.Scenario:
    """A scenario with a random state of knowledge, rules, and amounts."""
    random = Random(seed)
    scenario = ag.case(random.choice(["cifar10-two-defences", "prompt-defences", "backdoor-repairs"]))
    scenario = replace(
        scenario,
        attacker_knows=random.choice([None, *KNOWLEDGE]),
        attacker_margin=random.choice([0.0, 0.05, 0.5]),
        may_stop=random.random() < 0.4,
        undefended=random.choice([None, *scenario.accuracies.defences]),
        volume_per_month=random.choice([None, 1e6]),
        tries=random.choice([1.0, 1.0, 3.0]),
    )
    for address in random.sample(["largest_share", *TERM_PARAMETERS], 3):
        if address in ("explanation_value", "attacked_utility"):
            continue  # not measured in every case
        ends = axis(scenario, address)
        amount = random.choice([ends.low, ends.high, round(random.uniform(ends.low, ends.high), 2)])
        scenario = ag.set_parameter(scenario, address, amount)
    return scenario


def sentences(report: ag.Report) -> list[str]:
    found = []
    for block in report.blocks:
        if isinstance(block, Verdict | Paragraph | Caution):
            found.append(block.text)
        elif isinstance(block, Bullets):
            found += block.items
        elif isinstance(block, Figures):
            found += [f"{item.text} {item.note}" for item in block.items]
        elif isinstance(block, Table):
            found.append(block.note)
    return found


@pytest.mark.parametrize("seed", range(14))
def test_a_report_is_readable_and_its_verdict_is_worth_most(seed: int) -> None:
    report = ag.report(drawn(seed), only=("decision", "summary", "policies", "assumptions"))
    for text in sentences(report):
        assert not UNREADABLE.search(text), text
        assert not SINGULAR.search(text), text
    data = json.loads(report.render("json"))
    table = data["policies"]["table"]
    verdict = table[data["policies"]["verdict"]]
    for policy in table:
        if policy["available"]:
            assert policy["worth"] <= verdict["worth"] + 1e-5 * (1 + abs(verdict["worth"]))
    for played in (data["decision"]["deploy"], data["decision"]["attacked_by"]):
        assert sum(each["probability"] for each in played) == pytest.approx(1, abs=1e-6)
    if verdict["policy"] != "service not run":
        deployed = {each["defence"]: each["probability"] for each in data["decision"]["deploy"]}
        assert {each["defence"]: each["probability"] for each in verdict["deploy"]} == pytest.approx(deployed)
    value = next(block for block in report.blocks if isinstance(block, Figures)).items[0]
    assert value.value == verdict["worth"]
    assert value.text in report.render("markdown").replace("\\", "")
