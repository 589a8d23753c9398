"""How often one of k tries succeeds, from outcomes of several tries on each case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from advgame.errors import InputError


@dataclass(frozen=True)
class HitRates:
    """How often at least one of k tries succeeds: as measured, and if tries were independent."""

    tries: tuple[int, ...]
    measured: tuple[float, ...]
    independent: tuple[float, ...]

    @property
    def dependence(self) -> float:
        """The measured rate over the independent one at the most tries, at most about 1; 1 where both are 0.

        Below 1, some cases are easy and others hopeless: repeated tries gain less than independent ones.
        """
        return self.measured[-1] / self.independent[-1] if self.independent[-1] else 1.0


def hit_rates(succeeded: ArrayLike, tries: Sequence[int] | None = None) -> HitRates:
    """The rate at which at least one of k tries succeeds, without bias from the n tries that were measured.

    1 − C(n − c, k) / C(n, k), averaged over cases, for c successes of a case.

    >>> rates = hit_rates([[1, 1, 1], [0, 0, 0]])
    >>> rates.measured, rates.independent
    ((0.5, 0.5, 0.5), (0.5, 0.75, 0.875))

    Args:
        succeeded: (cases, tries) 1 where the try succeeded.
        tries: numbers of tries; by default 1 up to those that were measured.

    Raises:
        InputError: for values other than 0 and 1, no cases, or more tries than were measured.
    """
    outcomes = np.asarray(succeeded, np.float64)
    if outcomes.ndim != 2 or 0 in outcomes.shape or not np.isin(outcomes, (0, 1)).all():
        raise InputError(f"The outcomes have shape {outcomes.shape}; expected 0 or 1 for each case and try.")
    most = outcomes.shape[1]
    wanted = tuple(range(1, most + 1)) if tries is None else tuple(tries)
    if not wanted or any(k < 1 or k > most for k in wanted):
        raise InputError(
            f"Rates of {wanted} tries are asked for, but {most} tries of each case were measured; ask for 1 "
            f"to {most}, or set tries in the scenario to assume independence."
        )
    counts = outcomes.sum(axis=1).astype(int).tolist()
    once = float(outcomes.mean())
    measured = [
        float(np.mean([1 - comb(most - count, k) / comb(most, k) for count in counts])) for k in wanted
    ]
    return HitRates(wanted, tuple(measured), tuple(1 - (1 - once) ** k for k in wanted))
