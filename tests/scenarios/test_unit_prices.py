"""Measured work has one price table, and bundled costs follow from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from advgame.errors import ScenarioError, UnknownName
from advgame.scenarios import case, get_parameter
from advgame.scenarios.unit_prices import cost_of, unit_prices

# calls and seconds per request of gpt-4o, all runs of the source, read independently from its run records
MEASURED = {
    "undefended": (1862 / 750, 3231.70 / 750),
    "spotlighting": (1710 / 750, 2854.22 / 750),
    "re-execution": (2201 / 750, 3976.17 / 750),
    "sandwich": (1716 / 750, 3216.04 / 750),
    "dual LLM": (6899 / 1695, 16524.00 / 1695),
}


@pytest.mark.parametrize("defence", MEASURED)
def test_costs_of_the_agents_follow_from_calls_and_seconds(defence: str) -> None:
    calls, seconds = MEASURED[defence]
    stated = get_parameter(case("agent-injection"), f"defence_cost[{defence}]")
    assert stated == pytest.approx(calls * 0.01 + seconds * 0.0005, abs=6e-5)
    assert cost_of({"call": calls, "second": seconds}) == pytest.approx(calls * 0.01 + seconds * 0.0005)


def test_costs_of_the_jailbreaks_follow_from_queries() -> None:
    scenario = case("jailbreaks")
    for attack, work in {"PAIR": {"query": 60.9}, "GCG": {"own_query": 256_500}}.items():
        assert get_parameter(scenario, f"attack_cost[{attack}]") == pytest.approx(cost_of(work), abs=6e-4)


def test_every_unit_price_states_its_basis() -> None:
    assert all(price.basis for price in unit_prices().values())


def test_a_unit_without_a_price_or_basis_and_work_below_0_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'call'"):
        cost_of({"calls": 1})
    with pytest.raises(ScenarioError, match="at least 0"):
        cost_of({"call": -1})
    wrong = tmp_path / "prices.toml"
    wrong.write_text("[call]\namount = 1\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="call has no basis"):
        unit_prices(wrong)
    wrong.write_text('[call]\namount = "dear"\nbasis = "x"\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match="amount of call is 'dear'"):
        unit_prices(wrong)
