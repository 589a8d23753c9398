"""Each question is answered as tables made by hand say; where something was not measured it says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from advgame.errors import MeasurementError
from advgame.findings import QUESTIONS
from advgame.findings.questions.attack_strength import attack_strength
from advgame.findings.questions.hidden_gradients import hidden_gradients
from advgame.findings.questions.importance import importance
from advgame.findings.questions.intrinsic_robustness import intrinsic_robustness
from advgame.findings.questions.low_pass_filtering import low_pass
from advgame.findings.questions.occlusion_baselines import occlusion_baselines
from advgame.findings.questions.pruning_methods import pruning_methods
from advgame.findings.questions.pruning_sweet_spots import sweet_spots
from advgame.findings.questions.stochastic_heads import stochastic_heads
from advgame.findings.questions.two_robustnesses import two_robustnesses
from advgame.measurements import Column, MeasurementTable, read_table, write_table
from advgame.measurements.experiment_tables import (
    BENIGN,
    BLACK_BOX,
    NATURAL,
    TRANSFERRED,
    WHITE_BOX,
    read_measured,
)
from advgame.measurements.experiment_tables import MEANING as CHANGED
from tests.findings.tables import (
    ASKING,
    ATTACKS,
    CLEAN,
    FILTERED,
    FOG,
    FULL,
    MEANING,
    MOVED,
    PRUNED,
    ROUND,
    STRONG,
    WEAK,
    WHOLE,
    measured,
    write,
)


def test_columns_are_distinguished_by_the_attackers_knowledge(tmp_path: Path) -> None:
    every = dict.fromkeys((CLEAN, STRONG, WEAK, ASKING, MOVED, MEANING, FOG, FILTERED), 0.5)
    found = measured(tmp_path, {"plain": ("standard", None, {})}, {"plain": every})
    assert found.sides(["plain"]) == {
        BENIGN: [CLEAN],
        WHITE_BOX: [STRONG, WEAK],
        BLACK_BOX: [ASKING],
        TRANSFERRED: [MOVED],
        CHANGED: [MEANING],
        NATURAL: [FOG, FILTERED],
    }


def test_an_input_stands_at_a_radius_if_it_withstands_every_attack_of_it(tmp_path: Path) -> None:
    right = {"plain": {CLEAN: 0.9, STRONG: 0.3, WEAK: 0.6}}
    found = measured(tmp_path, {"plain": ("standard", None, {})}, right)
    assert found.standing("plain", [STRONG, WEAK]).accuracy == pytest.approx(0.3)


def test_a_ladder_of_prunings_is_based_on_the_network_that_was_not_pruned(tmp_path: Path) -> None:
    steps = {
        "plain": ("standard", None, {}),
        "pruned-2": ("magnitude", "plain", PRUNED),
        "pruned-4": ("magnitude", "pruned-2", PRUNED),
    }
    found = measured(tmp_path, steps, {name: {CLEAN: 0.9} for name in steps})
    assert [found.base(name) for name in steps] == [None, "plain", "plain"]


@pytest.mark.parametrize(
    ("ours", "full", "near", "said"),
    [
        (0.5, 0.5, "yes", "For 1 of 1 pairs"),  # 40 equal answers cannot tell one point from none
        (0.6, 0.3, "no", "further off for (plain, L∞ 0.1)"),
        (0.3, 0.6, "no", "the difference is −30.0 points"),
    ],
)
def test_our_attack_is_compared_with_autoattack_on_their_common_inputs(
    tmp_path: Path, ours: float, full: float, near: str, said: str
) -> None:
    steps = {"plain": ("standard", None, {}), "hard": ("standard", None, {})}
    strong = ours * 40 / 200  # the first 40 inputs are those that autoattack meets
    right = {"plain": {CLEAN: 0.9, STRONG: strong, WEAK: 0.9, FULL: full}, "hard": {CLEAN: 0.9, STRONG: 0.1}}
    found = attack_strength(measured(tmp_path, steps, right, inputs={FULL: 40}))
    (row,) = found.evidence
    assert (row["defence"], row["inputs"], row["seeds"], row["within a point"]) == ("plain", 40, 3, near)
    assert (row["strongest"], row["AutoAttack"]) == (pytest.approx(ours), pytest.approx(full))
    assert row["difference"] == pytest.approx(ours - full)
    assert said in found.answer


def test_an_audit_says_what_share_of_the_gradients_ours_takes(tmp_path: Path) -> None:
    right = {"plain": {CLEAN: 0.9, STRONG: 0.5, FULL: 0.5}}
    found = measured(tmp_path, {"plain": ("standard", None, {})}, right)
    costs = found.attacks.assign(runs=found.attacks["attack"].map({"strong": 2, "full": 1}))
    costs["backward_inputs"] = costs["attack"].map({"strong": 300.0, "full": 600.0})
    audit = attack_strength(replace(found, attacks=costs))
    assert audit.evidence[0]["gradients, of AutoAttack's"] == pytest.approx(0.25)
    assert "It takes 25% of AutoAttack's gradients." in audit.answer


def test_an_audit_in_two_norms_names_the_attacks_of_both(tmp_path: Path) -> None:
    steps = {"plain": ("standard", None, {})}
    full_too = Column("full-L2", "L2", 0.5)
    right = {"plain": {CLEAN: 0.9, STRONG: 0.5, FULL: 0.5, ROUND: 0.4, full_too: 0.4}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ATTACKS, "full-L2", {"use": "autoattack_l2", "metric": "robust", "queries_only": False})
        found = attack_strength(measured(tmp_path, steps, right))
    assert "under strong and round is within one point of that under full and full-L2" in found.answer
    assert [(row["norm"], row["strongest"]) for row in found.evidence] == [("L∞", 0.5), ("L2", 0.4)]


def test_costs_of_an_earlier_version_are_refused_with_what_to_do(tmp_path: Path) -> None:
    table = write(tmp_path, {"plain": ("standard", None, {})}, {"plain": {CLEAN: 0.9, STRONG: 0.5}})
    costs = table.with_suffix(".attacks.csv")
    costs.write_text(costs.read_text().replace("runs", "radii"))
    with pytest.raises(MeasurementError, match="--resume"):
        read_measured(table)


def test_attacks_that_agree_on_many_inputs_are_surely_within_a_point(tmp_path: Path) -> None:
    steps = {"plain": ("standard", None, {})}
    right = {"plain": {CLEAN: 0.9, STRONG: 0.5, FULL: 0.5}}
    many = dict.fromkeys((CLEAN, STRONG, FULL), 400)  # 1 − .025^(1/400) is .92 points
    (row,) = attack_strength(measured(tmp_path, steps, right, inputs=many)).evidence
    assert row["within a point"] == "surely"
    assert row["high"] == pytest.approx(1 - 0.025 ** (1 / 400))


@pytest.mark.parametrize("words", ["gradient masking", "obscured gradients"])
def test_networks_are_counted_whose_white_box_rows_warn(tmp_path: Path, words: str) -> None:
    steps = {"plain": ("standard", None, {}), "rounded": ("bit_depth", "plain", {})}
    right = {name: {CLEAN: 0.9, STRONG: 0.5, ASKING: 0.6, FOG: 0.5} for name in steps}
    quiet = hidden_gradients(measured(tmp_path, steps, right))
    assert quiet.answer.startswith("No signs were found: ")
    (row,) = quiet.evidence
    assert (row["compared with"], row["networks"], row["trainings"]) == ("asking", 2, 6)
    warned = {("rounded", STRONG): f"{words}: of 9 inputs"}
    (row,) = hidden_gradients(measured(tmp_path, steps, right, warned=warned)).evidence
    assert (row["trainings with signs"], row["networks with signs"]) == (3, "rounded")


def test_an_attack_without_a_bound_can_show_hidden_gradients_too(tmp_path: Path) -> None:
    right = {"plain": {CLEAN: 0.9, STRONG: 0.5, WHOLE: 0.2}}
    found = measured(tmp_path, {"plain": ("standard", None, {})}, right)
    (row,) = hidden_gradients(found).evidence
    assert (row["compared with"], row["networks"]) == ("strong", 1)
    assert found.sides(["plain"])[WHITE_BOX] == [STRONG]


def test_examples_made_on_the_network_itself_are_no_other_attack(tmp_path: Path) -> None:
    steps = {"other": ("standard", None, {}), "plain": ("standard", None, {})}
    right = {name: {CLEAN: 0.9, STRONG: 0.5, MOVED: 0.6} for name in steps}
    (row,) = hidden_gradients(measured(tmp_path, steps, right)).evidence
    assert (row["compared with"], row["networks"]) == ("moved", 1)


@pytest.mark.parametrize(
    ("clean", "attacked", "said"),
    [
        (0.9, 0.6, "1 improves under attack and loses less than two points on benign inputs (pruned)"),
        (0.9, 0.5, "1 loses less than two points on benign inputs and under attack (pruned)"),
        (0.8, 0.6, "1 loses accuracy (pruned)"),
        (0.9, 0.4, "1 loses accuracy (pruned)"),
        (0.885, 0.5, "a loss of two points (pruned)"),
    ],
)
def test_a_pruning_is_judged_by_both_intervals(
    tmp_path: Path, clean: float, attacked: float, said: str
) -> None:
    steps = {"plain": ("standard", None, {}), "pruned": ("magnitude", "plain", PRUNED)}
    right = {"plain": {CLEAN: 0.9, STRONG: 0.5}, "pruned": {CLEAN: clean, STRONG: attacked}}
    found = sweet_spots(measured(tmp_path, steps, right))
    assert said in found.answer
    assert [row["compression"] for row in found.evidence] == [2.0, 2.0]
    assert {row["fine-tuning"] for row in found.evidence} == {"standard, 5 epochs"}


def test_fine_tuning_without_pruning_is_distinguished_from_pruning(tmp_path: Path) -> None:
    whole = {**PRUNED, "compression": 1.0}
    steps = {"plain": ("standard", None, {}), "again": ("magnitude", "plain", whole)}
    steps["pruned"] = ("magnitude", "plain", PRUNED)
    right = {"plain": {CLEAN: 0.9, STRONG: 0.5}} | {name: {CLEAN: 0.9, STRONG: 0.4} for name in steps}
    right["plain"] = {CLEAN: 0.9, STRONG: 0.5}
    found = sweet_spots(measured(tmp_path, steps, right, whole=("again",)))
    assert "Of 1 pruned and fine-tuned networks" in found.answer
    assert "With fine-tuning alone, again differs from plain by −10.0 points" in found.answer
    assert (
        "Compared with again, which has the same fine-tuning without pruning, pruned differs by 0.0"
        in found.answer
    )


def test_a_loss_hidden_by_fine_tuning_is_not_a_sweet_spot(tmp_path: Path) -> None:
    steps = {"plain": ("standard", None, {}), "pruned": ("magnitude", "plain", PRUNED)}
    steps["again"] = ("magnitude", "plain", {**PRUNED, "compression": 1.0})
    right = {"plain": {CLEAN: 0.9, STRONG: 0.5}, "pruned": {CLEAN: 0.9, STRONG: 0.5}}
    right["again"] = {CLEAN: 0.9, STRONG: 0.6}
    found = sweet_spots(measured(tmp_path, steps, right, whole=("again",)))
    assert found.answer.startswith(
        "None is certain. Of 1 pruned and fine-tuned networks, 1 loses less than two"
    )
    assert "Fine-tuning hides the cost of pruning in pruned" in found.answer


def test_methods_are_compared_at_one_compression_and_structure_only(tmp_path: Path) -> None:
    steps = {
        "plain": ("standard", None, {}),
        "taylor": ("taylor", "plain", PRUNED),
        "magnitude": ("magnitude", "plain", PRUNED),
        "filters": ("random", "plain", {**PRUNED, "structure": "filter"}),
        "smaller": ("random", "plain", {**PRUNED, "compression": 4.0}),
        "longer": ("random", "plain", {**PRUNED, "epochs": 10}),
        "in-two-steps": ("random", "smaller", PRUNED),
    }
    right = {name: {CLEAN: 0.9, STRONG: 0.5} for name in steps} | {"taylor": {CLEAN: 0.9, STRONG: 0.7}}
    found = pruning_methods(measured(tmp_path, steps, right))
    assert {(row["first"], row["second"]) for row in found.evidence} == {("taylor", "magnitude")}
    assert "Taylor against magnitude, unstructured, white-box attacks: better in 1 of 1" in found.answer
    assert "Inconclusive: taylor against magnitude, unstructured, benign inputs" in found.answer
    assert "+20.0 points" in found.answer


def test_the_largest_difference_of_two_methods_is_one_that_is_sure(tmp_path: Path) -> None:
    steps = {"plain": ("standard", None, {})} | {
        f"{use}-{rate}": (use, "plain", {**PRUNED, "compression": float(rate)})
        for use in ("magnitude", "random")
        for rate in (2, 4)
    }
    right = {name: {CLEAN: 0.9, STRONG: 0.5} for name in steps}
    right["magnitude-2"] = {CLEAN: 0.9, STRONG: 0.7}
    right["magnitude-4"] = {CLEAN: 0.9, STRONG: 0.1}
    path = write(tmp_path, steps, right)
    outcomes = pd.read_parquet(path.with_suffix(".outcomes.parquet"))
    odd = (outcomes["defence"] == "magnitude-4") & (outcomes["attack"] == "strong") & (outcomes["seed"] == 0)
    outcomes.loc[odd, "correct"] = outcomes["input"][odd] < 120  # −40, −40 and +10 points: nothing is sure
    outcomes.to_parquet(path.with_suffix(".outcomes.parquet"), index=False)
    (found,) = read_measured(path)
    assert "white-box attacks: better in 1 of 2, at most +20.0 points" in pruning_methods(found).answer


@pytest.mark.parametrize(
    ("attacked", "meant", "said"),
    [
        (0.7, 0.8, "at-once is better under both kinds of attack than in-turn (perturbations first)"),
        (0.7, 0.6, "at-once is better under one kind of attack than in-turn"),
        (0.7, 0.4, "at-once is better under one kind of attack and worse under the other than in-turn"),
        (0.5, 0.6, "at-once is not distinguishable under attack from in-turn"),
        (0.4, 0.6, "at-once is worse under one kind of attack than in-turn"),
        (0.4, 0.5, "at-once is worse under both kinds of attack than in-turn"),
    ],
)
def test_training_at_once_is_judged_on_both_kinds_of_attack(
    tmp_path: Path, attacked: float, meant: float, said: str
) -> None:
    steps = {
        "perturbed": ("adversarial_training", None, {}),
        "in-turn": ("invariance_training", "perturbed", {"perturbation_radius": 0.0}),
        "at-once": ("invariance_training", None, {"perturbation_radius": 0.3}),
    }
    right = {
        "perturbed": {CLEAN: 0.9, STRONG: 0.8, MEANING: 0.3},
        "in-turn": {CLEAN: 0.9, STRONG: 0.5, MEANING: 0.6},
        "at-once": {CLEAN: 0.9, STRONG: attacked, MEANING: meant},
    }
    answer = two_robustnesses(measured(tmp_path, steps, right)).answer
    assert said in answer
    assert f"{min(attacked, meant):.2f} of at-once and 0.50 of in-turn" in answer


def test_a_stochastic_head_is_compared_under_each_kind_of_attack(tmp_path: Path) -> None:
    steps = {"plain": ("standard", None, {}), "head": ("stochastic_head", "plain", {})}
    right = {
        "plain": {CLEAN: 0.9, STRONG: 0.5, MOVED: 0.6},
        "head": {CLEAN: 0.9, STRONG: 0.5, MOVED: 0.7},
    }
    found = stochastic_heads(measured(tmp_path, steps, right))
    assert [(row["on"], row["verdict"]) for row in found.evidence] == [
        (BENIGN, "inconclusive"),
        (WHITE_BOX, "inconclusive"),
        (TRANSFERRED, "better"),
    ]
    assert "transferred examples +10.0 points" in found.answer


def test_examples_crafted_on_one_of_two_networks_are_no_transfer_between_them(tmp_path: Path) -> None:
    steps = {"plain": ("standard", None, {}), "head": ("stochastic_head", "plain", {})}
    own = Column("moved", "Linf", 0.2, "plain")
    right = {
        "plain": {CLEAN: 0.9, STRONG: 0.5, MOVED: 0.6, own: 0.1},
        "head": {CLEAN: 0.9, STRONG: 0.5, MOVED: 0.7, own: 0.5},
    }
    assert "transferred examples +10.0 points" in stochastic_heads(measured(tmp_path, steps, right)).answer
    for columns in right.values():
        del columns[MOVED]
    assert "transferred" not in stochastic_heads(measured(tmp_path, steps, right)).answer


def test_a_stochastic_head_is_compared_norm_by_norm_where_there_are_several(tmp_path: Path) -> None:
    steps = {"plain": ("standard", None, {}), "head": ("stochastic_head", "plain", {})}
    right = {
        "plain": {CLEAN: 0.9, STRONG: 0.5, ROUND: 0.5},
        "head": {CLEAN: 0.9, STRONG: 0.5, ROUND: 0.7},
    }
    found = stochastic_heads(measured(tmp_path, steps, right))
    differences = {row["on"]: row["difference"] for row in found.evidence}
    assert differences[WHITE_BOX] == pytest.approx(0.1)
    assert differences[f"{WHITE_BOX}, L∞"] == pytest.approx(0.0)
    assert differences[f"{WHITE_BOX}, L2"] == pytest.approx(0.2)


def test_psi_ranks_networks_as_attacks_do_where_divergence_falls_as_accuracy_rises(tmp_path: Path) -> None:
    names = [f"network {place}" for place in range(6)]
    right = {name: {CLEAN: 0.9, STRONG: 0.1 * (place + 1)} for place, name in enumerate(names)}
    rows = [
        {"defence": name, "value": value, "mean": mean, "low": 0.0, "high": 1.0}
        for place, name in enumerate(names)
        for value, mean in (("divergence", 1.0 - 0.1 * place), ("psi", 50.0 - place))
    ]
    steps = {name: ("standard", None, {}) for name in names}
    measures = {"psi": ("largest_divergence", {"radius": 0.08}, rows)}
    found = intrinsic_robustness(measured(tmp_path, steps, right, measures))
    assert "Over 6 networks, the rank correlation of ψ (L∞ 0.08) is 1.00" in found.answer
    assert "L∞ 0.1, 1.00" in found.answer
    assert "and 0.00 (0.00 to 0.00) with the clean accuracy" in found.answer
    assert "correlation with the accuracy under attack is −1.00" in found.answer


def test_baselines_that_agree_least_and_most_are_named(tmp_path: Path) -> None:
    rows = [
        {"defence": "plain", "value": "zero~noise", "mean": 0.2, "low": 0.1, "high": 0.3},
        {"defence": "plain", "value": "mean~blur", "mean": 0.9, "low": 0.8, "high": 0.95},
    ]
    steps = {"plain": ("standard", None, {})}
    measures = {"maps": ("occlusion_baselines", {}, rows)}
    found = occlusion_baselines(measured(tmp_path, steps, {"plain": {CLEAN: 0.9}}, measures))
    assert (
        "from 0.20 (0.10 to 0.30) for zero and noise to 0.90 (0.80 to 0.95) for mean and blur" in found.answer
    )


def test_maps_that_were_to_be_measured_but_were_not_give_no_answer(tmp_path: Path) -> None:
    steps = {"plain": ("standard", None, {})}
    found = measured(tmp_path, steps, {"plain": {CLEAN: 0.9}}, {"maps": ("occlusion_baselines", {}, [])})
    assert not occlusion_baselines(found).answered


def test_a_filtered_network_is_compared_with_the_same_one_unfiltered(tmp_path: Path) -> None:
    steps = {"plain": ("standard", None, {}), "soft": ("low_pass", "plain", {})}
    right = {
        "plain": {CLEAN: 0.9, STRONG: 0.4, FOG: 0.5, FILTERED: 0.5},
        "soft": {CLEAN: 0.8, STRONG: 0.5, FOG: 0.5, FILTERED: 0.7},
    }
    found = low_pass(measured(tmp_path, steps, right))
    assert {row["on"]: row["verdict"] for row in found.evidence} == {
        BENIGN: "worse",
        WHITE_BOX: "better",
        "fog-share-0.5": "inconclusive",
    }


def test_what_networks_keep_without_detail_is_told_of_the_unfiltered_under_the_mildest_filter(
    tmp_path: Path,
) -> None:
    harder = Column("filtered", "cut", 0.9)
    names = [f"network {place}" for place in range(5)]
    steps = {name: ("standard", None, {}) for name in names} | {"soft": ("low_pass", names[0], {})}
    right = {
        name: {CLEAN: 0.9, STRONG: 0.1 * place, FILTERED: 0.1 * place + 0.4, harder: 0.5 - 0.1 * place}
        for place, name in enumerate(names)
    } | {"soft": {CLEAN: 0.9, STRONG: 0.0, FILTERED: 0.9, harder: 0.5}}
    found = low_pass(measured(tmp_path, steps, right))
    assert "Over the 5 other networks" in found.answer
    assert "filtered-cut-0.5 and the accuracy under white-box attacks have a rank correlation of 1.00" in (
        found.answer
    )


def test_importances_are_listed_by_network_structure_and_method(tmp_path: Path) -> None:
    table = write(tmp_path, {"plain": ("standard", None, {})}, {"plain": {CLEAN: 0.9}})
    table.with_suffix(".importances.csv").write_text(
        "dataset,network,defence,seed,method,structure,correlation,low,high\n"
        "digits,cnn,plain,0,magnitude,filter,0.4,0.3,0.5\n"
        "digits,cnn,plain,0,taylor,filter,0.8,0.7,0.9\n"
        "digits,cnn,plain,1,taylor,filter,0.6,0.4,0.7\n"
    )
    (found,) = read_measured(table)
    assert importance(found).answer == (
        "For plain, filters: taylor 0.70 (0.40 to 0.90), magnitude 0.40 (0.30 to 0.50)."
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
def test_what_was_not_measured_is_a_reason_and_no_answer(tmp_path: Path, question: object) -> None:
    bare = measured(tmp_path, {"plain": ("standard", None, {})}, {"plain": {CLEAN: 0.9}})
    found = question(bare)  # type: ignore[operator]
    assert not found.answered
    assert found.question.endswith("?")
    assert found.answer.endswith(".")


def test_settings_of_older_records_have_their_names_of_today(tmp_path: Path) -> None:
    older = {("retrain" if name == "fine_tuning" else name): value for name, value in PRUNED.items()}
    steps = {"plain": ("standard", None, {}), "half": ("magnitude", "plain", older)}
    (read,) = read_measured(write(tmp_path, steps, {name: {CLEAN: 0.9, STRONG: 0.5} for name in steps}))
    assert read.steps["half"].settings == PRUNED
    assert "half" in sweet_spots(read).answer


def test_the_name_of_a_result_has_the_network_where_the_table_has_several(tmp_path: Path) -> None:
    table = write(tmp_path, {"plain": ("standard", None, {})}, {"plain": {CLEAN: 0.9, STRONG: 0.5}})
    experiment = read_measured(table)[0].experiment
    assert [read.name for read in read_measured(table)] == [experiment]
    rows = read_table(table)
    again = tuple(replace(row, network="mlp") for row in rows)
    write_table(MeasurementTable((*rows, *again)), table)
    outcomes = pd.read_parquet(table.with_suffix(".outcomes.parquet"))
    both = pd.concat([outcomes.astype({"network": str}), outcomes.assign(network="mlp")])
    both.astype({"network": "category"}).to_parquet(table.with_suffix(".outcomes.parquet"), index=False)
    assert {read.name for read in read_measured(table)} == {f"{experiment} (cnn)", f"{experiment} (mlp)"}


def test_tables_without_a_record_of_their_making_say_what_to_do(tmp_path: Path) -> None:
    table = write(tmp_path, {"plain": ("standard", None, {})}, {"plain": {CLEAN: 0.9}})
    record = table.with_suffix(".run.json")
    record.write_text('{"defences": {"plain": [0, 1]}}')
    with pytest.raises(MeasurementError, match="--resume"):
        read_measured(table)
    record.unlink()
    with pytest.raises(MeasurementError, match="missing or damaged"):
        read_measured(table)
