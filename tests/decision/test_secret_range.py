"""How far the attacker's amounts may differ while a secret mixed strategy keeps its value."""

from __future__ import annotations

import numpy as np
import pytest

import advgame as ag
from advgame.decision import situate
from advgame.decision.secret_range import SecretRange, secret_range
from advgame.reports import report
from advgame.scenarios import Scenario, build_game, set_parameter


def range_of(scenario: Scenario) -> SecretRange | None:
    here = situate(scenario, "nash")
    return secret_range(here, here.solution.recommended)


def test_two_networks_end_where_the_closed_form_says() -> None:
    scenario = ag.case("cifar10-two-defences")
    # attacked at R ε − c: against the robust network it pays below c = ε = .4658 or above R = .6 / .4658
    found = range_of(scenario)
    assert found is not None
    assert (found.address, found.amount) == ("attack_cost[autoattack]", pytest.approx(0.4658, abs=1e-5))
    costly = range_of(set_parameter(scenario, "attack_cost", 0.9))
    # no attack pays where R ≤ c = .9, which is nearer than c ≥ R = 1
    assert costly is not None
    assert (costly.address, costly.change) == ("attack_reward", pytest.approx(-0.1, abs=1e-5))


@pytest.mark.parametrize("case", ["transfer-attacks", "cifar10-two-defences"])
def test_within_the_range_the_value_stays_and_beyond_it_other_strategies_are_played(case: str) -> None:
    scenario = ag.case(case)
    found = range_of(scenario)
    assert found is not None
    field = found.address

    def profile(part: float) -> tuple[float, tuple[int, ...], tuple[int, ...]]:
        here = ag.get_parameter(scenario, field)
        moved = set_parameter(scenario, field, here * (1 + part * found.change))
        equilibrium = ag.solve(build_game(moved)).recommended
        played = tuple(np.flatnonzero(equilibrium.defender > 1e-9))
        return equilibrium.defender_payoff, played, tuple(np.flatnonzero(equilibrium.attacker > 1e-9))

    stated, within, beyond = profile(0), profile(0.98), profile(1.02)
    assert within[0] == pytest.approx(stated[0], abs=1e-9)
    assert within[1:] == stated[1:]
    assert beyond[1:] != stated[1:]


def test_a_defence_for_all_inputs_has_no_such_range_in_the_report() -> None:
    text = str(report(ag.case("transfer-attacks")).render("markdown"))
    assert "any one amount of the attacker differs by less than" in text
    assert "any one amount" not in str(report(ag.case("jailbreaks")).render("markdown"))
