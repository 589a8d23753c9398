"""Which games of a batch have payoffs far from zero, compared with what they range over."""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit


@njit(nogil=True, error_model="numpy")
def far_from_zero(payoffs, first, last, whole, turned, far, marked):
    """Marks the games a column of which is at least ``far`` times as large as the largest range of one.

    Args:
        payoffs: (k, m, n).
        first, last: the games looked at.
        whole: all payoffs of a game are taken for one column.
        turned: rows are looked at in place of columns.
        far: how many times.
        marked: (k,) where it is written.
    """
    _, rows, columns = payoffs.shape
    outer, inner = (rows, columns) if turned else (columns, rows)
    for game in range(first, last):
        size = reach = 0.0
        low, high = np.inf, -np.inf
        for k in range(outer):
            if not whole:
                low, high = np.inf, -np.inf
            for other in range(inner):
                value = payoffs[game, k, other] if turned else payoffs[game, other, k]
                low, high = min(low, value), max(high, value)
            if not whole or k == outer - 1:
                size = max(size, -low, high)
                reach = max(reach, high / 2 - low / 2)
        marked[game] = size > 0 and size / 2 / far >= reach
