"""Inputs are moved inside a ball until a panel gives them another label; a network should follow."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.invariance import PEOPLE, InvarianceL0, InvarianceLinf
from advgame.lab.attacks.norms import size
from advgame.lab.evaluation.robust_accuracy import outcomes
from advgame.lab.fitting.panel import NO_VERDICT, Panel, _copying_turns, invariance_examples, train_panel
from advgame.lab.fitting.task import Task
from advgame.lab.networks.classifier import predictions
from advgame.lab.training.invariance_training import InvarianceTraining
from tests.lab.defences.small_network import accuracy, digits, fresh, pgd, some_digits, task, trained


class Threshold(nn.Module):
    """Gives class 1 to inputs whose values sum up to more than a bound."""

    def __init__(self, bound: float) -> None:
        super().__init__()
        self.bound = bound

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        above = inputs.flatten(1).sum(dim=1) - self.bound
        return torch.stack([-above, above], dim=1)


def row_panel(*bounds: float) -> Panel:
    """Two known inputs, (0.4, 0) of class 0 and (0.6, 0) of class 1, and networks with these bounds."""
    pool = torch.tensor([[0.4, 0.0], [0.6, 0.0]])
    return Panel([Threshold(bound) for bound in bounds], pool, torch.tensor([0, 1]), 2)


@lru_cache(maxsize=1)
def digits_panel() -> Panel:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("advgame.lab.fitting.panel.PANEL_STEPS", 150)
        return train_panel(digits(), 0, torch.device("cpu"))


def test_a_panel_gives_a_label_only_where_all_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advgame.lab.fitting.panel.VOTERS", 1)
    inputs = torch.tensor([[0.3, 0.0], [0.45, 0.0], [0.55, 0.0], [0.7, 0.0]])
    assert row_panel(0.5, 0.5).verdict(inputs).tolist() == [0, 0, 1, 1]
    assert row_panel(0.5, 0.6).verdict(inputs).tolist() == [0, 0, NO_VERDICT, 1]
    assert row_panel(0.4, 0.5).verdict(inputs).tolist() == [0, NO_VERDICT, 1, 1]
    # Both networks agree, but the nearest known input does not.
    assert row_panel(0.65, 0.65).verdict(inputs).tolist() == [0, 0, NO_VERDICT, 1]
    answers = row_panel(0.5, 0.6)(inputs)
    assert answers.tolist() == [[1, 0], [1, 0], [0, 0], [0, 1]]


def test_distances_are_squared_and_euclidean() -> None:
    found = row_panel().distances(torch.tensor([[0.4, 0.3]]))
    assert found.flatten().tolist() == pytest.approx([0.09, 0.13])


def test_in_linf_an_input_moves_to_the_nearest_other_one_as_far_as_the_radius_lets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("advgame.lab.fitting.panel.VOTERS", 1)
    inputs, labels = torch.tensor([[0.45, 0.05], [0.2, 0.0]]), torch.tensor([0, 0])
    made = invariance_examples(inputs, labels, row_panel(0.5), "Linf", 0.1)
    assert made.inputs[0].tolist() == pytest.approx([0.55, 0.0])
    assert made.labels.tolist() == [1, NO_VERDICT]  # the second stays on its side of the panel's boundary
    assert torch.equal(made.inputs[1], inputs[1])
    assert made.succeeded.tolist() == [True, False]


def test_an_input_the_panel_is_wrong_about_has_not_changed_its_meaning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("advgame.lab.fitting.panel.VOTERS", 1)
    inputs, labels = torch.tensor([[0.55, 0.0]]), torch.tensor([0])
    assert not invariance_examples(inputs, labels, row_panel(0.5), "Linf", 0.1).succeeded.any()
    moved = torch.tensor([[0.7, 0.0]])
    assert row_panel(0.5).new_meaning(inputs, moved, labels).tolist() == [NO_VERDICT]
    assert row_panel(0.5).new_meaning(inputs - 0.1, moved, labels).tolist() == [1]
    assert row_panel(0.5).new_meaning(inputs - 0.1, moved - 0.3, labels).tolist() == [NO_VERDICT]


def test_an_input_that_is_a_known_one_of_its_class_is_left_if_no_other_class_is_known() -> None:
    panel = Panel([Threshold(0.5)], torch.tensor([[0.4, 0.0]]), torch.tensor([0]), 2)
    made = invariance_examples(torch.tensor([[0.45, 0.0]]), torch.tensor([0]), panel, "Linf", 0.5)
    assert not made.succeeded.any()


def test_regions_are_copied_whole_the_most_different_first_within_the_budget() -> None:
    difference = np.zeros((1, 1, 4, 6), dtype=np.float32)
    difference[0, 0, 0, :2] = 0.9  # 2 pixels, 1.8 in all
    difference[0, 0, 2:4, 2:4] = -0.8  # 4 pixels, 3.2
    difference[0, 0, 0, 5] = 1.0  # 1 pixel
    difference[0, 0, 3, 5] = 0.05  # not to be seen
    turns = {budget: _copying_turns(difference, budget)[0] for budget in (7, 6, 3, 0)}
    assert turns[7][2, 2] == 1
    assert turns[7][0, 0] == 2
    assert turns[7][0, 5] == 3
    assert turns[7][3, 5] == 0
    assert turns[6][0, 5] == 0  # the third region fits no more
    assert turns[3].tolist()[0] == [1, 1, 0, 0, 0, 2]  # the largest region never fits
    assert not turns[0].any()


def test_pixels_that_touch_at_a_corner_are_one_region_and_each_channel_counts() -> None:
    difference = np.zeros((1, 3, 2, 2), dtype=np.float32)
    difference[0, :, 0, 0] = difference[0, :, 1, 1] = 0.5
    assert _copying_turns(difference, 6)[0].tolist() == [[1, 0], [0, 1]]
    assert not _copying_turns(difference, 5).any()


def test_in_l0_no_more_is_copied_than_the_panel_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advgame.lab.fitting.panel.VOTERS", 1)
    image, goal = torch.zeros(1, 1, 3, 5), torch.zeros(1, 1, 3, 5)
    goal[..., 0, 0:2], goal[..., 2, 3] = 1.0, 0.9  # two regions
    pool = torch.cat([torch.full_like(image, 0.1), goal]).flatten(1)

    def examples(bound: float) -> torch.Tensor:
        panel = Panel([Threshold(bound)], pool, torch.tensor([0, 1]), 2)
        return invariance_examples(image, torch.tensor([0]), panel, "L0", 3).inputs

    assert size(examples(1.5), image, "L0").tolist() == [2]
    assert size(examples(2.5), image, "L0").tolist() == [3]
    assert size(examples(3.5), image, "L0").tolist() == [0]


class Blind(nn.Module):
    """Gives every input the label 0 but those near a point, which it gives 1."""

    def __init__(self, seen: torch.Tensor) -> None:
        super().__init__()
        self.seen = seen

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        near = ((inputs - self.seen).abs().amax(dim=1) < 0.01).float()
        return torch.stack([1 - near, near], dim=1)


class Corners(nn.Module):
    """Class 1 to the right, class 2 above, class 0 elsewhere."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.stack([torch.full((len(inputs),), 0.5), inputs[:, 0], inputs[:, 1]], dim=1)


