"""A defence that only hides its gradients is told from one that is robust."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from advgame.errors import LabError
from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.evaluation.gradient_masking import SIGN, Tried, signs_of_masking
from advgame.lab.evaluation.robust_accuracy import craft, outcomes
from tests.lab.conftest import Digits

ANY_CHANGE = 1.0


def tried(attack: str, right: np.ndarray, first: int = 0) -> Tried:
    """Outcomes on so many inputs in a row."""
    return Tried(attack, np.arange(first, first + len(right)), np.asarray(right))


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
    unbounded = outcomes(ATTACKS["strongest_linf"](), victim, inputs, labels, [ANY_CHANGE]).right[0]
    asking, moving, left = signs_of_masking(
        tried("direct", direct),
        black_box=[tried("square", black_box)],
        transferred=[tried("moved", transferred)],
        unbounded=[tried("strongest", unbounded)],
    )
    assert asking.startswith("gradient masking: of 50 inputs, square, a query attack, fools")
    assert moving.startswith("gradient masking: of 50 inputs, moved, crafted on another network, fools")
    assert left == f"{SIGN}: {unbounded.sum()} of 50 inputs withstand strongest, which may change anything"


def test_a_network_that_hides_nothing_shows_no_sign(digits: Digits) -> None:
    inputs, labels, radii = digits.inputs[:50], digits.labels[:50], [0.15]
    victim = Victim(digits.robust, digits.robust, {}, 0)
    direct = outcomes(ATTACKS["strongest_linf"](targets=1), victim, inputs, labels, radii).right[0]
    black_box = outcomes(ATTACKS["square"](queries=200), victim, inputs, labels, radii).right[0]
    unbounded = outcomes(ATTACKS["strongest_linf"](), victim, inputs, labels, [ANY_CHANGE]).right[0]
    assert not unbounded.any()
    signs = signs_of_masking(
        tried("direct", direct),
        black_box=[tried("square", black_box)],
        unbounded=[tried("strongest", unbounded)],
    )
    assert signs == ()


def test_a_difference_within_sampling_error_is_no_sign() -> None:
    direct, other = np.ones(20, bool), np.ones(20, bool)
    other[:6] = False  # only the other attack fools these: 1/64 by chance
    assert signs_of_masking(tried("direct", direct), black_box=[tried("square", other)]) == ()
    other[6] = False  # 1/128
    assert len(signs_of_masking(tried("direct", direct), black_box=[tried("square", other)])) == 1


def test_attacks_are_compared_on_their_common_inputs() -> None:
    direct = tried("direct", np.ones(20, bool))
    (said,) = signs_of_masking(direct, transferred=[tried("moved", np.zeros(20, bool), first=10)])
    assert said.startswith(
        "gradient masking: of 10 inputs, moved, crafted on another network, fools 10 that direct"
    )
    assert signs_of_masking(direct, transferred=[tried("moved", np.zeros(20, bool), first=20)]) == ()


def test_outcomes_that_do_not_fit_their_inputs_are_refused() -> None:
    with pytest.raises(LabError, match="one for each input"):
        Tried("direct", np.arange(5), np.ones(6, bool))
