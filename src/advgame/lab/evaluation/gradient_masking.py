"""Signs of gradient masking (obfuscated gradients), which make white-box accuracy unreliable.

The three signs are those of Athalye, Carlini & Wagner 2018: a query attack is stronger than a white-box
attack, transferred examples are stronger than white-box ones, and an unbounded attack does not always
succeed. Each is tested on paired outcomes of the same inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.errors import LabError

SIGN = "gradient masking"  # how every such warning begins
LEVEL = 0.01  # of the one-sided test that two attacks are equally strong
STRAY_SHARE = 0.01  # of inputs that an unbounded attack may leave


@dataclass(frozen=True, eq=False)
class Tried:
    """Which inputs are still classified right under one attack, within one radius.

    Raises:
        LabError: where places and outcomes are not as many.
    """

    attack: str  # its name in the experiment
    inputs: NDArray[np.int64]  # (inputs,) places in the test set
    right: NDArray[np.bool_]  # (inputs,)

    def __post_init__(self) -> None:
        if self.inputs.shape != self.right.shape or self.right.ndim != 1:
            raise LabError(
                f"Outcomes of the shape {self.right.shape} do not fit places of the shape "
                f"{self.inputs.shape}; give one for each input."
            )


def signs_of_masking(
    direct: Tried,
    *,
    black_box: Sequence[Tried] = (),
    transferred: Sequence[Tried] = (),
    unbounded: Sequence[Tried] = (),
    level: float = LEVEL,
) -> tuple[str, ...]:
    """Signs that the accuracy under a white-box attack is only apparent, as warnings.

    Two attacks are compared on the inputs common to both; a pair without any gives no warning.

    Args:
        direct: the strongest white-box attack within a radius.
        black_box: query attacks of the same norm and radius.
        transferred: examples of the same norm and radius that were crafted on other networks.
        unbounded: white-box attacks that may change anything.
        level: of McNemar's exact one-sided test.

    >>> places = np.arange(40)
    >>> all_stand = Tried("pgd", places, np.ones(40, bool))
    >>> none_stands = Tried("square", places, np.zeros(40, bool))
    >>> (sign,) = signs_of_masking(all_stand, black_box=[none_stands])
    >>> sign.partition(": ")[2]
    'of 40 inputs, square, a query attack, fools 40 that pgd does not, and misses 0 that it fools'
    >>> signs_of_masking(none_stands, black_box=[all_stand], unbounded=[none_stands])
    ()
    """
    return (
        *_beaten(direct, black_box, "a query attack", level),
        *_beaten(direct, transferred, "crafted on another network", level),
        *_left_standing(unbounded),
    )


def _beaten(direct: Tried, rivals: Sequence[Tried], how: str, level: float) -> Iterator[str]:
    """A warning for each attack that significantly often fools inputs that the direct one misses."""
    for rival in rivals:
        shared, direct_places, rival_places = np.intersect1d(direct.inputs, rival.inputs, return_indices=True)
        direct_right, rival_right = direct.right[direct_places], rival.right[rival_places]
        more, fewer = int((direct_right & ~rival_right).sum()), int((~direct_right & rival_right).sum())
        if more and _sign_test(more, fewer) < level:
            yield (
                f"{SIGN}: of {len(shared)} inputs, {rival.attack}, {how}, fools {more} that "
                f"{direct.attack} does not, and misses {fewer} that it fools"
            )


def _left_standing(unbounded: Sequence[Tried]) -> Iterator[str]:
    for attack in unbounded:
        left, tested = int(attack.right.sum()), len(attack.right)
        if left > STRAY_SHARE * tested:
            yield f"{SIGN}: {left} of {tested} inputs withstand {attack.attack}, which may change anything"


def _sign_test(more: int, fewer: int) -> float:
    """How likely at least so many disagreements are on one side, were both sides equally likely."""
    from scipy.stats import binomtest

    return float(binomtest(more, more + fewer, alternative="greater").pvalue)