def test_an_example_the_network_is_blind_to_is_taken_before_nearer_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("advgame.lab.fitting.panel.VOTERS", 1)
    pool = torch.tensor([[0.3, 0.3], [0.6, 0.3], [0.3, 0.7]])
    panel = Panel([Corners()], pool, torch.tensor([0, 1, 2]), 3)
    start, label = torch.tensor([[0.35, 0.35]]), torch.tensor([0])

    def label_of(network: nn.Module | None, targets: int = 2) -> int:
        made = invariance_examples(start, label, panel, "Linf", 0.4, targets=targets, network=network)
        return int(made.labels[0])

    assert label_of(None) == 1
    assert label_of(Blind(torch.tensor([0.6, 0.3]))) == 2  # follows to the right, is blind above
    assert label_of(Blind(torch.tensor([0.6, 0.3])), targets=1) == 1  # nothing better was tried
    assert label_of(Blind(torch.tensor([0.3, 0.7]))) == 1


@given(norm_and_radius=st.sampled_from([("Linf", 0.2), ("Linf", 0.5), ("L0", 8), ("L0", 20)]))
@settings(max_examples=4, deadline=None)
def test_examples_stay_in_the_ball_and_have_a_label_the_panel_gives_again(
    norm_and_radius: tuple[str, float],
) -> None:
    norm, radius = norm_and_radius
    inputs, labels = some_digits()
    made = invariance_examples(inputs, labels, digits_panel(), norm, radius)
    assert (size(made.inputs, inputs, norm) <= radius * (1 + 1e-5)).all()
    assert made.inputs.min() >= 0
    assert made.inputs.max() <= 1
    assert (made.labels[made.succeeded] != labels[made.succeeded]).all()
    assert torch.equal(digits_panel().verdict(made.inputs[made.succeeded]), made.labels[made.succeeded])
    assert torch.equal(made.inputs[~made.succeeded], inputs[~made.succeeded])


