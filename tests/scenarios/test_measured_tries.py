"""Several tries of the same case: as measured where every run is a try, whole numbers only."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import advgame as ag
from advgame.bundled import bundled
from advgame.errors import ScenarioError
from advgame.payoffs import AttackStrength, Dependence
from advgame.scenarios import Scenario, build_game, set_parameter
from advgame.studies.regions import regions
from advgame.wording.attack_quality import tries_in_words


def several(tries: int, **changes: object) -> Scenario:
    return replace(ag.case("agent-injection"), tries=tries, **changes)  # type: ignore[arg-type]


def succeeded(defence: str, attack: str) -> np.ndarray:
    """(cases, runs) whether the attack succeeded, read without the library."""
    frame = pd.read_parquet(bundled("data") / "published" / "agent-injection.outcomes.parquet")
    text = frame[["network", "defence", "attack"]].astype(str)
    cell = frame[(text.network == "gpt-4o") & (text.defence == defence) & (text.attack == attack)]
    return 1 - cell.pivot_table(index="input", columns="seed", values="correct", observed=True).to_numpy()


@pytest.mark.parametrize("tries", [2, 3])
@pytest.mark.parametrize(
    ("defence", "attack"), [("undefended", "data exfiltration"), ("dual LLM", "multi step")]
)
def test_the_game_uses_the_measured_rate_of_a_success_among_several_tries(
    tries: int, defence: str, attack: str
) -> None:
    scenario = several(tries)
    place = (
        scenario.accuracies.defences.index(defence),
        scenario.accuracies.attacks.index(attack),
    )
    outcomes = succeeded(defence, attack)
    chosen = list(combinations(range(3), tries))
    measured = np.mean([outcomes[:, list(some)].any(axis=1).mean() for some in chosen])
    assert scenario.accuracies.attacked_error[place] == pytest.approx(measured)
    # a try is made if all before it failed
    once, twice = (
        outcomes.mean(),
        np.mean([outcomes[:, list(s)].any(axis=1).mean() for s in combinations(range(3), 2)]),
    )
    expected = 1 + (1 - once) + (0 if tries == 2 else 1 - twice)
    assert scenario.accuracies.expected_tries[place] == pytest.approx(expected)


def test_measured_tries_succeed_less_often_than_independent_ones_and_the_report_says_which() -> None:
    measured, independent = several(3), several(3, runs_are_tries=False)
    # in one cell every success is of a case of its own, which is a little more than independence gives
    assert (measured.accuracies.attacked_error <= independent.accuracies.attacked_error + 0.001).all()
    assert (measured.accuracies.attacked_error < independent.accuracies.attacked_error - 0.05).any()
    assert "was measured on runs of the same" in tries_in_words(measured)
    assert "taken as independent" in tries_in_words(independent)
    assert "No more than 3 tries" in tries_in_words(several(4))
    assert several(4).accuracies.attacked_error == pytest.approx(
        several(4, runs_are_tries=False).accuracies.attacked_error
    )


def test_the_exact_game_of_measured_tries_is_the_rounded_one() -> None:
    game = build_game(several(3))
    for floats, exact in zip((game.defender_payoffs, game.attacker_payoffs), game.exact_payoffs, strict=True):
        assert floats == pytest.approx(np.array(exact, float), rel=1e-12, abs=1e-12)


def test_at_other_success_rates_the_measured_dependence_stays() -> None:
    once = np.array([[0.0, 0.5, 0.2]])
    dependence = Dependence(np.array([[[1.0, 1.0, 1.0]], [[1.0, 0.8, 0.5]]]))
    rates = AttackStrength(tries=2).of_all_tries(once, dependence)
    assert rates == pytest.approx(np.array([[0.0, 0.8 * 0.75, 0.5 * 0.36]]))


def test_runs_that_are_no_tries_are_refused() -> None:
    with pytest.raises(ScenarioError, match="at least two runs of every attacked case"):
        _ = replace(ag.case("agentdojo-camel"), runs_are_tries=True).accuracies


@pytest.mark.parametrize("wrong", [1.5, 0.5, 0, float("nan")])
def test_tries_are_whole(wrong: float) -> None:
    with pytest.raises(ScenarioError, match="tries is"):
        several(wrong)  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match="tries is"):
        set_parameter(ag.case("agentdojo-camel"), "tries", wrong)


@pytest.mark.parametrize("case", ["agentdojo-camel", "machine-text-detectors"])
def test_the_threshold_of_tries_is_the_first_number_at_which_the_answer_differs(case: str) -> None:
    scenario = ag.case(case)
    (found,) = ag.study("thresholds", scenario, "commitment", parameters=["tries"]).thresholds

    def deployed(tries: int) -> tuple[str, ...]:
        game = build_game(replace(scenario, tries=tries))
        profile = ag.solve(game, "commitment").recommended
        return tuple(
            name for name, share in zip(game.defences, profile.defender, strict=True) if share > 1e-9
        )

    stated = deployed(1)
    first = next((k for k in range(2, 51) if deployed(k) != stated), None)
    assert found.above == first
    assert first is None or found.deploy_above == deployed(first)


def test_a_map_over_tries_shows_the_games_of_whole_numbers() -> None:
    scenario = ag.case("agentdojo-camel")
    found = regions(scenario, "tries", "attack_cost", points=9, concept="commitment")
    for column, tries in enumerate(found.x_values.tolist()):
        there = replace(scenario, tries=round(tries))
        cost = float(found.y_values[0])
        game = build_game(set_parameter(there, "attack_cost", cost))
        profile = ag.solve(game, "commitment").recommended
        names = tuple(n for n, share in zip(game.defences, profile.defender, strict=True) if share > 1e-9)
        assert found.regimes[found.regime[0, column]] == names
    assert len(found.regimes) > 1
