"""The bundled cases: each makes a game, and its figures are those that were published."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import pytest

from advgame.arrays import NO_ATTACK
from advgame.bundled import bundled
from advgame.errors import UnknownName
from advgame.measurements import Measurement, MeasurementTable, read_table
from advgame.measurements.contradictions import PIXELS
from advgame.scenarios import addresses, build_game, case, cases, get_parameter
from advgame.scenarios.parameters import WHOLE_SCENARIO

SHAPES = {  # defences, columns with no attack
    "cifar10-two-defences": (2, 2),
    "agent-injection": (11, 7),
    "agentdojo-camel": (5, 5),
    "backdoor-repairs": (14, 8),
    "cifar10-jpeg-resnet8-half-measured": (17, 34),
    "cifar10-jpeg-vgg-half-measured": (17, 34),
    "cifar10-many-attacks": (20, 11),
    "cifar10-pruned-and-defended": (42, 2),
    "cifar10-pruning": (11, 4),
    "cifar10-robustbench": (99, 2),
    "digits-measured": (27, 19),
    "fashion-mnist-measured": (23, 18),
    "gtsrb-measured": (16, 22),
    "imagenette-explanations": (3, 1),
    "imagenette-pruning": (4, 2),
    "jailbreaks": (4, 5),
    "machine-text-detectors": (52, 13),
    "mnist-invariance": (5, 3),
    "mnist-invariance-measured": (6, 4),
    "mnist-pruning": (9, 4),
    "pneumonia-measured": (13, 19),
    "prompt-defences": (5, 2),
    "tabular-botnet": (12, 4),
    "tabular-credit": (12, 4),
    "tabular-malware": (10, 4),
    "tabular-phishing": (12, 4),
    "transfer-attacks": (13, 23),
}
TABLES = sorted((bundled("data") / "published").glob("*.csv"))
PRUNING = ("imagenette-pruning", "cifar10-pruning", "mnist-pruning")


def table(name: str) -> MeasurementTable:
    return read_table(bundled("data") / "published" / f"{name}.csv")


def cell(
    rows: MeasurementTable, defence: str, attack: str = NO_ATTACK, radius: float | None = None
) -> Measurement:
    (found,) = (
        row
        for row in rows
        if (row.defence, row.attack) == (defence, attack)
        and radius in (None, row.radius)
        and row.metric != "human_recognition"
    )
    return found


@pytest.fixture(scope="module")
def pruned() -> dict[tuple[str, str, str], list[Measurement]]:
    """The rows of the pruning study by network."""
    networks: dict[tuple[str, str, str], list[Measurement]] = {}
    for name in PRUNING:
        for row in table(name):
            networks.setdefault((row.dataset, row.network, row.defence), []).append(row)
    return networks


# every case


def test_the_shortest_road_is_listed_first_and_every_case_has_a_question() -> None:
    assert [each.name for each in cases()] == list(SHAPES)[:1] + sorted(list(SHAPES)[1:])
    assert all(each.title and each.question.endswith("?") for each in cases())


@pytest.mark.parametrize("name", SHAPES)
def test_a_case_makes_a_whole_game(name: str) -> None:
    assert build_game(case(name)).shape == SHAPES[name]


@pytest.mark.parametrize("name", SHAPES)
def test_every_amount_that_is_not_a_default_names_its_basis_and_every_basis_a_parameter(name: str) -> None:
    scenario = case(name)
    known = {*addresses(scenario), *WHOLE_SCENARIO, "clean_accuracy"}
    assert set(scenario.basis) <= known
    assert {"largest_share", "volume_per_month", "benign_gain"} <= set(scenario.basis)
    assert all(text.strip() for text in scenario.basis.values())


@pytest.mark.parametrize("name", ["attack_cost", "defence_cost"])
@pytest.mark.parametrize("bundled_case", SHAPES)
def test_every_price_a_case_sets_says_where_it_comes_from(bundled_case: str, name: str) -> None:
    scenario = case(bundled_case)
    term = scenario.term(name)
    if getattr(term, name) != 0:
        assert name in scenario.basis


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_row_names_its_source(path: Path) -> None:
    assert all(row.source for row in read_table(path))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_table_is_described_in_the_sources(path: Path) -> None:
    assert f"published/{path.name}" in (bundled("data") / "SOURCES.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_table_is_used_by_a_case(path: Path) -> None:
    assert f"published/{path.name}" in {case(each.name).data for each in cases()}


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_count_is_given_only_where_the_rate_is_exactly_that_count(path: Path) -> None:
    for row in read_table(path):
        if row.correct is not None:
            assert row.tested is not None
            assert abs(row.accuracy * row.tested - row.correct) <= 1e-6


def test_a_case_that_is_not_bundled_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'mnist-pruning'"):
        case("mnist-prunning")


# CIFAR-10


def test_two_defences_have_the_figures_of_the_leaderboard() -> None:
    accuracies = case("cifar10-two-defences").accuracies
    assert accuracies.attacked_accuracy.tolist() == [[0.9478, 0.0], [0.8534, 0.5342]]
    assert cell(table("cifar10-two-defences"), "Rice2020Overfitting").correct == 8534


def test_many_attacks_has_every_published_cell_and_no_reference_curve() -> None:
    rows = table("cifar10-many-attacks")
    assert len(rows) == 20 * 11
    assert not [name for name in rows.defences if "reference" in name.lower() or "ATA" in name]
    assert cell(rows, "Rebuffi2021Fixing_Linf").correct == 8733
    assert cell(rows, "Madry2017Towards_L2", "stadv").accuracy == 0.1077
    assert cell(rows, "Jin2020Manifold", "autoattack", 12.0).accuracy == 0.4176
    assert cell(rows, "LaidLaw2021Perceptual", "fog").metric == "corruption"
    assert cell(rows, "LaidLaw2021Perceptual", "lpips").metric == "robust"


def test_training_costs_follow_from_petaflops_as_the_basis_says() -> None:
    scenario = case("cifar10-many-attacks")
    for defence, petaflops in {
        "Rebuffi2021Fixing_L2": 47_600,
        "Jin2020Manifold": 39,
        "Maini2020Adversarial": 992,
    }.items():
        expected = petaflops * (2 / 360) / (6_000_000 * 0.0015)
        assert get_parameter(scenario, f"defence_cost[{defence}]") == pytest.approx(expected, rel=5e-3)


def test_the_leaderboard_holds_each_network_once_with_the_smaller_of_two_figures() -> None:
    rows = table("cifar10-robustbench")
    assert len(rows) == 2 * 99
    assert sum("external attack" in row.source for row in rows) == 16
    kang = cell(rows, "Kang2021Stable", "autoattack")
    assert (kang.accuracy, kang.correct) == (0.642, 6420)
    assert "AutoAttack alone 0.7128" in kang.source
    assert "unreliable" in kang.warnings[0]
    assert cell(rows, "Xiao2020Enhancing", "autoattack").accuracy == 0.074
    assert cell(rows, "Rice2020Overfitting").accuracy == 0.8534  # .8867 is the network of the L2 board


def test_networks_attacked_at_another_radius_say_so() -> None:
    rows = table("cifar10-robustbench")
    assert {row.radius for row in rows if row.attack != NO_ATTACK} == {8 / 255}
    assert sum("0.031" in warning for row in rows for warning in row.warnings) == 7


def test_pruned_and_defended_networks_have_both_figures_at_the_benchmarks_own_radius() -> None:
    rows = table("cifar10-pruned-and-defended")
    assert len(rows) == 2 * 84
    assert {row.radius for row in rows if row.attack != NO_ATTACK} == {0.031}
    accuracies = case("cifar10-pruned-and-defended").accuracies
    assert accuracies.attacked_accuracy[accuracies.defences.index("HARP unstructured 99%")].tolist() == [
        0.8311,
        0.455,
    ]


# the pruning study


def test_all_rows_of_the_pruning_study_are_there(
    pruned: dict[tuple[str, str, str], list[Measurement]],
) -> None:
    assert len(pruned) == 252
    assert sum(map(len, pruned.values())) == 6758


def test_the_break_even_shares_of_imagenette_filters_come_out_of_the_stored_means() -> None:
    accuracies = case("imagenette-pruning").accuracies
    shares = {}
    for less, more in ((0, 2), (1, 2), (0, 3), (2, 3)):
        clean_lost = accuracies.clean_accuracy[less] - accuracies.clean_accuracy[more]
        robust_won = accuracies.attacked_accuracy[more, 1] - accuracies.attacked_accuracy[less, 1]
        shares[less, more] = clean_lost / (clean_lost + robust_won)
    assert shares[0, 2] == pytest.approx(0.08, abs=0.005)
    assert shares[1, 2] == pytest.approx(0.22, abs=0.005)
    assert shares[0, 3] == pytest.approx(0.28, abs=0.005)
    assert shares[2, 3] == pytest.approx(0.59, abs=0.005)


def test_filter_pruning_of_imagenette_compresses_more_than_it_says() -> None:
    rows = table("imagenette-pruning")
    assert cell(rows, "magnitude-global filter x4").compression == pytest.approx(7.56, abs=0.005)
    assert cell(rows, "magnitude-global filter x8").compression == pytest.approx(14.4, abs=0.05)


def test_rows_of_the_weak_attack_of_mixed_axes_and_of_collapsed_networks_are_marked(
    pruned: dict[tuple[str, str, str], list[Measurement]],
) -> None:
    for (_, _, defence), rows in pruned.items():
        clean = next(row for row in rows if row.metric == "clean")
        mixed = defence.startswith(("random-local filter", "random-local kernel")) and not defence.endswith(
            " x1"
        )
        for row in rows:
            said = " ".join(row.warnings)
            assert ("step size 1, initial constant 100" in said) is (row.attack == "cw")
            assert ("mixed its axes" in said) is mixed
            assert ("collapsed network" in said) is (clean.accuracy < 0.4)


def test_over_half_of_the_pairs_of_balls_break_containment(
    pruned: dict[tuple[str, str, str], list[Measurement]],
) -> None:
    pairs = [
        outer.accuracy > inner.accuracy + 1e-12
        for (dataset, _, _), rows in pruned.items()
        for outer in rows
        for inner in rows
        if (outer.norm, inner.norm) == ("L2", "Linf") and holds(outer, inner, PIXELS[dataset])
    ]
    assert (len(pairs), sum(pairs)) == (13_064, 6_813)
    # in one more network an L2 ball of 4 contradicts the L0 ball of 15 inside it (√15 < 4)
    assert sum(marked(rows, "ball of") for rows in pruned.values()) == 223 + 1


def test_other_contradictions_are_as_many_as_are_known(
    pruned: dict[tuple[str, str, str], list[Measurement]],
) -> None:
    assert sum(marked(rows, "as stated") for rows in pruned.values()) == 107
    above = [row for rows in pruned.values() for row in rows if row.accuracy > rows[0].accuracy]
    assert all(rows[0].metric == "clean" for rows in pruned.values())
    assert len(above) == 758


@pytest.mark.parametrize("name", ["cifar10-pruning", "mnist-pruning"])
def test_a_pruning_case_uses_only_rows_without_warnings(name: str) -> None:
    for row in case(name).selected:
        assert not [warning for warning in row.warnings if "as stated" not in warning]


@pytest.mark.parametrize(("name", "whole"), [("cifar10-pruning", 0.2), ("mnist-pruning", 0.15)])
def test_running_costs_of_a_pruned_network_follow_its_parameters_left(name: str, whole: float) -> None:
    scenario = case(name)
    for row in scenario.selected:
        assert row.compression is not None
        cost = get_parameter(scenario, f"defence_cost[{row.defence}]")
        assert cost == pytest.approx(whole / row.compression, abs=5.1e-5)


# invariance and explanations


def test_a_training_against_small_changes_grows_blind_to_changes_of_meaning() -> None:
    accuracies = case("mnist-invariance").accuracies
    assert accuracies.attacks == ("none", "perturbation", "invariance")
    accuracy = dict(zip(accuracies.defences, accuracies.attacked_accuracy.tolist(), strict=True))
    assert accuracy["vanilla"] == [1.0, 0.0, 0.8]
    assert accuracy["perturbation AT"] == [0.99, 0.84, 0.24]
    assert accuracy["simultaneous AT"] == [0.985, 0.73, 0.71]


def test_rates_of_a_hundred_images_are_no_counts() -> None:
    rows = table("mnist-invariance")
    assert {(row.correct, row.tested) for row in rows} == {(None, 100)}


def test_explanations_are_recognised_as_often_as_people_said() -> None:
    scenario = case("imagenette-explanations")
    human = {row.defence: row for row in scenario.selected if row.metric == "human_recognition"}
    assert {row.correct for row in human.values()} == {2146, 2160, 2033}
    assert {row.tested for row in human.values()} == {2500}
    payoffs = build_game(scenario).defender_payoffs[:, 0].tolist()
    assert payoffs == pytest.approx(
        [
            0.97 - 0.1 + 0.5 * 2146 / 2500,
            0.9729 - 0.05 + 0.5 * 2160 / 2500,
            0.9007 - 0.0031 + 0.5 * 2033 / 2500,
        ]
    )


def holds(outer: Measurement, inner: Measurement, pixels: int) -> bool:
    assert outer.radius is not None
    assert inner.radius is not None
    return outer.radius >= inner.radius * sqrt(pixels)


def marked(rows: list[Measurement], words: str) -> bool:
    return any(words in warning for row in rows for warning in row.warnings)
