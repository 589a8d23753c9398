"""What to deploy against attackers of several types."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import advgame as ag
from advgame.decision.attacker_type_games import bayesian_game, type_games
from advgame.equilibria import AttackerTypes
from advgame.equilibria.algorithms.uncertain_attacker import worst_reply
from advgame.errors import InputError, ScenarioError, UnknownName
from advgame.scenarios.attacker_presets import attacker_presets
from advgame.scenarios.attacker_type import AttackerType
from advgame.studies import AttackerTypesResult
from advgame.studies.attacker_types import chosen_types
from tests.studies.structures import CASES

CASE = "cifar10-two-defences"
CLEAN, ROBUST = (0.9478, 0.8534), (0.0, 0.5342)
BREAK_EVEN = (CLEAN[0] - CLEAN[1]) / (CLEAN[0] - CLEAN[1] + ROBUST[1])


def against(types: dict[str, AttackerType], case: str = CASE, **changes: Any) -> AttackerTypesResult:
    result = ag.study("attacker_types", replace(ag.case(case), attacker_types=types, **changes))
    assert isinstance(result, AttackerTypesResult)
    return result


def two(attacking: float) -> dict[str, AttackerType]:
    """One type to whom no attack pays, and the attacker of the scenario."""
    return {"idle": AttackerType(1 - attacking, cost_multiplier=10), "active": AttackerType(attacking)}


def test_few_attackers_do_not_pay_for_a_defence() -> None:
    """At half of 30 % the mean share stays below the break-even share of 0.15017."""
    hidden = against(two(0.5)).policies[0]
    assert hidden.deploy == (("Standard", 1.0),)
    assert hidden.value == pytest.approx(0.5 * 0.9478 + 0.5 * 0.7 * 0.9478, abs=1e-12)


def test_many_attackers_are_answered_by_the_mixture_that_makes_them_indifferent() -> None:
    result = against(two(0.6))
    deploy = dict(result.policies[0].deploy)
    defend = (1.0 - 0.6) / ROBUST[1]
    assert deploy["Rice2020Overfitting"] == pytest.approx(defend, abs=1e-9)
    # at the break-even share both networks are worth the same
    assert result.policies[0].value == pytest.approx((1 - BREAK_EVEN) * CLEAN[0], abs=1e-9)
    games = type_games(ag.case(CASE), two(0.6))
    idle, active = AttackerTypes().solve(bayesian_game(games)).recommended.attackers
    assert idle[0] == 1
    assert active[1] == pytest.approx(BREAK_EVEN / (0.6 * 0.3), abs=1e-9)


def test_an_announcement_that_deters_all_types_is_recommended_where_it_is_worth_more_than_secrecy() -> None:
    """With a reward of up to 1.05 and a cost from 0.57 on, the active type stays away from 0.85575 on."""
    result = against(two(0.6))
    defend = (1 - 0.57 / 1.05) / ROBUST[1]
    assert result.recommended.policy == "announced, within the margin"
    assert dict(result.recommended.deploy)["Rice2020Overfitting"] == pytest.approx(defend, abs=1e-5)
    worth = CLEAN[0] - (CLEAN[0] - CLEAN[1]) * defend
    assert result.recommended.worth == pytest.approx(worth, abs=1e-6)
    assert {each.attacked_with for each in result.types} == {(("none", 1.0),)}
    # at exact amounts the plain network meets a known idle attacker, and 0.4 / 0.5342 deters an active one
    exact = CLEAN[0] - (CLEAN[0] - CLEAN[1]) * 0.4 / ROBUST[1]
    assert result.value_of_knowing == pytest.approx(0.4 * (CLEAN[0] - exact), abs=1e-9)


def test_one_type_is_the_scenario_itself() -> None:
    for case in (CASE, "mnist-pruning"):
        result = against({"only": AttackerType(1.0)}, case)
        table = ag.policies(ag.case(case)) if hasattr(ag, "policies") else None
        game = ag.build_game(ag.case(case))
        assert result.policies[0].value == pytest.approx(ag.solve(game).recommended.defender_payoff)
        assert result.policies[1].value == pytest.approx(
            ag.solve(game, concept="commitment").recommended.defender_payoff
        )
        assert result.value_of_knowing == pytest.approx(0, abs=1e-9)
        assert table is None or table.stated.guaranteed <= result.recommended.guaranteed + 1e-6


@pytest.mark.parametrize("case", CASES)
def test_it_answers_every_bundled_case_with_the_presets(case: str) -> None:
    scenario = ag.case(case)
    if len(scenario.accuracies.attacks) == 1:
        with pytest.raises(ScenarioError, match="no attack"):
            ag.study("attacker_types", scenario)
        return
    result = ag.study("attacker_types", scenario)
    assert isinstance(result, AttackerTypesResult)
    assert result.complete
    assert [each.name for each in result.types] == list(attacker_presets())
    assert result.sentence.endswith(".")
    assert len(result.frame()) == 3
    policies = {each.policy: each for each in result.policies}
    announced = policies["announced"]
    assert announced.value <= result.bound + 1e-9
    assert announced.value >= policies["known network"].value - 1e-9
    robust = policies["announced, within the margin"]
    assert robust.guaranteed >= max(each.guaranteed for each in result.policies) - 1e-12
    if scenario.knowledge != "nothing":
        assert result.value_of_knowing >= -1e-9


def test_the_expected_value_of_an_announcement_is_that_of_every_type_replying_best() -> None:
    scenario = ag.case("mnist-invariance")
    result = ag.study("attacker_types", scenario)
    assert isinstance(result, AttackerTypesResult)
    types = {name: preset.in_scenario(scenario) for name, preset in attacker_presets().items()}
    games = type_games(scenario, types)
    strategy = np.array([dict(result.policies[1].deploy).get(name, 0.0) for name in games[0].game.defences])
    value = 0.0
    for each in games:
        pays, earns = strategy @ each.game.attacker_payoffs, strategy @ each.game.defender_payoffs
        value += each.kind.prior * earns[pays >= pays.max() - 1e-9].max()
    assert result.policies[1].value == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_of_two_defences_the_announcement_within_the_margin_is_the_best_there_is(seed: int) -> None:
    """Against a fine grid of mixed strategies; the bound of exact amounts is never exceeded."""
    random = np.random.default_rng(seed)
    prior = float(random.uniform(0.2, 0.8))
    types = {
        "cheap": AttackerType(prior, cost_multiplier=float(random.uniform(0.3, 1.0))),
        "keen": AttackerType(1 - prior, reward=float(random.uniform(0.8, 1.6))),
    }
    scenario = replace(
        ag.case(CASE),
        attacker_types=types,
        attacker_knows="mixture",
        largest_share=float(random.uniform(0.1, 0.6)),
    )
    result = ag.study("attacker_types", scenario)
    assert isinstance(result, AttackerTypesResult)
    announced = next(each for each in result.policies if each.policy == "announced, within the margin")
    games = type_games(scenario, types)
    grid = [
        sum(
            each.kind.prior * worst_reply(each.game, each.amounts, np.array([1 - share, share]))[1]
            for each in games
        )
        for share in np.linspace(0, 1, 401)
    ]
    assert announced.guaranteed >= max(grid) - 1e-9
    assert announced.guaranteed <= result.bound + 1e-9
    assert result.recommended is announced
    assert result.verdict is not None
    assert result.verdict.worth <= announced.guaranteed + 1e-9


def test_types_are_read_from_a_file_and_written_back(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    ag.write_scenario(ag.case("fashion-mnist-measured"), file)
    with file.open("a", encoding="utf-8") as more:
        more.write(
            '[attacker_types.amateur]\nprior = 0.8\nattacks = ["transferred*"]\nlargest_share = 0.05\n'
            "[attacker_types.expert]\nprior = 0.2\nreward = 3.0\ncost_multiplier = 0.5\n"
        )
    scenario = ag.read_scenario(file)
    assert scenario.attacker_types["expert"] == AttackerType(0.2, None, 3.0, 0.5)
    ag.write_scenario(scenario, tmp_path / "again.toml")
    assert ag.read_scenario(tmp_path / "again.toml").attacker_types == scenario.attacker_types
    result = ag.study("attacker_types", scenario)
    assert isinstance(result, AttackerTypesResult)
    assert [len(each.attacks) for each in result.types] == [4, 17]
    assert "stated by the scenario" in result.sentence


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[attacker_types.one]\nprior = 0.5\n", "sum to 0.5 .one 0.5.; expected 1"),
        (
            "[attacker_types.one]\nprior = 1.0\nattacks = []\n",
            "one.: attacks is empty: a type without attacks",
        ),
        ("[attacker_types.one]\nprior = 0.0\n", "prior is 0; remove a type"),
        ("[attacker_types.one]\nprior = 1.5\n", "prior of an attacker type is 1.5; expected a probability"),
        ("[attacker_types.one]\nattacks = ['square']\n", "'attacker_types.one.prior' is missing"),
        ("[attacker_types.one]\nprior = 1.0\nrewards = 2.0\n", "did you mean 'reward'"),
        ("[attacker_types.one]\nprior = 1.0\nlargest_share = 2.0\n", "expected a share of the traffic"),
    ],
)
def test_an_invalid_attacker_type_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mine.toml"
    ag.write_scenario(ag.case(CASE), file)
    with file.open("a", encoding="utf-8") as more:
        more.write(text)
    with pytest.raises(ScenarioError, match=message):
        ag.read_scenario(file)


def test_settings_that_do_not_fit_are_refused() -> None:
    scenario = ag.case(CASE)
    with pytest.raises(ScenarioError, match=r"sum to 0\.9 .hobbyist 0.5, insider 0.4."):
        ag.study("attacker_types", scenario, types=("hobbyist", "insider"), priors=(0.5, 0.4))
    with pytest.raises(InputError, match="2 probabilities for 3 types"):
        ag.study("attacker_types", scenario, priors=(0.5, 0.5))
    with pytest.raises(UnknownName, match="did you mean 'hobbyist'"):
        ag.study("attacker_types", scenario, types=("hobyist",))
    stranger = replace(scenario, attacker_types={"one": AttackerType(1.0, ("autoatack",))})
    with pytest.raises(UnknownName, match="did you mean 'autoattack'"):
        ag.study("attacker_types", stranger)


def test_a_type_supplies_no_more_traffic_than_its_own_share() -> None:
    """At 5 % of the traffic the plain network is worth 0.95 of its clean accuracy, below break-even."""
    result = against({"small": AttackerType(1.0, largest_share=0.05)})
    assert result.types[0].adversarial_share == 0.05
    assert result.policies[0].deploy == (("Standard", 1.0),)
    assert result.policies[0].value == pytest.approx(0.95 * 0.9478, abs=1e-12)


def test_every_policy_is_valued_against_unknown_types_and_each_type_alone() -> None:
    scenario = ag.case("agentdojo-camel")
    result = ag.study("attacker_types", scenario)
    assert isinstance(result, AttackerTypesResult)
    frame = result.policy_frame()
    singles = frame[frame["policy"].str.contains(" alone")]
    assert len(singles) == len(scenario.accuracies.defences)
    assert "undefended alone (doing nothing)" in set(singles["policy"])
    assert singles["worth"].is_monotonic_decreasing
    types, _ = chosen_types(scenario)
    games = type_games(scenario, types)
    for place, name in enumerate(scenario.accuracies.defences):
        row = singles[singles["deploy"] == name].iloc[0]
        expected = 0.0
        for each in games:
            pays, worth = each.game.attacker_payoffs[place], each.game.defender_payoffs[place]
            best = worth[pays >= pays.max() - 1e-12].min()
            assert row[f"against[{each.name}]"] == pytest.approx(best)
            expected += each.kind.prior * best
        assert row["value"] == pytest.approx(expected)
        assert row["guaranteed"] <= row["value"] + 1e-12
    choice = frame[frame["recommended"]]
    assert len(choice) == 1
    assert (frame["minus_recommended"][singles.index] <= 1e-9).all()
    assert result.report_frame().columns.is_unique
