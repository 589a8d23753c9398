"""Signs that a defence only hides its gradients, so that its accuracy under white-box attack means little.

The three signs are those of Athalye, Carlini & Wagner 2018: an adversary who sees less does better than one
who sees all, examples made on another network do better than those made on this one, and an attack without
a bound does not succeed always. Each is tested on the outcomes of the same inputs, pair by pair.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.strongest import StrongestLinf
from advgame.lab.guard import outcomes

Outcomes = NDArray[np.bool_]  # (inputs,): still classified right

LEVEL = 0.01  # of the one-sided test that two attacks are equally strong
ANY_CHANGE = 1.0  # the L∞ radius within which every input in [0, 1] can become every other
STRAY_SHARE = 0.01  # of inputs that an unbounded attack may leave


def signs_of_obscurity(
    direct: Outcomes,
    *,
    black_box: Outcomes | None = None,
    transferred: Outcomes | None = None,
    unbounded: Outcomes | None = None,
    level: float = LEVEL,
) -> tuple[str, ...]:
    """What speaks against trusting the accuracy under a white-box attack, as warnings.

    Args:
        direct: under the strongest white-box attack within a radius.
        black_box: under an attack of the same norm and radius that only asks.
        transferred: under examples of the same norm and radius that were made on another network.
        unbounded: under a white-box attack that may change anything.
        level: of McNemar's exact one-sided test.

    >>> right, wrong = np.ones(40, bool), np.zeros(40, bool)
    >>> signs_of_obscurity(right, black_box=wrong)
    ('obscured: a black-box attack fools 40 inputs that the white-box attack misses; 0 the other way round',)
    >>> signs_of_obscurity(wrong, black_box=right, unbounded=wrong)
    ()

    Raises:
        LabError: for outcomes of different inputs, or of none.
    """
    found = []
    for who, other in (("a black-box attack", black_box), ("an attack made on another network", transferred)):
        if other is None:
            continue
        more, fewer = _disagreements(direct, other)
        if more and _sign_test(more, fewer) < level:
            found.append(
                f"obscured: {who} fools {more} inputs that the white-box attack misses; {fewer} the other "
                "way round"
            )
    if unbounded is not None and unbounded.mean() > STRAY_SHARE:
        found.append(
            f"obscured: {int(unbounded.sum())} of {len(unbounded)} inputs stay right under an attack that "
            "may change anything"
        )
    return tuple(found)


def left_without_bound(victim: Victim, inputs: torch.Tensor, labels: torch.Tensor) -> Outcomes:
    """Which inputs stay right although the attack may change every value to any other, (inputs,)."""
    left: Outcomes = outcomes(StrongestLinf(), victim, inputs, labels, [ANY_CHANGE]).right[0]
    return left


def _disagreements(direct: Outcomes, other: Outcomes) -> tuple[int, int]:
    """How many inputs only the other attack fools, and how many only the direct one."""
    if direct.shape != other.shape or direct.ndim != 1 or len(direct) == 0:
        raise LabError(
            f"Outcomes of the shapes {direct.shape} and {other.shape} cannot be paired; give those of the "
            "same inputs at one radius, at least one."
        )
    return int((direct & ~other).sum()), int((~direct & other).sum())


def _sign_test(more: int, fewer: int) -> float:
    """How likely at least so many disagreements are on one side, were both sides equally likely."""
    from scipy.stats import binomtest

    return float(binomtest(more, more + fewer, alternative="greater").pvalue)
