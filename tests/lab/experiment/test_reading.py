"""Experiments are read whole or refused with the key, the value and what to do."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from advgame.bundled import bundled
from advgame.errors import AdvgameError, LabError, UnknownName
from advgame.lab.experiment.reading import experiment_of, read_experiment
from advgame.lab.experiment.units import CRAFT, MAKE, MEASURE, Plan
from tests.mutated import mutated


def content(**changes: Any) -> dict[str, Any]:
    return {
        "dataset": "digits",
        "network": "small_cnn",
        "seeds": [0, 1],
        "test_inputs": 50,
        "defences": {"plain": {"use": "standard", "epochs": 1}},
        "attacks": {"pgd": {"use": "pgd", "radii": [0.1, "8/255"]}},
        **changes,
    }


def test_radii_may_be_fractions_and_are_put_in_order() -> None:
    assert experiment_of(content()).attacks[0].radii == (8 / 255, 0.1)


def test_a_ladder_is_one_defence_after_the_other() -> None:
    defences = {
        "pruned": {"use": "magnitude", "after": "plain", "ladder": {"compression": [2.0, 4.0]}},
        "plain": {"use": "standard"},
    }
    experiment = experiment_of(content(defences=defences))
    assert [step.name for step in experiment.chain("pruned-4")] == ["plain", "pruned-2", "pruned-4"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"datasets": ["digits"]}, "either dataset"),
        ({"dataset": "digit"}, "did you mean 'digits'"),
        ({"seeds": [1, 1]}, "seeds of the experiment"),
        ({"seeds": [-1]}, "seeds of the experiment"),
        ({"test_inputs": 0}, "test_inputs"),
        ({"colour": 3}, "'colour' of the experiment is unknown"),
        ({"defences": {}}, "defences"),
        ({"defences": {"plain": {"use": "standrd"}}}, "did you mean 'standard'"),
        ({"defences": {"plain": {}}}, "'use' of defence 'plain'"),
        ({"defences": {"plain": {"use": "standard", "epoch": 3}}}, "did you mean 'epochs'"),
        ({"defences": {"plain": {"use": "standard", "epochs": 1.5}}}, "'epochs' of defence 'plain' is 1.5"),
        ({"defences": {"plain": {"use": "standard", "epochs": -1}}}, "epochs"),
        (
            {"defences": {"a": {"use": "standard", "after": "b"}}},
            "No defence of this experiment is called 'b'",
        ),
        (
            {"defences": {"a": {"use": "standard", "after": "b"}, "b": {"use": "standard", "after": "a"}}},
            "a → b → a",
        ),
        (
            {"defences": {"a": {"use": "standard", "seeds": [0]}, "b": {"use": "standard", "after": "a"}}},
            r"has the seeds \[1\], but 'a', which it needs, does not",
        ),
        ({"attacks": {"pgd": {"use": "pgd", "radii": []}}}, "at least one"),
        ({"attacks": {"pgd": {"use": "pgd", "radii": [0.1, 0.1]}}}, "all different"),
        ({"attacks": {"pgd": {"use": "pgd", "radii": [8]}}}, "above 1"),
        ({"attacks": {"pgd": {"use": "pgd", "radii": [-0.1]}}}, "radi"),
        ({"attacks": {"few": {"use": "fmn_l0", "radii": [0.5]}}}, "whole numbers"),
        ({"attacks": {"fog": {"use": "contrast", "radii": [0.5, 1.5]}}}, "at most 1"),
        ({"attacks": {"pgd": {"use": "pgd", "radii": ["8/0"]}}}, "not a number"),
        ({"attacks": {"pgd": {"use": "pgd", "radii": [0.1], "inputs": 0}}}, "at least 1"),
        ({"attacks": {"pgd": {"use": "pgd", "radii": [0.1], "against": ["pruned"]}}}, "'pruned'"),
        ({"attacks": {"pgd": {"use": "pgd", "radii": [0.1], "crafted_on": "pruned"}}}, "'pruned'"),
        (
            {"attacks": {"pgd": {"use": "pgd", "radii": [0.1], "against": [0.5]}}},
            r"'against' of attack 'pgd' is",
        ),
        ({"attacks": {"pgd": {"use": "pgd", "radii": [0.1], "against": [["plain"]]}}}, "names of defences"),
        ({"attacks": {"pgd": {"use": "pgd", "radii": [0.1], "against": []}}}, "names of defences"),
        ({"attacks": {"pgd": {"use": "pgd", "radii": [0.1], "against": {"a": 1}}}}, "names of defences"),
        ({"measures": {"psi": {"use": "largest_divergence", "against": [7]}}}, "'against' of measure 'psi'"),
        ({"defences": {"plain": {"use": "standard", "seeds": 3}}}, "seeds of defence 'plain' are 3"),
        ({"defences": {"plain": {"use": "standard", "seeds": ["a"]}}}, "seeds of defence 'plain'"),
        ({"defences": {"plain": {"use": "standard", "seeds": [[0], [1]]}}}, "seeds of defence 'plain'"),
        ({"seeds": [2**63]}, "below 2⁶³"),
        ({"defences": {"plain": {"use": "standard", "learning_rate": 10**400}}}, "number"),
        ({"attacks": {" pgd": {"use": "pgd", "radii": [0.1]}}}, "attack name"),
        ({"attacks": {"none": {"use": "pgd", "radii": [0.1]}}}, "'none' stands for benign inputs"),
        ({"attacks": {"*": {"use": "pgd", "radii": [0.1]}}}, "attack name"),
        ({"defences": {"*": {"use": "standard"}}}, "defence name"),
        ({"attacks": {"pgd": {"use": "pgd", "radius": [0.1]}}}, "did you mean 'radii'"),
        ({"defences": {"plain": {"use": "standard", "epoch": 3}}}, "Known: use, after, ladder, seeds, ep"),
        ({"measures": {"psi": {"use": "largest_divergence", "compared_to": "a"}}}, "mean 'compared_with'"),
        ({"defences": {"pruned": {"use": "magnitude", "ladder": {"compression": []}}}}, "ladder of defence"),
        ({"dataset": None, "datasets": ["digits", "digits"]}, "datasets are .* only once"),
        ({"network": None, "networks": ["mlp", "mlp"]}, "networks are .* only once"),
        ({"defences": {"both": {"use": "ensemble", "of": "plain"}}}, "'of' of defence 'both' .* be a list"),
        ({"attacks": 3}, "'attacks' of the experiment is 3: input should be a table"),
    ],
)
def test_what_cannot_be_measured_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises((LabError, UnknownName), match=said):
        experiment_of(content(**changes))


@pytest.mark.parametrize(
    ("text", "said"),
    [(b"defences = [", "not valid TOML"), (b"\xff\xfe", "not UTF-8"), (b"defences = 3", "'defences'")],
)
def test_a_file_that_is_not_an_experiment_is_named(tmp_path: Path, text: bytes, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(text)
    with pytest.raises(LabError, match=said):
        read_experiment(path)


def test_a_damaged_experiment_is_read_or_refused_with_a_message(tmp_path: Path) -> None:
    text = (bundled("data") / "experiments" / "digits-audit.toml").read_bytes()
    path, chance = tmp_path / "mine.toml", random.Random(0)
    for _ in range(60):
        path.write_bytes(mutated(text, chance))
        with suppress(AdvgameError):
            read_experiment(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no experiment file"):
        read_experiment(tmp_path / "none.toml")


def test_every_defence_is_measured_on_clean_inputs_and_under_each_of_its_attacks() -> None:
    given = content(
        defences={
            "plain": {"use": "standard"},
            "pruned": {"use": "magnitude", "after": "plain", "compression": 2.0},
        },
        attacks={
            "pgd": {"use": "pgd", "radii": [0.1]},
            "transferred": {"use": "pgd", "radii": [0.1], "crafted_on": "plain"},
            "one": {"use": "pgd", "radii": [0.2], "against": ["plain"]},
        },
    )
    plan = Plan(experiment_of(given))
    cells = [(unit.defence, unit.seed, unit.attack) for unit, _ in plan.cells()]
    assert cells == [
        (defence, seed, attack)
        for defence, attacks in (
            ("plain", (None, "pgd", "transferred", "one")),
            ("pruned", (None, "pgd", "transferred")),
        )
        for seed in (0, 1)
        for attack in attacks
    ]
    kinds = [unit.kind for unit in plan.units]
    assert (kinds.count(MAKE), kinds.count(CRAFT), kinds.count(MEASURE)) == (4, 2, 14)


def test_units_come_seed_by_seed_and_after_what_they_need() -> None:
    plan = Plan(experiment_of(content()))
    places = {unit.key: place for place, unit in enumerate(plan.units)}
    assert [unit.seed for unit in plan.units] == sorted(unit.seed for unit in plan.units)
    assert all(places[need] < places[unit.key] for unit in plan.units for need in unit.needs)


@pytest.mark.parametrize(
    "changes",
    [
        {"test_inputs": 51},
        {"defences": {"plain": {"use": "standard", "epochs": 2}}},
        {"attacks": {"pgd": {"use": "pgd", "radii": [0.1]}}},
    ],
)
def test_what_changes_a_result_changes_its_key(changes: dict[str, Any]) -> None:
    def keys(given: dict[str, Any]) -> set[str]:
        return {unit.key for unit, attack in Plan(experiment_of(given)).cells() if attack is not None}

    assert not keys(content()) & keys(content(**changes))


def test_the_small_bundled_experiment_is_a_part_of_the_whole_one() -> None:
    experiments = bundled("data") / "experiments"
    small, whole = (
        {unit.key for unit in Plan(read_experiment(experiments / f"{name}.toml")).units}
        for name in ("cifar10-jpeg-small", "cifar10-jpeg")
    )
    assert small < whole


def test_renamed_settings_leave_keys_and_so_the_seeds_of_published_tables_as_they_are() -> None:
    plan = Plan(read_experiment(bundled("data") / "experiments" / "digits.toml"))
    published = {"pgd-magnitude-4": "a4b57796e75eca67adcf", "smoothing": "d6dc5add02188b7084bc"}
    for defence, key in published.items():
        assert plan.network("digits", "small_cnn", defence, 0).key == key


def test_names_and_further_defences_leave_keys_as_they_are() -> None:
    keys = {unit.key for unit in Plan(experiment_of(content())).units}
    more = content(
        name="other", defences={"first": {"use": "standard", "epochs": 1}, "more": {"use": "standard"}}
    )
    assert keys <= {unit.key for unit in Plan(experiment_of(more)).units}
