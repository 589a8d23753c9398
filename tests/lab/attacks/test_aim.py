"""Classes tried in one batch have the outcomes of classes tried one after the other."""

from __future__ import annotations

import pytest
import torch

from advgame.lab.attacks import Victim, apgd
from advgame.lab.attacks.survivors import Survivors

CLASSES, TARGETS, VALUES, INPUTS = 6, 5, 8, 200
STEPS = torch.tensor([0.0, 0.15, 0.01, 0.1, 0.02, 0.05], dtype=torch.float64)  # towards each class


@pytest.mark.parametrize("classes_at_once", [1, 2, 3, 5])
def test_outcomes_are_those_of_class_after_class(
    classes_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = torch.Generator().manual_seed(4)
    weight = torch.randn(CLASSES, VALUES, generator=generator, dtype=torch.float64)
    inputs = 0.2 + 0.6 * torch.rand(INPUTS, VALUES, generator=generator, dtype=torch.float64)
    labels = (inputs @ weight.T).argmax(dim=1)

    def step(run: apgd.APGDAttack, _: Victim, some: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
        return some + STEPS[run.y_target, None] * (weight[run.y_target] - weight[goal]).sign()

    network = torch.nn.Linear(VALUES, CLASSES, bias=False, dtype=torch.float64)
    network.weight = torch.nn.Parameter(weight, requires_grad=False)
    monkeypatch.setattr(apgd, "_run", step)  # the ascent itself draws its starts at random
    monkeypatch.setattr(apgd, "SMALL_ENOUGH", classes_at_once * inputs.numel())
    survivors = Survivors(Victim(network, network, {}, 0), inputs, labels)
    apgd.aim(survivors, "Linf", 0.15, 1, TARGETS)

    places, by_rank = set(), [0] * TARGETS
    for place, (one, label) in enumerate(zip(inputs, labels.tolist(), strict=True)):
        targets = [other for other in network(one).argsort(descending=True).tolist() if other != label]
        tried = [one + STEPS[target] * (weight[target] - weight[label]).sign() for target in targets]
        fooling = [rank for rank, example in enumerate(tried) if network(example).argmax() != label]
        expected = tried[fooling[0]] if fooling else tried[0]
        assert torch.equal(survivors.changed[place], expected)
        if fooling:
            by_rank[fooling[0]] += 1
        else:
            places.add(place)
    assert set(survivors.places.tolist()) == places
    assert places
    assert sum(count > 0 for count in by_rank) > 2  # inputs fall at different classes
