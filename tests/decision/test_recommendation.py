import pytest

from advgame.decision import recommend
from advgame.scenarios import case, set_parameter


def test_the_two_published_networks_are_mixed_as_the_closed_form_says() -> None:
    found = recommend(case("cifar10-two-defences"))
    # q* = (π_N − F/p_max)/((R+P)Δr) = .4/.5342; P(attack) = p*/p_max = .15017/.3
    assert dict(found.deploy)["Rice2020Overfitting"] == pytest.approx(0.4 / 0.5342)
    assert dict(found.attacked_by)["autoattack"] == pytest.approx(0.0944 / 0.6286 / 0.3)
    assert found.expected_share == pytest.approx(0.0944 / 0.6286)
    assert found.profile.certificate.regret < 2e-9
    assert (round(found.deploy[0][1], 5), round(found.attacked_by[0][1], 5)) == (0.74878, 0.50058)


def test_caused_errors_ask_for_less_defending() -> None:
    found = recommend(set_parameter(case("cifar10-two-defences"), "success", "caused errors"))
    # π_N counts 1 − .0522 and Δr becomes .5342 + .0944
    assert dict(found.deploy)["Rice2020Overfitting"] == pytest.approx((0.9478 - 0.6) / 0.6286)
    assert round(dict(found.deploy)["Rice2020Overfitting"], 4) == 0.5533


def test_each_defence_alone_meets_the_best_answer_to_it() -> None:
    found = recommend(case("cifar10-two-defences"))
    alone = {each.defence: each for each in found.alone}
    assert alone["Standard"].answer == "autoattack"
    assert alone["Standard"].value == pytest.approx(0.7 * 0.9478)
    assert alone["Rice2020Overfitting"].answer == "none"
    assert alone["Rice2020Overfitting"].value == pytest.approx(0.8534)
    assert found.doing_nothing.defence == "Standard"
    assert found.next_best is not None
    assert found.next_best.defence == "Rice2020Overfitting"


def test_a_defence_that_the_attacker_knows_is_answered_by_a_robust_commitment() -> None:
    found = recommend(set_parameter(case("cifar10-two-defences"), "announced", True))
    assert found.solution.concept == "robust_commitment"
    assert found.attacked_by == (("none", 1.0),)
    found = recommend(set_parameter(case("cifar10-two-defences"), "attacker_knows", "network"))
    assert found.solution.concept == "robust_pure_commitment"
    assert found.deploy == (("Rice2020Overfitting", 1.0),)


def test_without_anybody_to_attack_the_most_accurate_network_is_deployed() -> None:
    found = recommend(set_parameter(case("cifar10-two-defences"), "largest_share", 0.0))
    assert found.deploy == (("Standard", 1.0),)
    assert not found.defends


def test_what_is_recommended_is_not_its_own_next_best() -> None:
    found = recommend(set_parameter(case("cifar10-two-defences"), "largest_share", 0.1))
    assert found.deploy == (("Standard", 1.0),)
    assert found.next_best is not None
    assert found.next_best.defence == "Rice2020Overfitting"


def test_an_indifferent_attacker_is_expected_to_do_the_worse_but_in_the_strong_commitment() -> None:
    # Attacks on Standard just earn nothing
    scenario = set_parameter(case("cifar10-two-defences"), "attack_cost", 1.0)
    answers = {each.defence: each.answer for each in recommend(scenario).alone}
    assert answers["Standard"] == "autoattack"
    announced = recommend(scenario, "commitment")
    assert {each.defence: each.answer for each in announced.alone}["Standard"] == "none"
