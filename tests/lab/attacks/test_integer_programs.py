"""On a network of 64-64-32-10 rectified units, integer programs say which inputs an attack has to fell."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.evaluation.robust_accuracy import outcomes
from benchmarks.exact_robustness import can_be_changed, layers_of, trained

CHOSEN = [0, 1, 3, 5, 6, 7]  # that the programs decide quickly


@pytest.fixture(scope="module")
def given() -> tuple[torch.nn.Module, torch.Tensor, torch.Tensor]:
    network, inputs, labels = trained("standard", epochs=3)
    return network, inputs[CHOSEN], labels[CHOSEN]


@pytest.mark.parametrize(("name", "radius"), [("strongest_linf", 0.05), ("strongest_l1", 1.0)])
def test_what_stands_is_what_integer_programs_prove_robust(
    name: str, radius: float, given: tuple[torch.nn.Module, torch.Tensor, torch.Tensor]
) -> None:
    network, inputs, labels = given
    attack = ATTACKS[name]()
    stands = outcomes(attack, Victim(network, network, {}, 0), inputs, labels, [radius]).right[0]
    layers = layers_of(network)
    falls = [
        can_be_changed(layers, image.double().numpy().ravel(), int(label), str(attack.norm), radius)
        for image, label in zip(inputs, labels, strict=True)
    ]
    assert set(falls) == {True, False}
    assert (stands == ~np.array(falls)).all()


def test_a_network_whose_answer_is_known_in_closed_form() -> None:
    """Class 1 leads by |x − 0.5| − 0.3 over class 0, so a value at 0.5 falls at a radius just above 0.3."""
    layers = [
        (np.array([[1.0], [-1.0]]), np.array([-0.5, 0.5])),
        (np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0.3, 0.0])),
    ]
    for norm in ("Linf", "L1"):
        assert can_be_changed(layers, np.array([0.5]), 0, norm, 0.29) is False
        assert can_be_changed(layers, np.array([0.5]), 0, norm, 0.31) is True
