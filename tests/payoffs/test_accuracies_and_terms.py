import numpy as np
import pytest

from advgame.errors import MeasurementError, ScenarioError, UnknownName
from advgame.measurements import Measurement, MeasurementTable
from advgame.payoffs import TERMS, Accuracies, Term, accuracies_of, build
from advgame.payoffs.terms import (
    AdversarialTraffic,
    AttackCost,
    AttackReward,
    BenignTraffic,
    DefenceCost,
    ExplanationValue,
    parameters_of,
)


def priced_accuracies(success: str = "every error", **measures: dict[str, float]) -> Accuracies:
    """Two defences (clean .9 and .8) against a loud and a stealthy attack (shares .5 and .2)."""
    attacked = np.array([[0.9, 0.1, 0.3], [0.8, 0.6, 0.7]])
    return Accuracies(
        ("plain", "trained"),
        ("none", "loud", "stealthy"),
        attacked[:, 0],
        attacked,
        np.array([0.0, 0.5, 0.2]),
        success,
        measures,
    )


def test_the_defender_earns_for_benign_and_adversarial_inputs_and_pays_for_the_defence() -> None:
    game = build(
        priced_accuracies(),
        [
            BenignTraffic(benign_gain=2.0, benign_loss=1.0),
            AdversarialTraffic(stopped_gain=1.0, breach_loss=3.0),
            DefenceCost({"plain": 0.0, "trained": 0.25}),
        ],
    )
    # trained against the loud attack, by hand: .5 (2 − 3·.2) + .5 (1 − 4·.4) − .25
    assert game.defender_payoffs[1, 1] == pytest.approx(0.5 * 1.4 + 0.5 * -0.6 - 0.25)
    # plain without attack: 2 − 3·.1
    assert game.defender_payoffs[0, 0] == pytest.approx(1.7)
    assert not game.attacker_payoffs.any()


def test_the_attacker_earns_by_success_and_pays_for_running_and_setting_up() -> None:
    game = build(
        priced_accuracies(),
        [
            AttackReward(attack_reward=2.0, attack_penalty=1.0),
            AttackCost(attack_cost={"loud": 0.3, "*": 0.1}, attack_setup=0.05),
        ],
    )
    # loud on plain: .5 (3·.9 − 1 − .3) − .05;  stealthy on trained: .2 (3·.3 − 1 − .1) − .05
    assert game.attacker_payoffs[0, 1] == pytest.approx(0.5 * 1.4 - 0.05)
    assert game.attacker_payoffs[1, 2] == pytest.approx(0.2 * -0.2 - 0.05)
    assert game.attacker_payoffs[:, 0].tolist() == [0, 0]


def test_caused_errors_pay_only_beyond_the_clean_errors() -> None:
    game = build(priced_accuracies("caused errors"), [AttackReward()])
    assert game.attacker_payoffs[1, 1] == pytest.approx(0.5 * (0.4 - 0.2))


def test_setting_up_costs_nothing_for_an_attack_that_may_send_nothing() -> None:
    silent = Accuracies(("d",), ("none", "a"), np.array([0.9]), np.array([[0.9, 0.1]]), np.array([0.0, 0.0]))
    assert build(silent, [AttackCost(attack_setup=0.4)]).attacker_payoffs.tolist() == [[0.0, 0.0]]


def test_explanations_pay_by_the_share_people_recognise() -> None:
    accuracies = priced_accuracies(human_recognition={"plain": 0.86, "trained": 0.81})
    game = build(accuracies, [ExplanationValue(0.5)])
    assert game.defender_payoffs[:, 1].tolist() == pytest.approx([0.43, 0.405])


def test_explanations_without_a_measured_recognition_are_refused() -> None:
    with pytest.raises(MeasurementError, match="'plain' has no row of metric human_recognition"):
        build(priced_accuracies(), [ExplanationValue(0.5)])


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.name)
def test_every_term_pays_amounts_that_fit_the_game_and_documents_its_parameters(term: type[Term]) -> None:
    game = build(priced_accuracies(), [term()])
    assert game.shape == (2, 3)
    assert all(about.meaning and about.unit and about.usual_top > 0 for about in parameters_of(term))


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.name)
@pytest.mark.parametrize("amount", [float("nan"), float("inf"), "much", None, True])
def test_every_term_refuses_an_amount_that_is_not_finite(term: type[Term], amount: object) -> None:
    for about in parameters_of(term):
        with pytest.raises(ScenarioError, match=about.name):
            term(**{about.name: amount})


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.name)
def test_every_amount_that_may_not_be_negative_is_refused_when_it_is(term: type[Term]) -> None:
    for about in parameters_of(term):
        if about.may_be_negative:
            assert term(**{about.name: -1.0}) is not None
        else:
            with pytest.raises(ScenarioError, match="at least 0"):
                term(**{about.name: -1.0})


