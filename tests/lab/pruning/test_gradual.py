"""Pruning during training follows its schedule, keeps zeros, and works with every training."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn

from advgame.errors import LabError, UnknownName
from advgame.lab.defences import DEFENCES
from advgame.lab.fitting.loop import Batch, Recipe, fit, plain_loss
from advgame.lab.fitting.task import Task
from advgame.lab.networks.complexity import parameters_left, parameters_total, prunable_layers
from advgame.lab.pruning.gradual import GradualPruning, _Schedule
from advgame.lab.pruning.magnitude import MagnitudePruning
from tests.lab.pruning.small_networks import accuracy, digits, fresh, task


def few(count: int = 256) -> Task:
    data = digits()
    return replace(
        task(),
        dataset=replace(data, train_inputs=data.train_inputs[:count], train_labels=data.train_labels[:count]),
    )


def test_sparsity_rises_as_the_cubic_of_zhu_and_gupta() -> None:
    gradual = GradualPruning(compression=5.0, begin=0.2, end=0.6)
    assert gradual.sparsity(0.1) == gradual.sparsity(0.2) == 0
    # s = s_f + (s_i − s_f)(1 − τ)³ with s_i = 0 and s_f = 0.8, at τ = 1/4, 1/2 and 3/4
    assert [gradual.sparsity(progress) for progress in (0.3, 0.4, 0.5)] == pytest.approx(
        [0.8 * (1 - 27 / 64), 0.8 * (1 - 1 / 8), 0.8 * (1 - 1 / 64)]
    )
    assert gradual.sparsity(0.6) == gradual.sparsity(1.0) == pytest.approx(0.8)


@pytest.mark.parametrize("structure", ["unstructured", "kernel"])
def test_the_network_shrinks_on_schedule_and_what_is_removed_stays_removed(
    structure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gradual = GradualPruning(compression=4.0, structure=structure, end=0.5, updates=1000, epochs=4)
    sizes: list[tuple[float, int]] = []
    zeros: list[torch.Tensor] = []

    def observed(batch: Batch) -> torch.Tensor:
        sizes.append((batch.progress, parameters_left(batch.network)))
        weights = [layer.weight.detach().flatten() for layer in prunable_layers(batch.network).values()]
        zeros.append(torch.cat(weights) == 0)
        return plain_loss(batch)

    monkeypatch.setattr("advgame.lab.training.standard.plain_loss", observed)
    network = gradual.fit(fresh(), few())
    before = parameters_total(fresh())
    for progress, left in sizes:
        assert left == pytest.approx(before * (1 - gradual.sparsity(progress)), abs=9)
    assert all(bool((late | ~early).all()) for early, late in pairwise(zeros))
    assert parameters_left(network) == pytest.approx(before / 4, abs=9)
    assert not network.training


def test_a_network_that_does_not_learn_is_pruned_as_afterwards() -> None:
    gradual = GradualPruning(compression=4.0, learning_rate=1e-20, epochs=1).fit(fresh(), few())
    afterwards = MagnitudePruning(compression=4.0, fine_tuning="none").fit(fresh(), few())
    for one, two in zip(gradual.parameters(), afterwards.parameters(), strict=True):
        assert torch.equal(one != 0, two != 0)
        assert torch.allclose(one, two)


@pytest.mark.parametrize(
    ("train", "settings"),
    [
        ("standard", {}),
        ("fast_training", {"radius": 0.05}),
        ("free_training", {"radius": 0.05}),
        ("noise_training", {"noise": 0.1}),
    ],
)
def test_it_composes_with_the_trainings(train: str, settings: dict[str, Any]) -> None:
    gradual = GradualPruning(compression=4.0, train=train, epochs=4, learning_rate=1e-2, **settings)
    network = gradual.fit(fresh(), few(512))
    assert parameters_left(network) == pytest.approx(parameters_total(fresh()) / 4, abs=9)
    assert accuracy(network) > 0.4


def test_the_same_seed_gives_the_same_network() -> None:
    gradual = GradualPruning(compression=4.0, epochs=1)
    one, two = gradual.fit(fresh(), few()), gradual.fit(fresh(), few())
    assert all(torch.equal(*pair) for pair in zip(one.parameters(), two.parameters(), strict=True))


def test_a_training_that_starts_again_starts_with_all_weights() -> None:
    calls: list[float] = []
    schedule_progress: list[int] = []

    class Diverges:
        first = True

        def loss(self, batch: Batch) -> torch.Tensor:
            calls.append(batch.progress)
            schedule_progress.append(parameters_left(batch.network))
            loss = plain_loss(batch)
            if self.first and batch.progress > 0.4:
                self.first = False
                return loss * float("nan")
            return loss

    gradual = GradualPruning(compression=4.0, epochs=2)
    schedule = _Schedule(gradual, parameters_total(fresh()), few())
    fit(fresh(), replace(few(), before_step=schedule), Recipe(2), Diverges().loss)
    again = calls.index(0.0, 1)
    assert schedule_progress[again] == schedule_progress[0] == parameters_total(fresh())


def test_it_is_a_defence_and_wrong_settings_are_refused() -> None:
    assert DEFENCES["gradual_pruning"] is GradualPruning
    with pytest.raises(LabError, match="expected the first to be smaller"):
        GradualPruning(begin=0.5, end=0.5)
    with pytest.raises(LabError, match="'structure' is 'filter'; expected one of unstructured, kernel"):
        GradualPruning(structure="filter")
    with pytest.raises(LabError, match="needs a training; use magnitude"):
        GradualPruning(train="none")
    with pytest.raises(UnknownName, match="did you mean"):
        GradualPruning(train="adversarial")
    with pytest.raises(LabError, match="no such setting"):
        GradualPruning(radius=0.1)
    with pytest.raises(LabError, match=r"cannot be reached.*Give at most"):
        GradualPruning(compression=1e4).fit(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), task())
