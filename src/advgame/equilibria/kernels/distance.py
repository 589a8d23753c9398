"""Which games have payoffs that are large compared with their range."""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.compiling import njit, part
from advgame.equilibria.kernels.simd4 import WIDTH, larger, largest, load, sizes, smaller, spread
from advgame.games.tolerances import FAR


@njit(nogil=True, error_model="numpy")
def far_from_zero(payoffs, first, last, whole, turned, marked):
    """Marks the games of which ``is_far`` is true.

    Args:
        payoffs: (k, m, n).
        first, last: the games looked at.
        whole, turned: as for ``is_far``.
        marked: (k,) where it is written.
    """
    for game in range(first, last):
        marked[game] = is_far(payoffs[game], whole, turned)


@part(error_model="numpy", forceinline=True)
def is_far(payoffs, whole, turned):
    """Whether a column is at least ``FAR`` times as large as the largest range of a column.

    Args:
        payoffs: (m, n) of one game.
        whole: whether all payoffs are taken for one column.
        turned: whether rows are looked at in place of columns.
    """
    size = largest_size(payoffs) / 2 / FAR
    # The range of the first column is nearly always enough to tell.
    some = reach_of(payoffs, 0, turned)
    return size > 0.0 and size >= some and size >= largest_reach(payoffs, whole, turned)


@part(error_model="numpy", forceinline=True)
def largest_size(payoffs):
    """The largest absolute value of the payoffs."""
    rows, columns = payoffs.shape
    size = 0.0
    if columns < WIDTH:
        for i in range(rows):
            for j in range(columns):
                size = larger(size, abs(payoffs[i, j]))
        return size
    most = spread(0.0)
    for i in range(rows):
        row = spread(0.0)  # of a row, so that rows need not wait for each other
        for k in range(0, columns, WIDTH):
            row = larger(row, sizes(load(payoffs, i, min(k, columns - WIDTH))))
        most = larger(most, row)
    return largest(most)


@part(error_model="numpy", forceinline=True)
def reach_of(payoffs, k, turned):
    """Half the range of a column's payoffs; halves cannot overflow.

    Args:
        payoffs: (m, n) of one game.
        k: the column, or the row if ``turned``.
        turned: whether rows are looked at.
    """
    low, high = np.inf, -np.inf
    for other in range(payoffs.shape[1] if turned else payoffs.shape[0]):
        value = payoffs[k, other] if turned else payoffs[other, k]
        low, high = smaller(low, value), larger(high, value)
    return high / 2 - low / 2


@part(error_model="numpy")
def largest_reach(payoffs, whole, turned):
    """Half of the largest range of a column, or of all payoffs of the game.

    Args:
        payoffs: (m, n) of one game.
        whole: whether all payoffs are taken for one column.
        turned: whether rows are looked at in place of columns.
    """
    rows, columns = payoffs.shape
    reach, low, high = 0.0, np.inf, -np.inf
    for k in range(rows if turned else columns):
        reach = larger(reach, reach_of(payoffs, k, turned))
    if whole:
        for i in range(rows):
            for j in range(columns):
                low, high = smaller(low, payoffs[i, j]), larger(high, payoffs[i, j])
        reach = high / 2 - low / 2
    return reach
