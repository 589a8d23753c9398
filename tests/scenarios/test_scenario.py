"""A scenario chooses rows of a table, and becomes a game."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advgame.errors import InputError, MeasurementError, ScenarioError, UnknownName
from advgame.measurements import Measurement, MeasurementTable
from advgame.payoffs.terms import AttackCost, BenignTraffic
from advgame.scenarios import AttackChoice, Scenario, Select, build_game, case


def row(defence: str, attack: str, accuracy: float, radius: float | None = None) -> Measurement:
    if attack == "none":
        return Measurement("faces", "net", defence, "none", metric="clean", accuracy=accuracy)
    return Measurement("faces", "net", defence, attack, "Linf", radius, metric="robust", accuracy=accuracy)


TABLE = MeasurementTable(
    (
        row("plain", "none", 0.95),
        row("plain", "pgd", 0.1, 0.03),
        row("plain", "pgd", 0.0, 0.06),
        row("hardened", "none", 0.85),
        row("hardened", "pgd", 0.6, 0.03),
        row("hardened", "pgd", 0.4, 0.06),
        row("pruned", "none", 0.94),
    )
)
SCENARIO = Scenario("faces", TABLE)


def choosing(**select: object) -> Scenario:
    return replace(SCENARIO, select=Select(**select))  # type: ignore[arg-type]


def test_defences_stand_in_the_order_of_the_selection() -> None:
    accuracies = choosing(defences=("hardened", "plain")).accuracies
    assert accuracies.defences == ("hardened", "plain")
    assert accuracies.attacks == ("none", "pgd-Linf-0.03", "pgd-Linf-0.06")
    assert accuracies.attacked_accuracy.tolist() == [[0.85, 0.6, 0.4], [0.95, 0.1, 0.0]]


def test_an_attack_that_is_unique_in_the_selection_is_called_by_its_name_alone() -> None:
    accuracies = choosing(
        defences=("plain", "hardened"), attacks=(AttackChoice("pgd", radius=0.06),)
    ).accuracies
    assert accuracies.attacks == ("none", "pgd")
    assert accuracies.attacked_accuracy[:, 1].tolist() == [0.0, 0.4]


def test_attacks_stand_in_the_order_of_the_selection() -> None:
    both = (AttackChoice("pgd", radius=0.06), AttackChoice("pgd", "Linf", 0.03))
    accuracies = choosing(defences=("plain", "hardened"), attacks=both).accuracies
    assert accuracies.attacks == ("none", "pgd-Linf-0.06", "pgd-Linf-0.03")


def test_a_radius_is_found_though_its_source_rounded_it() -> None:
    assert AttackChoice("pgd", radius=8 / 255).fits(row("plain", "pgd", 0.1, 0.03137))


def test_a_defence_that_is_not_measured_everywhere_is_named_with_what_to_do() -> None:
    with pytest.raises(MeasurementError, match=r"No accuracy of 'pruned' under 'pgd.*narrow \[select\]"):
        build_game(SCENARIO)


@pytest.mark.parametrize(
    ("select", "error", "named"),
    [
        ({"defences": ("hardned",)}, UnknownName, "did you mean 'hardened'"),
        ({"networks": ("nte",)}, UnknownName, "did you mean 'net'"),
        ({"dataset": "face"}, UnknownName, "did you mean 'faces'"),
        ({"attacks": (AttackChoice("pdg"),)}, UnknownName, "did you mean 'pgd'"),
        ({"attacks": (AttackChoice("pgd", radius=0.5),)}, ScenarioError, "pgd-Linf-0.03, pgd-Linf-0.06"),
        ({"defences": ()}, ScenarioError, "selection of defences is empty"),
        ({"networks": ()}, ScenarioError, "selection of networks is empty"),
    ],
)
def test_a_selection_of_what_is_not_there_is_answered_with_what_is(
    select: dict[str, object], error: type[InputError], named: str
) -> None:
    with pytest.raises(error, match=named):
        _ = choosing(**select).selected


def test_two_data_sets_need_a_choice() -> None:
    other = replace(TABLE.rows[0], dataset="signs")
    scenario = replace(SCENARIO, measurements=MeasurementTable((*TABLE.rows, other)))
    with pytest.raises(MeasurementError, match=r"faces, signs.*dataset = "):
        build_game(scenario)
    assert build_game(replace(scenario, select=Select(dataset="signs"))).shape == (1, 1)


def test_a_term_missing_from_the_scenario_has_its_defaults() -> None:
    scenario = replace(SCENARIO, terms=())
    assert scenario.term("attack_cost") == AttackCost(0.0, 0.0)
    assert scenario.with_term(BenignTraffic(2.0)).term("benign_traffic") == BenignTraffic(2.0)


def test_payoffs_of_the_two_defence_case_are_those_computed_by_hand() -> None:
    game = build_game(case("cifar10-two-defences"))
    attacked_standard = 0.7 * 0.9478 + 0.3 * 0.0
    attacked_rice = 0.7 * 0.8534 + 0.3 * 0.5342
    assert game.defender_payoffs.ravel().tolist() == pytest.approx(
        [0.9478, attacked_standard, 0.8534, attacked_rice]
    )
    assert game.attacker_payoffs.ravel().tolist() == pytest.approx(
        [0, 0.3 * (1 - 0.6), 0, 0.3 * (0.4658 - 0.6)]
    )


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ScenarioError, match="largest_share"):
        replace(SCENARIO, largest_share=share)
