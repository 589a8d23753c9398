"""On a network of 64-64-32-10 rectified units, integer programs say which inputs an attack has to fell."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
import torch

from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.evaluation.robust_accuracy import outcomes
from benchmarks.exact_robustness import can_be_changed, layers_of, trained, upper_bounds

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


@pytest.mark.parametrize("norm", ["Linf", "L1"])
@pytest.mark.parametrize("seed", range(5))
def test_bounds_hold_for_every_change_within_the_ball_and_are_reached_by_linear_networks(
    norm: str, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    sizes = [6, 5, 4, 3]
    layers = [
        (generator.normal(size=(after, before)), generator.normal(size=after))
        for before, after in pairwise(sizes)
    ]
    image, radius = generator.random(6), 0.4
    changes = generator.uniform(-1, 1, (2000, 6))
    length = np.abs(changes).max(axis=1) if norm == "Linf" else np.abs(changes).sum(axis=1)
    points = np.clip(image + radius * changes / length[:, None], 0, 1)
    bounds: list[tuple[np.ndarray, np.ndarray]] = []
    for place, (weight, bias) in enumerate(layers):
        given = layers[:place], bounds
        high = upper_bounds(*given, weight, bias, image, norm, radius)
        low = -upper_bounds(*given, -weight, -bias, image, norm, radius)
        sums = points @ weight.T + bias
        assert (sums <= high + 1e-9).all()
        assert (sums >= low - 1e-9).all()
        bounds.append((low, high))
        points = np.maximum(sums, 0)
    weight, bias = layers[0]
    corners = [np.clip(image + change, 0, 1) for change in extreme_changes(6, norm, radius)]
    reached = np.max([weight @ corner + bias for corner in corners], axis=0)
    high = upper_bounds([], [], weight, bias, image, norm, radius)
    assert (reached <= high + 1e-9).all()
    if norm == "Linf":
        np.testing.assert_allclose(reached, high)


def extreme_changes(size: int, norm: str, radius: float) -> list[np.ndarray]:
    """The corners of the ball."""
    if norm == "Linf":
        return [radius * np.array(signs) for signs in product((-1.0, 1.0), repeat=size)]
    return [sign * radius * row for row in np.eye(size) for sign in (-1.0, 1.0)]
