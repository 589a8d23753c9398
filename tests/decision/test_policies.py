"""The policies, the verdict that follows from them, and the laws that no scenario may break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.decision import Kind, decide, policies
from advgame.decision.attacker_amounts import attacker_amounts
from advgame.equilibria.concepts.nash import Nash
from advgame.errors import ScenarioError, SolverError, UnknownName
from advgame.measurements import Measurement, MeasurementTable
from advgame.reports import report
from advgame.scenarios import Scenario, build_game, case, set_parameter
from advgame.scenarios.knowledge import KNOWLEDGE
from advgame.wording.money import money_of
from advgame.wording.policy_words import (
    edge_in_words,
    gains,
    gains_in_words,
    margin_in_words,
    mixed_strategy_in_words,
    response_in_words,
    secrecy_in_words,
    worth_in_words,
)
from advgame.wording.verdict import verdict_of

TWO = case("cifar10-two-defences")
TINY = 1e-5  # money per input, of payoffs of the order of 1


def random_scenario(seed: int, knowledge: str | None) -> Scenario:
    """Up to four defences against up to three attacks at random prices; accuracies in per cent."""
    random = np.random.default_rng(seed)
    rows = []
    for defence in range(random.integers(1, 5)):
        facts = {
            "dataset": "drawn",
            "network": "net",
            "defence": f"d{defence}",
            "source": "drawn",
            "tested": 100,
        }
        rows.append(
            Measurement(**facts, attack="none", metric="clean", accuracy=random.integers(60, 100) / 100)
        )
        for attack in range(2):
            rows.append(Measurement(**facts, attack=f"a{attack}", accuracy=random.integers(0, 90) / 100))
    scenario = Scenario(
        "drawn",
        MeasurementTable(tuple(rows)),
        largest_share=float(random.uniform(0, 1)),
        attacker_knows=knowledge,
        attacker_margin=float(random.choice([0.0, 0.05, 0.2])),
        may_stop=bool(random.integers(2)),
        undefended="d0",
    )
    for address, top in (("attack_cost", 1.2), ("breach_loss", 3.0), ("attack_penalty", 0.5)):
        scenario = set_parameter(scenario, address, round(float(random.uniform(0, top)), 2))
    return scenario


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([None, *KNOWLEDGE]))
def test_the_verdict_is_never_contradicted_by_its_own_table(seed: int, knowledge: str | None) -> None:
    decision = decide(random_scenario(seed, knowledge))
    table = decision.policies
    chosen = table.verdict
    assert chosen in table.available
    for policy in table.available:
        assert policy.worth <= chosen.worth + TINY
    # Where an announced mixture or network is worth more than the best secret mixture, it is said first.
    words = verdict_of(decision)
    assert words.startswith("Announce") == table.announces
    assert words.startswith("Do not run") == (chosen.kind is Kind.STOPPED)
    for gain in gains(table):
        assert gain.amount >= -TINY
    sentences = (
        f"{worth_in_words(table, money_of(table.scenario))} {gains_in_words(table, money_of(table.scenario))}"
    )
    assert " less than" not in sentences
    assert ("a loss of" in sentences) == (chosen.worth < 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_laws_of_the_values(seed: int) -> None:
    table = policies(random_scenario(seed, "mixture"))
    mixture, network = table.of(Kind.MIXTURE), table.of(Kind.NETWORK)
    assert mixture is not None
    assert network is not None
    singles = [policy for policy in table.policies if policy.kind is Kind.SINGLE]
    # Never worse than the best single known network under the same margin.
    assert network.guaranteed == max(policy.guaranteed for policy in singles)
    assert mixture.guaranteed >= network.guaranteed - 1e-12
    for policy in table.policies:
        assert policy.guaranteed <= policy.if_known + 1e-12 <= policy.at_best + 2e-12
        assert policy.near_best <= policy.if_known + 1e-12


def test_the_values_of_the_two_defence_case_by_hand() -> None:
    table = policies(TWO)
    assert table.undefended.if_known == pytest.approx(0.7 * 0.9478)
    assert table.best_single.worth == pytest.approx(0.8534)
    hidden = table.of(Kind.HIDDEN)
    assert hidden is not None
    assert hidden.worth == pytest.approx(0.9478 * (1 - 0.0944 / 0.6286))
    assert table.price_of_secrecy == pytest.approx(hidden.worth - table.verdict.worth)
    assert table.frame()["verdict"].sum() == 1
    assert table.frame()["worth_per_month"][0] == pytest.approx(2e6 * hidden.worth)


def test_the_price_of_secrecy_may_have_either_sign() -> None:
    assert policies(TWO).price_of_secrecy < 0
    # Where the margin leaves no mixture that deters, a secret one needs none.
    secret = policies(replace(TWO, attacker_margin=0.2))
    assert secret.price_of_secrecy == pytest.approx(0.80546 - 0.75766, abs=1e-4)
    assert secret.verdict.kind is Kind.HIDDEN
    assert not secret.announces


def test_intervals_of_single_amounts_take_the_place_of_the_margin() -> None:
    wide = replace(TWO, intervals={"attack_cost": (0.5, 0.65)}, attacker_margin=0.0)
    amounts = attacker_amounts(wide)
    assert amounts.low.tolist() == pytest.approx([-0.1])
    assert amounts.high.tolist() == pytest.approx([0.05])
    # The attack costs at least .5: it earns nothing where 1 − .5342 q = .5.
    assert dict(policies(wide).verdict.deploy)["Rice2020Overfitting"] == pytest.approx(0.5 / 0.5342, abs=1e-5)
    moved = set_parameter(wide, "attack_cost", 0.8)  # an amount outside of its interval widens it
    assert attacker_amounts(moved).low.tolist() == pytest.approx([-0.3])
    assert attacker_amounts(moved).high.tolist() == [0.0]


def test_the_amounts_of_the_attacker_are_those_its_payoffs_move_with() -> None:
    scenario = case("cifar10-many-attacks")
    game, amounts = build_game(scenario), attacker_amounts(scenario)
    raised = set_parameter(scenario, "attack_reward", 1.05)
    change = build_game(raised).attacker_payoffs - game.attacker_payoffs
    assert amounts.high[0] * amounts.effects[0] == pytest.approx(change, abs=1e-12)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"attacker_knows": "all"}, "all"),
        ({"attacker_margin": 1.0}, "attacker_margin is 1.0"),
        ({"attacker_margin": "5 %"}, "attacker_margin is '5 %'"),
        ({"may_stop": 1}, "may_stop is 1"),
        ({"intervals": {"attack_cost": (0.7, 0.5)}}, "runs from 0.7 down to 0.5"),
        ({"intervals": {"attack_cost": (0.7,)}}, "expected two numbers"),
        ({"intervals": {"attack_cost": (0.0, float("inf"))}}, "expected two numbers"),
    ],
)
def test_invalid_arguments_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises((ScenarioError, UnknownName), match=message):
        replace(TWO, **changes)


def words_about(scenario: Scenario) -> str:
    """Everything that is said of the policies of a scenario."""
    decision = decide(scenario)
    table, money = decision.policies, money_of(scenario)
    said = (worth_in_words, gains_in_words, response_in_words, secrecy_in_words, margin_in_words)
    return " ".join(
        [
            verdict_of(decision),
            *(words(table, money) for words in (*said, edge_in_words, mixed_strategy_in_words)),
        ]
    )


def test_a_single_network_is_worth_no_more_for_being_kept_secret() -> None:
    # An attacker who solves the game foresees it; at costs 5 % lower the attack pays.
    table = policies(replace(case("cifar10-pruned-and-defended"), attacker_knows="nothing"))
    assert table.stated.single == table.best_single.single
    assert table.stated.at_equilibrium - table.stated.guaranteed > 0.07
    assert table.price_of_secrecy == pytest.approx(0, abs=1e-9)


def test_a_value_below_that_at_the_amounts_assumed_names_the_attack_it_allows_for() -> None:
    words = words_about(case("cifar10-pruned-and-defended"))
    assert "no attack on it pays at the amounts assumed" in words
    assert "within the margin it may be autoattack, with which 20 % of the traffic is adversarial" in words
    assert "not recommended" not in words  # the exact commitment deploys what is recommended


def test_a_single_network_at_the_point_of_indifference_is_named_alone_with_what_the_margin_costs() -> None:
    """An attack on `fair` earns .5 at a cost of .5: at exactly these amounts the attacker may stay away.

    Where the reward is 5 % higher and the cost 5 % lower, 1.05 (.5 − .3 q) = .475 leaves q = .1587 of `hard`,
    worth .9 − .1 q = .8841; `fair` alone is then attacked, .7 · .9 + .3 · .5 = .78.
    """
    rows = [
        Measurement(
            dataset="d", network="net", defence=defence, source="by hand", tested=100, attack=attack,
            metric=metric, accuracy=accuracy,
        )
        for defence, clean, attacked in (("fair", 0.9, 0.5), ("hard", 0.8, 0.8))
        for attack, metric, accuracy in (("none", "clean", clean), ("a", "robust", attacked))
    ]  # fmt: skip
    scenario = Scenario(
        "by hand",
        MeasurementTable(tuple(rows)),
        largest_share=0.3,
        attacker_knows="mixture",
        undefended="fair",
    )
    scenario = set_parameter(set_parameter(scenario, "attack_cost", 0.5), "attacker_margin", 0.05)
    said = margin_in_words(policies(scenario), money_of(scenario))
    assert "fair alone, known to the attacker, would be worth 0.9 units per input" in said
    assert "It is not recommended: within the margin the attacker may prefer a" in said
    assert "the strategy is then worth 0.78 units." in said
    assert "The margin costs 0.0159 units per input." in said


def test_without_a_margin_none_is_spoken_of() -> None:
    for knowledge in KNOWLEDGE:
        certain = replace(case("pneumonia-measured"), attacker_margin=0.0, attacker_knows=knowledge)
        assert "margin" not in words_about(certain)


def test_a_service_is_said_to_lose_money_only_where_every_policy_does() -> None:
    words = words_about(replace(case("pneumonia-measured"), may_stop=True))
    assert policies(case("pneumonia-measured")).best_single.worth < 0
    assert "loses money" not in words
    assert "no way of running it is sure to earn money" in words


def test_a_loss_is_at_most_what_is_stated_and_a_smaller_one_is_better() -> None:
    words = words_about(case("pneumonia-measured"))
    assert "It is a loss of at most 0.00687 units" in words
    assert "0.429 units better than doing nothing" in words


def test_a_secret_mixture_is_reported_with_its_value_once_known() -> None:
    table = policies(replace(TWO, attacker_margin=0.2))
    assert table.verdict.kind is Kind.HIDDEN
    words = words_about(table.scenario)
    assert "as long as it stays secret; if it becomes known, it may be worth only 0.734 units" in words
    assert "both networks" in words
    assert words.count("more than the best") == 1  # what is announced would be the best known network


def test_an_interval_is_spoken_of_as_one_and_amounts_of_zero_have_no_margin() -> None:
    wide = replace(TWO, intervals={"attack_cost": (0.5, 0.65)}, attacker_knows="mixture")
    assert "within 5 % of those assumed, or the intervals given for them." in words_about(wide)
    only = words_about(replace(wide, attacker_margin=0.0))
    assert "within the intervals given for them." in only
    assert "0 % of" not in only
    free = set_parameter(set_parameter(TWO, "attack_reward", 0.0), "attack_cost", 0.0)
    assert not policies(free).uncertain
    assert "margin" not in words_about(free)


def test_a_search_cut_short_is_never_worth_less_than_another_known_policy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The maximin strategy of this case guarantees more than any single network.
    monkeypatch.setattr("advgame.equilibria.algorithms.robust_program.NODES", 0)
    monkeypatch.setattr("advgame.equilibria.concepts.robust_commitment.best_by_branching", lambda *_: None)
    decision = decide(case("mnist-invariance"))
    assert decision.policies.verdict.kind is Kind.MIXTURE
    assert decision.recommendation.deploy == decision.policies.verdict.deploy
    assert decision.policies.verdict.worth > decision.policies.best_single.worth + 0.001


def test_single_defences_are_listed_with_the_one_worth_most_first() -> None:
    table = policies(case("cifar10-many-attacks"))
    worth = [policy.worth for policy in table.singles]
    assert worth == sorted(worth, reverse=True)
    assert table.singles[0].single == table.best_single.single


def test_without_a_certified_equilibrium_the_value_there_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def uncertified(*_: object) -> None:
        raise SolverError("nothing is certified")

    monkeypatch.setattr(Nash, "solve", uncertified)
    scenario = replace(case("cifar10-two-defences"), attacker_knows="mixture")
    table = policies(scenario)
    assert table.of(Kind.HIDDEN) is None
    assert all(np.isnan(policy.at_equilibrium) for policy in table.policies)
    assert np.isfinite(table.verdict.worth)
    assert "not known" in report(scenario).render("text")