def test_a_larger_radius_changes_more_meanings() -> None:
    counts = [
        int(invariance_examples(*some_digits(), digits_panel(), "Linf", radius).succeeded.sum())
        for radius in (0.1, 0.3, 0.5)
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_a_panel_labels_the_digits_correctly_and_reproducibly() -> None:
    inputs, labels = some_digits()
    verdict = digits_panel().verdict(inputs)
    assert (verdict[verdict != NO_VERDICT] == labels[verdict != NO_VERDICT]).float().mean() > 0.97
    assert (verdict != NO_VERDICT).float().mean() > 0.75


def test_the_same_seed_trains_the_same_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advgame.lab.fitting.panel.PANEL_STEPS", 10)
    one, same, other = (train_panel(digits(), seed, torch.device("cpu")) for seed in (0, 0, 9))
    inputs = some_digits(20)[0]
    assert torch.equal(one.networks[0](inputs), same.networks[0](inputs))
    assert not torch.equal(one.networks[0](inputs), other.networks[0](inputs))


@pytest.mark.parametrize(
    ("norm", "shape", "message"),
    [
        ("L2", (1, 1, 8, 8), "'L2'; expected one of Linf, L0"),
        ("L0", (1, 64), "copy regions of images, but the inputs have the shape .1, 64."),
    ],
)
def test_what_cannot_be_changed_is_refused(norm: str, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(LabError, match=message):
        invariance_examples(torch.zeros(shape), torch.tensor([0]), digits_panel(), norm, 0.3)


def victim(network: nn.Module) -> Victim:
    return Victim(network, network, {PEOPLE: digits_panel()}, seed=0)


def test_an_attack_makes_one_set_of_examples_for_each_radius() -> None:
    inputs, labels = some_digits(60)
    for attack, radii in ((InvarianceLinf(), (0.2, 0.4)), (InvarianceL0(targets=1), (5, 15))):
        crafted = attack.craft(victim(trained()), inputs, labels, radii)
        for changed, radius in zip(crafted, radii, strict=True):
            assert changed.shape == inputs.shape
            assert (size(changed, inputs, str(attack.norm)) <= radius * (1 + 1e-5)).all()


def test_an_attack_prefers_what_the_network_does_not_follow() -> None:
    inputs, labels = some_digits()
    network = trained(seed=7)

    def followed(changed: torch.Tensor) -> float:
        verdict = digits_panel().new_meaning(inputs, changed, labels)
        there = verdict != NO_VERDICT
        return float((predictions(network, changed) == verdict)[there].float().mean())

    fixed = invariance_examples(inputs, labels, digits_panel(), "Linf", 0.4).inputs
    (adaptive,) = InvarianceLinf().craft(victim(network), inputs, labels, [0.4])
    assert followed(adaptive) <= followed(fixed)


def test_the_guard_counts_the_inputs_with_an_example_and_whether_the_network_follows() -> None:
    inputs, labels = some_digits()
    network = trained(seed=7)
    found = outcomes(InvarianceLinf(), victim(network), inputs, labels, [0.2, 0.4])
    for place, radius in enumerate((0.2, 0.4)):
        made = invariance_examples(inputs, labels, digits_panel(), "Linf", radius, network=network)
        assert found.counted[place].tolist() == made.succeeded.tolist()
        follows = (predictions(network, made.inputs) == made.labels)[made.succeeded]
        assert found.right[place][made.succeeded.numpy()].tolist() == follows.tolist()


def test_an_example_counts_whichever_network_it_was_made_on() -> None:
    inputs, labels = some_digits()
    crafted = InvarianceLinf().craft(victim(trained(seed=7)), inputs, labels, [0.4])
    own = outcomes(InvarianceLinf(), victim(trained()), inputs, labels, [0.4])
    moved = outcomes(InvarianceLinf(), victim(trained()), inputs, labels, [0.4], crafted)
    assert moved.counted.tolist() == own.counted.tolist()
    assert moved.right.sum() >= own.right.sum()


def test_an_attack_without_a_panel_says_what_is_missing() -> None:
    inputs, labels = some_digits(5)
    with pytest.raises(LabError, match=r"need a panel.*measuring_panel"):
        InvarianceLinf().craft(Victim(trained(), trained(), {}, 0), inputs, labels, [0.3])
    with pytest.raises(LabError, match=r"'targets'.*is 0"):
        InvarianceLinf(targets=0)


@pytest.fixture
def short_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advgame.lab.fitting.panel.PANEL_STEPS", 150)


@pytest.mark.usefixtures("short_panels")
def test_invariance_training_makes_a_network_follow_and_keeps_zeros() -> None:
    inputs, labels = some_digits(500)
    made = invariance_examples(inputs, labels, digits_panel(), "Linf", 0.4)
    network = trained()
    with torch.no_grad():
        network[2].weight[0] = 0
    hardened = InvarianceTraining(epochs=5, radius=0.4, searched=800).fit(network, task())
    assert (hardened[2].weight[0] == 0).all()
    assert not hardened.training
    found = made.succeeded
    before, after = (accuracy(net, made.inputs[found], made.labels[found]) for net in (trained(), hardened))
    assert after > before
    assert accuracy(hardened, inputs, labels) > 0.85


@pytest.mark.usefixtures("short_panels")
def test_both_at_once_stands_perturbations_that_invariance_training_alone_does_not() -> None:
    inputs, labels = some_digits()
    alone = InvarianceTraining(epochs=6, learning_rate=1e-2, radius=0.4, searched=500)
    both = replace(alone, perturbation_radius=0.15)
    standing = [
        accuracy(network, pgd(network, inputs, labels, 0.15), labels)
        for network in (defence.fit(fresh(), task()) for defence in (alone, both))
    ]
    assert standing[1] > standing[0] + 0.1


@pytest.mark.usefixtures("short_panels")
def test_where_no_meaning_can_be_changed_there_is_nothing_to_train_on() -> None:
    few = replace(
        digits(), train_inputs=digits().train_inputs[:300], train_labels=digits().train_labels[:300]
    )
    with pytest.raises(LabError, match=r"None of 300 training inputs of digits.*within 0\.001 in Linf"):
        InvarianceTraining(epochs=1, radius=0.001).fit(fresh(), Task(few, 0))
