"""A defence that only hides its gradients is told from one that is robust."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import numpy as np

from advgame.errors import LabError
from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.attacks.obscured import left_without_bound, signs_of_obscurity
from advgame.lab.guard import craft, outcomes
from tests.lab.attacks.conftest import Digits


class Rounded(torch.nn.Module):
    """A network behind 17 levels of grey: nearly as right, and without a gradient."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.network((inputs * 16).round() / 16)


def test_a_network_behind_rounding_shows_all_three_signs(digits: Digits) -> None:
    inputs, labels, radii = digits.inputs[:50], digits.labels[:50], [0.15]
    rounded = Rounded(digits.plain)
    victim = Victim(rounded, rounded, {}, 0)
    white = ATTACKS["apgd_ce"](steps=10)
    direct = outcomes(white, victim, inputs, labels, radii).right[0]
    black_box = outcomes(ATTACKS["square"](queries=200), victim, inputs, labels, radii).right[0]
    made = craft(white, Victim(digits.robust, digits.robust, {}, 0), inputs, labels, radii).crafted
    transferred = outcomes(white, victim, inputs, labels, radii, made).right[0]
    unbounded = left_without_bound(victim, inputs, labels)
    signs = signs_of_obscurity(direct, black_box=black_box, transferred=transferred, unbounded=unbounded)
    said = ["a black-box attack", "an attack made on another network", f"{unbounded.sum()} of 50 inputs"]
    assert [sign.startswith(f"obscured: {each}") for sign, each in zip(signs, said, strict=True)] == [
        True
    ] * 3


def test_a_network_that_hides_nothing_shows_no_sign(digits: Digits) -> None:
    inputs, labels, radii = digits.inputs[:50], digits.labels[:50], [0.15]
    victim = Victim(digits.robust, digits.robust, {}, 0)
    direct = outcomes(ATTACKS["strongest_linf"](targets=1), victim, inputs, labels, radii).right[0]
    black_box = outcomes(ATTACKS["square"](queries=200), victim, inputs, labels, radii).right[0]
    unbounded = left_without_bound(victim, inputs, labels)
    assert not unbounded.any()
    assert signs_of_obscurity(direct, black_box=black_box, unbounded=unbounded) == ()


def test_a_difference_within_sampling_error_is_no_sign() -> None:
    direct, other = np.ones(20, bool), np.ones(20, bool)
    other[:6] = False  # only the other attack fools these: 1/64 by chance
    assert signs_of_obscurity(direct, black_box=other) == ()
    other[6] = False  # 1/128
    assert len(signs_of_obscurity(direct, black_box=other)) == 1


@pytest.mark.parametrize(("direct", "other"), [(5, 6), (0, 0)])
def test_outcomes_that_cannot_be_paired_are_refused(direct: int, other: int) -> None:
    with pytest.raises(LabError, match="same inputs"):
        signs_of_obscurity(np.ones(direct, bool), transferred=np.ones(other, bool))
