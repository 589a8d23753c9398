"""Very many values of a scenario's numbers at once, against one game after the other."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.decision.solve_many import solve_grid, solve_many
from advgame.equilibria import CONCEPTS, Nash
from advgame.equilibria.batch.batch_answers import BatchAnswers
from advgame.errors import GameError, ScenarioError, UnknownName
from advgame.measurements import Measurement, MeasurementTable
from advgame.payoffs.terms import BenignTraffic
from advgame.scenarios import Scenario, build_game, case, cases, set_parameter

CASE = "cifar10-two-defences"


def at(scenario: Scenario, columns: dict[str, np.ndarray], place: int) -> Scenario:
    for address, values in columns.items():
        scenario = set_parameter(scenario, address, float(values[place]))
    return scenario


def check(scenario: Scenario, columns: dict[str, np.ndarray], answers: BatchAnswers) -> None:
    for place in range(len(answers.status)):
        game = build_game(at(scenario, columns, place))
        solution = Nash().solve(game)
        profile = solution.recommended
        x, y = answers.defender[place], answers.attacker[place]
        assert np.abs(x - profile.defender).max() <= 1e-9
        assert np.abs(y - profile.attacker).max() <= 1e-9
        assert answers.value[place] == pytest.approx(
            [profile.defender_payoff, profile.attacker_payoff], abs=1e-9
        )
        assert answers.complete[place] == solution.complete
        assert answers.equilibria[place] == len(solution.profiles)
        a, b = game.defender_payoffs, game.attacker_payoffs
        assert (a @ y).max() - x @ a @ y <= 2e-9 * np.ptp(a) + 1e-15
        assert (x @ b).max() - x @ b @ y <= 2e-9 * np.ptp(b) + 1e-15


@pytest.mark.parametrize("name", [each.name for each in cases()])
def test_every_bundled_case_is_answered_like_its_single_games(name: str) -> None:
    random = np.random.default_rng(2)
    columns = {
        "largest_share": np.concatenate([[0.0, 1.0], random.uniform(0, 0.5, 6)]),
        "attack_cost": np.concatenate([[0.0, 1.0], random.uniform(0, 0.7, 6)]),
        "defence_cost": np.concatenate([[0.0, 0.0], random.uniform(0, 0.1, 6)]),
    }
    scenario = replace(case(name), attacker_knows="nothing")
    check(scenario, columns, solve_many(scenario, columns))


@st.composite
def scenarios(draw: st.DrawFn) -> tuple[Scenario, dict[str, np.ndarray]]:
    """Any defences and attacks, prices and caps; on a lattice, where ties are common, or not."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    defences, attacks = draw(st.integers(2, 6)), draw(st.integers(1, 5))
    steps = draw(st.sampled_from([None, 4, 20]))

    def some(top: float, count: int) -> np.ndarray:
        drawn = random.uniform(0, top, count)
        return drawn if steps is None else np.round(drawn * steps) / steps

    rows = []
    for defence in range(defences):
        clean, *attacked = 1 - some(0.4, 1)[0], *some(1.0, attacks)
        rows.append(Measurement("d", "n", f"D{defence}", "none", metric="clean", accuracy=float(clean)))
        rows += [
            Measurement(
                "d", "n", f"D{defence}", f"a{which}", "Linf", 0.1, metric="robust", accuracy=float(each)
            )
            for which, each in enumerate(attacked)
        ]
    success = draw(st.sampled_from(["every error", "caused errors"]))
    scenario = Scenario("any", MeasurementTable(tuple(rows)), success=success)
    prices = [
        "breach_loss",
        "benign_loss",
        "attack_penalty",
        "attack_cost",
        "attack_setup",
        "defence_cost[D0]",
    ]
    for price in draw(st.lists(st.sampled_from(prices), max_size=3, unique=True)):
        scenario = set_parameter(scenario, price, float(some(0.3, 1)[0]))
    if draw(st.booleans()):
        scenario = replace(scenario, adversarial_share={"a0": float(some(1.0, 1)[0])})
    varying = draw(st.lists(st.sampled_from(prices), min_size=1, max_size=2, unique=True))
    return scenario, {"largest_share": some(1.0, 6), **{price: some(0.5, 6) for price in varying}}


@given(scenarios())
@settings(max_examples=40, deadline=None)
def test_any_scenario_is_answered_like_its_single_games(
    drawn: tuple[Scenario, dict[str, np.ndarray]],
) -> None:
    scenario, columns = drawn
    check(scenario, columns, solve_many(scenario, columns))