def test_an_amount_for_an_attack_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'stealthy'"):
        build(priced_accuracies(), [AttackCost(attack_cost={"stealty": 1.0, "*": 0.0})])


def test_a_table_of_amounts_that_leaves_an_attack_out_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no amount for 'stealthy'"):
        build(priced_accuracies(), [AttackCost(attack_cost={"loud": 1.0})])


def table(*rows: tuple[str, str, float]) -> MeasurementTable:
    return MeasurementTable(
        tuple(
            Measurement(
                "mnist",
                "cnn",
                defence,
                attack,
                metric="clean" if attack == "none" else "robust",
                accuracy=accuracy,
            )
            for defence, attack, accuracy in rows
        )
    )


FULL = table(("a", "none", 0.9), ("a", "pgd", 0.1), ("b", "none", 0.8), ("b", "pgd", 0.5))


def test_accuracies_put_the_clean_accuracy_into_the_column_of_no_attack() -> None:
    accuracies = accuracies_of(FULL, largest_share=0.3)
    assert accuracies.attacks == ("none", "pgd")
    assert accuracies.attacked_accuracy.tolist() == [[0.9, 0.1], [0.8, 0.5]]
    assert accuracies.adversarial_share.tolist() == [0.0, 0.3]


def test_an_attack_with_a_lower_cap_keeps_it() -> None:
    assert accuracies_of(FULL, largest_share=0.3, caps={"pgd": 0.1}).adversarial_share.tolist() == [0.0, 0.1]
    assert accuracies_of(FULL, largest_share=0.05, caps={"pgd": 0.1}).adversarial_share.tolist() == [
        0.0,
        0.05,
    ]


def test_a_missing_cell_is_named_with_what_to_do() -> None:
    with pytest.raises(MeasurementError, match=r"No accuracy of 'b' under 'pgd'; add the row"):
        accuracies_of(table(("a", "none", 0.9), ("a", "pgd", 0.1), ("b", "none", 0.8)), largest_share=0.3)


def test_an_assumed_accuracy_replaces_the_measured_one() -> None:
    accuracies = accuracies_of(FULL, largest_share=0.3, what_if={"attacked_accuracy[b, pgd]": 0.25})
    assert accuracies.attacked_accuracy[1, 1] == 0.25


def test_figures_that_are_no_empirical_accuracy_are_never_played() -> None:
    row = Measurement("mnist", "cnn", "a", "pgd", metric="robust_reported", accuracy=0.99)
    certified = Measurement("mnist", "cnn", "a", "any", "L2", 0.5, metric="certified", accuracy=0.4)
    accuracies = accuracies_of(MeasurementTable((*FULL.rows, row, certified)), largest_share=0.3)
    assert accuracies.attacks == ("none", "pgd")
    assert accuracies.attacked_accuracy[0, 1] == 0.1


def test_two_networks_of_one_defence_have_different_names() -> None:
    rows = [
        Measurement("mnist", net, "plain", "none", metric="clean", accuracy=0.9) for net in ("cnn", "mlp")
    ]
    assert accuracies_of(MeasurementTable(tuple(rows)), largest_share=0.1).defences == (
        "plain (cnn)",
        "plain (mlp)",
    )


def test_columns_are_named_by_strength_only_where_the_attack_is_not_unique() -> None:
    def row(attack: str, radius: float, made_on: str | None = None) -> Measurement:
        return Measurement("mnist", "cnn", "a", attack, "Linf", radius, made_on, accuracy=0.5)

    clean = Measurement("mnist", "cnn", "a", "none", metric="clean", accuracy=0.9)
    rows = (clean, row("pgd", 8 / 255), row("pgd", 4 / 255), row("square", 0.3), row("square", 0.3, "b"))
    assert accuracies_of(MeasurementTable(rows), largest_share=0.1).attacks == (
        "none",
        "pgd-Linf-8/255",
        "pgd-Linf-4/255",
        "square",
        "square@b",
    )
