from __future__ import annotations

from advgame.scenarios import Dial, axis, build_game, case, dials, set_parameter


def dial(name: str, of: str) -> Dial:
    return next(each for each in dials(case(of)) if each.name == name)


def test_money_is_on_the_side_of_the_player_it_is_paid_to() -> None:
    sides = {each.name: each.side for each in dials(case("cifar10-two-defences"))}
    assert sides["largest_share"] == "traffic"
    assert sides["breach_loss"] == sides["defence_cost"] == "defender"
    assert sides["attack_reward"] == sides["attack_setup"] == "attacker"


def test_an_amount_nothing_was_measured_for_has_no_dial() -> None:
    assert "explanation_value" not in {each.name for each in dials(case("cifar10-two-defences"))}
    assert "explanation_value" in {each.name for each in dials(case("imagenette-explanations"))}


def test_without_an_attack_nothing_of_the_attacker_can_be_turned() -> None:
    assert {each.side for each in dials(case("imagenette-explanations"))} == {"defender"}


def test_a_single_attack_has_a_single_cost() -> None:
    assert dial("attack_cost", "cifar10-two-defences").addresses == ("attack_cost",)


def test_attacks_that_differ_are_turned_one_by_one() -> None:
    assert dial("attack_cost", "mnist-invariance").addresses == (
        "attack_cost[perturbation]",
        "attack_cost[invariance]",
    )


def test_attacks_that_cost_alike_can_be_turned_together() -> None:
    assert dial("attack_setup", "mnist-invariance").addresses[0] == "attack_setup"


def test_the_undefended_network_is_offered_last() -> None:
    assert dial("defence_cost", "cifar10-two-defences").addresses == (
        "defence_cost[Rice2020Overfitting]",
        "defence_cost[Standard]",
    )


def test_turning_any_dial_changes_a_payoff() -> None:
    scenario = case("cifar10-two-defences")
    for address in (address for each in dials(scenario) for address in each.addresses):
        ends = axis(scenario, address)
        games = [build_game(set_parameter(scenario, address, end)) for end in (ends.low, ends.high)]
        assert any(
            (getattr(games[0], player) != getattr(games[1], player)).any()
            for player in ("defender_payoffs", "attacker_payoffs")
        ), address
