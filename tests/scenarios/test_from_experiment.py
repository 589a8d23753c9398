"""Prices follow from what was counted, and the best single defence is the pure commitment of the game."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from advgame.equilibria import solve
from advgame.errors import MeasurementError
from advgame.findings.questions.best_by_share import SHARES, Reign, _how_sure, best_by_share, best_single
from advgame.findings.stories import STORIES
from advgame.measurements.experiment_tables import Measured
from advgame.measurements.outcomes import OutcomeTable
from advgame.scenarios import build_game, read_scenario, set_parameter, write_scenario
from advgame.scenarios.from_experiment import (
    Prices,
    Story,
    attack_cost,
    defence_cost,
    playable_columns,
    scenario_of,
)
from tests.findings.tables import ASKING, CLEAN, FOG, STRONG, WEAK, WHOLE, measured

STORY = Story("By hand", "Which?", "plain")
STEPS = {
    "plain": ("standard", None, {}),
    "light": ("magnitude", "plain", {}),
    "hard": ("adversarial_training", None, {}),
    "both": ("ensemble", None, {"of": ["plain", "hard"]}),
}
RIGHT = {
    "plain": {CLEAN: 0.95, STRONG: 0.1, WEAK: 0.3, ASKING: 0.4, FOG: 0.6},
    "light": {CLEAN: 0.94, STRONG: 0.1, WEAK: 0.35, ASKING: 0.45, FOG: 0.6},
    "hard": {CLEAN: 0.8, STRONG: 0.6, WEAK: 0.65, ASKING: 0.7, FOG: 0.7},
    "both": {CLEAN: 0.9, STRONG: 0.4, WEAK: 0.5, ASKING: 0.6, FOG: 0.7},
}


@pytest.fixture
def by_hand(tmp_path: Path) -> Measured:
    return measured(tmp_path, STEPS, RIGHT)


def test_a_network_costs_its_running_and_its_share_of_all_training_behind_it(by_hand: Measured) -> None:
    prices, served = Prices(propagation=0.01), 10_000
    own = (1000 + 2 * 500) / 10_000
    assert defence_cost(by_hand, "plain", prices, served) == pytest.approx(0.01 * (1 + own))
    assert defence_cost(by_hand, "light", prices, served) == pytest.approx(0.01 * (0.8 + 2 * own))
    assert defence_cost(by_hand, "both", prices, served) == pytest.approx(0.01 * (1 + 3 * own))


def test_an_attack_costs_its_propagations_or_its_queries_and_being_noticed(by_hand: Measured) -> None:
    prices = Prices(propagation=0.01, query=0.002, notice=0.3)
    assert attack_cost(by_hand, STRONG, prices) == pytest.approx((30 + 2 * 10) / 2 * 0.01 + 0.3)
    assert attack_cost(by_hand, ASKING, prices) == pytest.approx(100 / 2 * 0.002 + 0.3)
    assert attack_cost(by_hand, FOG, prices) == pytest.approx(0.3)


def test_attacks_on_a_randomised_network_do_not_raise_the_price_for_all(by_hand: Measured) -> None:
    prices = Prices(propagation=0.01, query=0.002, notice=0.3)
    dear = by_hand.attacks.copy()
    dear.loc[dear["defence"] == "hard", ["forward_inputs", "queries"]] *= 10
    frame = by_hand.outcomes.frame.copy()
    frame["correct"] = frame["correct"].astype(float)
    frame.loc[(frame["defence"] == "hard") & (frame["input"] == 0), "correct"] = 0.7
    at_random = replace(by_hand, attacks=dear, outcomes=OutcomeTable(frame))
    assert at_random.randomised == {"hard"}
    assert attack_cost(at_random, STRONG, prices) == pytest.approx((30 + 2 * 10) / 2 * 0.01 + 0.3)
    assert attack_cost(at_random, ASKING, prices) == pytest.approx(100 / 2 * 0.002 + 0.3)
    every = at_random.networks[at_random.networks["defence"] == "hard"]
    alone = replace(at_random, networks=every)  # nothing else to go by
    assert attack_cost(alone, ASKING, prices) == pytest.approx(1000 / 2 * 0.002 + 0.3)


def test_nature_plays_only_where_the_story_says_so(by_hand: Measured) -> None:
    assert playable_columns(by_hand, STORY) == [STRONG, WEAK, ASKING]
    assert FOG in playable_columns(by_hand, replace(STORY, nature_plays=True))


def test_an_attack_without_a_bound_is_neither_played_nor_the_measure_of_others(tmp_path: Path) -> None:
    right = {name: {**columns, WHOLE: 0.0} for name, columns in RIGHT.items()}
    found = measured(tmp_path, STEPS, right)
    prices = Prices(propagation=0.01, query=0.002, notice=0.3)
    assert playable_columns(found, STORY) == [STRONG, WEAK, ASKING]
    assert attack_cost(found, STRONG, prices) == pytest.approx((30 + 2 * 10) / 2 * 0.01 + 0.3)


def test_an_attack_not_tried_on_every_defence_is_not_played(tmp_path: Path) -> None:
    right = {"plain": {CLEAN: 0.9, STRONG: 0.1}, "hard": {CLEAN: 0.8}}
    some = measured(tmp_path, {name: STEPS[name] for name in right}, right)
    with pytest.raises(MeasurementError, match="every defence"):
        playable_columns(some, STORY)


def test_a_written_scenario_is_read_back_and_every_amount_has_a_basis(
    by_hand: Measured, tmp_path: Path
) -> None:
    scenario = scenario_of(by_hand, STORY, str(tmp_path / "byhand.csv"))
    again = read_scenario(write_scenario(scenario, tmp_path / "by-hand.toml"))
    assert np.array_equal(build_game(again).defender_payoffs, build_game(scenario).defender_payoffs)
    assert np.array_equal(build_game(again).attacker_payoffs, build_game(scenario).attacker_payoffs)
    assert {"attack_cost", "defence_cost", "benign_gain", "largest_share"} <= set(again.basis)
    assert {"benign_loss", "stopped_gain", "breach_loss", "attack_reward"} <= set(again.basis)


@pytest.mark.parametrize("story", STORIES.values(), ids=list(STORIES))
def test_a_story_names_the_basis_of_all_that_it_assumes(story: Story) -> None:
    assert set(story.basis) == {*story.amounts, "attacker_knows"}
    assert story.question.endswith("?")


def test_the_best_single_defence_is_the_pure_commitment_at_every_share(by_hand: Measured) -> None:
    scenario = scenario_of(by_hand, STORY, "byhand.csv")
    accuracies = scenario.accuracies
    best = best_single(scenario, accuracies)
    for place in range(0, len(SHARES), 10):
        game = build_game(set_parameter(scenario, "largest_share", float(SHARES[place])))
        committed = solve(game, "pure_commitment").recommended.defender
        assert committed[best[place]] == 1.0


def test_the_winner_turns_at_the_break_even_share(tmp_path: Path) -> None:
    right = {"plain": {CLEAN: 0.95, STRONG: 0.1}, "hard": {CLEAN: 0.8, STRONG: 0.6}}
    found = best_by_share(measured(tmp_path, {name: STEPS[name] for name in right}, right))
    turn = 0.15 / (0.5 + 0.15)  # Δa / (Δr + Δa): 0.23
    assert [row["defence"] for row in found.evidence] == ["plain", "hard"]
    assert found.evidence[0]["to share"] == pytest.approx(np.floor(turn * 100) / 100)
    assert "plain from 0.00 to 0.23" in found.answer


def test_a_winner_that_loses_draws_in_the_middle_of_its_range_does_not_win_all() -> None:
    assert _how_sure(Reign("a", 0.0, 0.5, (1.0, 1.0), 1.0, 0.0, "none")) == "in all of 300 draws"
    assert "otherwise mostly b" in _how_sure(Reign("a", 0.0, 0.5, (1.0, 1.0), 0.95, 0.0, "b"))


def test_clear_winners_win_in_every_draw_and_equal_networks_in_some(tmp_path: Path) -> None:
    apart = {"plain": {CLEAN: 0.95, STRONG: 0.1}, "hard": {CLEAN: 0.95, STRONG: 0.9}}
    (only,) = best_by_share(measured(tmp_path, {name: STEPS[name] for name in apart}, apart)).evidence[1:]
    assert (only["defence"], only["wins at first share"], only["next best"]) == ("hard", 1.0, "none")
