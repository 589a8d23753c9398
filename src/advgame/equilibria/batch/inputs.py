"""Validates the payoff arrays of a batch, with error messages for invalid ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.arrays import FloatArray
from advgame.equilibria.batch.threads import on_all_cores
from advgame.errors import GameError
from advgame.games.game import LARGEST_WHOLE

PART = 1 << 19  # payoffs checked at a time, which bounds the additional memory


def payoff_array(name: str, given: ArrayLike) -> NDArray[Any]:
    """The numbers given, as they are, once their shape and kind are checked.

    Raises:
        GameError: for payoffs of another shape, or of a type that float64 does not hold.
    """
    try:
        payoffs = np.asarray(given)
    except (TypeError, ValueError):
        raise GameError(f"{name} is no array of numbers; give floats of shape (k, m, n).") from None
    if payoffs.ndim != 3 or 0 in payoffs.shape[1:]:
        raise GameError(
            f"{name} has shape {payoffs.shape}; expected (k, m, n) with at least one strategy of each player."
        )
    if payoffs.dtype.kind not in "iuf" or payoffs.dtype.itemsize > 8:
        raise GameError(
            f"{name} is no array of numbers that a float64 holds, but of {payoffs.dtype}; give floats or "
            "whole numbers. Fractions are solved exactly one game at a time, as Game(…)."
        )
    return payoffs


def floats(payoffs: NDArray[Any]) -> FloatArray:
    """The numbers in order, as the kernels read them; copied only where they are not.

    What cannot be written is copied, too: for such arrays all kernels would be compiled once more.
    """
    return np.require(payoffs, np.float64, ["C", "W"])


def refuse_infinite(a: NDArray[Any], b: NDArray[Any], before: int = 0) -> None:
    """Refuses payoffs that are no finite float64.

    Args:
        a, b: payoffs (k, m, n) of the defender and the attacker.
        before: the number of the first game.
    """
    for name, payoffs in (("defender_payoffs", a), ("attacker_payoffs", b)):
        size = max(1, PART // (payoffs.shape[1] * payoffs.shape[2]))

        def check(part: int, name: str = name, payoffs: NDArray[Any] = payoffs, size: int = size) -> None:
            _refuse_in(name, payoffs[part * size : (part + 1) * size], before + part * size)

        on_all_cores(check, -(-len(payoffs) // size))


def _refuse_in(name: str, part: NDArray[Any], before: int) -> None:
    if part.dtype.kind in "iu":
        wrong = (part > LARGEST_WHOLE) | (part < -LARGEST_WHOLE)
        wanted = f"whole numbers must be within ±{LARGEST_WHOLE:,}, or given as floats"
    elif _sums_to_a_number(part):
        return
    else:
        wrong, wanted = ~np.isfinite(part), "every payoff must be a finite number"
    if wrong.any():
        game, row, column = (int(index) for index in np.argwhere(wrong)[0])
        raise GameError(f"{name}[{before + game}, {row}, {column}] is {part[game, row, column]}; {wanted}.")


def _sums_to_a_number(part: NDArray[Any]) -> bool:
    """Whether all numbers are finite, seen at a glance: what is not shows in every sum."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(part.sum(dtype=np.float64)))