def test_prices_that_are_multiplied_give_the_same_public_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        BenignTraffic,
        "to_defender",
        lambda term, met: (
            (1 - met.adversarial_share[..., None, :])
            * (term.benign_gain * (1 + term.benign_loss) * met.clean_accuracy[:, None])
        ),
    )
    columns = {"benign_gain": np.linspace(0.1, 2, 9), "benign_loss": np.linspace(0, 1, 9)}
    check(case(CASE), columns, solve_many(case(CASE), columns))


@pytest.mark.parametrize("concept", ["commitment", "pure_commitment"])
def test_commitments_are_those_of_single_games(concept: str) -> None:
    columns = {"largest_share": np.linspace(0.05, 0.6, 7)}
    answers = solve_many(case(CASE), columns, concept)
    for place in range(7):
        profile = CONCEPTS[concept].solve(build_game(at(case(CASE), columns, place))).recommended
        assert answers.value[place, 0] == pytest.approx(profile.defender_payoff, abs=1e-9)
        assert np.abs(answers.defender[place] - profile.defender).max() <= 1e-9


def test_an_announced_defence_is_answered_with_the_commitment() -> None:
    columns = {"largest_share": [0.1, 0.3]}
    announced = replace(case(CASE), attacker_knows="mixture")
    assert solve_many(announced, columns).concept == "commitment"
    assert solve_many(case(CASE), columns).concept == "nash"


def test_the_result_equals_the_closed_form_up_to_rounding() -> None:
    # p* = V_bΔa / (V_aΔr + V_bΔa), q* = (π_N − F/p) / ((R + P) Δr), by hand for 94.78/0 and 85.34/53.42
    shares = np.linspace(0.16, 0.99, 400)
    answers = solve_many(case(CASE), {"largest_share": shares})
    even = 0.0944 / 0.6286
    assert np.allclose(answers.attacker[:, 1] * shares, even, rtol=0, atol=1e-12)
    assert np.allclose(answers.defender[:, 1], (1 - 0.6) / 0.5342, rtol=0, atol=1e-12)
    assert answers.regret.max() < 1e-14


def test_the_caller_supplies_the_arrays_and_receives_progress() -> None:
    told, room = [], BatchAnswers.room("nash", 5, (2, 2))
    answers = solve_many(
        case(CASE),
        {"attack_cost": np.linspace(0, 1, 5)},
        out=room,
        progress=lambda done, total: told.append((done, total)),
    )
    assert answers.attacker is room.attacker
    assert told == [(5, 5)]
    with pytest.raises(GameError, match=r"out\.defender"):
        solve_many(case(CASE), {"attack_cost": [0.1]}, out=room)


@pytest.mark.parametrize("first", ["attack_cost", "largest_share"])
def test_a_grid_is_answered_as_its_points_in_whatever_order_they_are_visited(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Look first, however few points there are. The function of the same name hides the module.
    monkeypatch.setattr(import_module("advgame.decision.solve_many"), "MANY", 0)
    scenario = set_parameter(case("imagenette-pruning"), "attacker_knows", "nothing")
    scenario = set_parameter(scenario, "defence_cost", 0.01)
    axes = {"largest_share": np.linspace(0, 0.6, 25), "attack_cost": np.linspace(0, 0.6, 17)}
    grid = {first: axes[first], **axes}
    columns, answers = solve_grid(scenario, grid)
    assert [len(each) for each in columns.values()] == [25 * 17] * 2
    assert columns[first].reshape(len(axes[first]), -1)[:, 0].tolist() == axes[first].tolist()
    straight = solve_many(scenario, columns)
    assert np.allclose(answers.defender, straight.defender, rtol=0, atol=1e-12)
    assert np.allclose(answers.attacker, straight.attacker, rtol=0, atol=1e-12)
    assert (answers.equilibria == straight.equilibria).all()
    assert (answers.complete == straight.complete).all()
    some = np.arange(0, 25 * 17, 11)
    chosen = {address: column[some] for address, column in columns.items()}
    check(scenario, chosen, solve_many(scenario, chosen))


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(UnknownName, match="solved in batches"):
        solve_many(case(CASE), {"attack_cost": [0.1]}, "worst_case")
    with pytest.raises(ScenarioError, match="cannot vary within a batch"):
        solve_many(case(CASE), {"clean_accuracy[Standard]": [0.9]})
