"""Detection of rank-1 games from their payoffs: a fast method whose result is checked.

Row effects in the attacker's payoffs and column effects in the defender's change no best response, and so
neither does what cancels in Δx_ij = x_ij − x_i0 − x_0j + x_00. The game is of rank 1 iff there is t > 0 such
that Δa + t Δb is a column times a row. Two rows suffice to find t, one column and one row then give the
factors, and one pass over the payoffs checks the residue. Where the check is not conclusive, the
slower method decides.
"""

from __future__ import annotations

import numpy as np

from advgame.equilibria.kernels.careful_rank_one_detection import centred, find_ratio, worst_place
from advgame.equilibria.kernels.compiling import part
from advgame.equilibria.kernels.simd4 import (
    WIDTH,
    larger,
    largest,
    load,
    padded,
    sizes,
    smaller,
    smallest,
    spread,
    store,
)

CLEAN = 1e-12  # of the smaller matrix: what the quick way may leave
USUAL = 1e-60, 1e60  # sizes of payoffs whose fourth powers are numbers

# The lines of a space: Δ of two rows, the minors of their columns, and the right factor. Columns stand in
# them in the order in which four at a time are loaded: place 4 k + l holds column min(4 k, n − 4) + l.
FIRST_A, FIRST_B, SECOND_A, SECOND_B, MINORS, RIGHT = range(6)


@part(allocates=True)
def lines_for(n):
    """Work space for games of n attacks."""
    return np.empty((6, padded(n)))


@part(error_model="numpy")
def rank_one_form(a, b, idle, slope, intensity, left, lines):
    """Writes the rank-1 form of a game, scaled so that its costs are of size 1.

    Args:
        a, b: payoffs (defences, attacks).
        idle, slope, intensity: the form: (defences,), (defences,), (attacks,).
        left, lines: space of shape (defences,), and ``lines_for`` the attacks.

    Returns:
        g > 0 such that Q = g b, the defence that is best at μ = 0 against its worst attack, what the payoffs
        differ from the form by, and the ranges of both payoffs; g = 0 for a game that is not of rank 1.
    """
    m, n = a.shape
    for attempt in range(min(m - 2, 2) if n >= WIDTH else 0):
        first, second = (m - 1, m // 2) if attempt == 0 else (1, m - 2)
        differences(a, first, lines, FIRST_A)
        differences(b, first, lines, FIRST_B)
        differences(a, second, lines, SECOND_A)
        differences(b, second, lines, SECOND_B)
        ratio, size, opposed = candidate(n, lines)
        if ratio > 0:
            place, over = right_factor(ratio, opposed, lines)
            left_factor(a, b, ratio, column_at(place, n), over, idle, left)
            worst, low_a, high_a, low_b, high_b = remainder(a, b, ratio, idle, left, lines, slope)
            if worst <= CLEAN * size:
                gain, row = scaled(ratio, left, lines, low_b, high_b, idle, slope, intensity)
                return gain, row, worst * gain / ratio, high_a - low_a, high_b - low_b
    return careful_form(a, b, idle, slope, intensity, left, lines)


@part(error_model="numpy")
def known_form(a, b, ratio, shares, idle, slope, intensity, left, lines):
    """What ``rank_one_form`` writes and returns, for a game whose structure is known.

    Δa + t Δb is held to be a column times the differences of the shares; where the payoffs say otherwise,
    they alone are asked.

    Args:
        ratio: t.
        shares: p (attacks,).
        a, b, idle, slope, intensity, left, lines: as for ``rank_one_form``.
    """
    m, n = a.shape
    if n >= WIDTH and ratio > 0:
        differences(a, m - 1, lines, FIRST_A)
        differences(b, m - 1, lines, FIRST_B)
        size_a, size_b = spread(0.0), spread(0.0)
        for k in range(0, lines.shape[1], WIDTH):
            size_a = larger(size_a, sizes(load(lines, FIRST_A, k)))
            size_b = larger(size_b, sizes(load(lines, FIRST_B, k)))
        far = 0
        for j in range(n):
            far = j if abs(shares[j] - shares[0]) > abs(shares[far] - shares[0]) else far
        over = 1.0 / (shares[far] - shares[0]) if shares[far] != shares[0] else 0.0
        for k in range(lines.shape[1]):
            lines[RIGHT, k] = (shares[column_at(k, n)] - shares[0]) * over
        left_factor(a, b, ratio, far, over, idle, left)
        worst, low_a, high_a, low_b, high_b = remainder(a, b, ratio, idle, left, lines, slope)
        size = min(largest(size_a), ratio * largest(size_b))
        if size > 0 and worst <= CLEAN * size:
            gain, row = scaled(ratio, left, lines, low_b, high_b, idle, slope, intensity)
            return gain, row, worst * gain / ratio, high_a - low_a, high_b - low_b
    return rank_one_form(a, b, idle, slope, intensity, left, lines)


@part(forceinline=True)
def column_at(place, n):
    """The column at a position of a line."""
    if n < WIDTH:
        return min(place, n - 1)
    before = padded(n) - WIDTH
    return place if place < before else n - WIDTH + place - before


@part(error_model="numpy", forceinline=True)
def differences(payoffs, row, lines, line):
    """Writes Δ of a row into a line.

    Args:
        payoffs: (defences, attacks) payoffs of one player.
        row: the row that is compared with row 0.
        lines: (6, places) of which one line is written in place.
        line: that line.
    """
    n = payoffs.shape[1]
    level = spread(payoffs[row, 0] - payoffs[0, 0])
    for k in range(0, n, WIDTH):
        j = min(k, n - WIDTH)
        store((load(payoffs, row, j) - load(payoffs, 0, j)) - level, lines, line, k)


@part(error_model="numpy", forceinline=True)
def candidate(n, lines):
    """The t for which two rows of Δa + t Δb are of rank 1.

    Returns:
        t, 0 where there is none; a size of Δa or t Δb, whichever is smaller; and whether Δa + t Δb vanishes
        on both rows.
    """
    width = lines.shape[1]
    size_a, size_b, rest = spread(0.0), spread(0.0), spread(0.0)
    for k in range(0, width, WIDTH):
        size_a = larger(size_a, sizes(load(lines, FIRST_A, k)))
        size_b = larger(size_b, sizes(load(lines, FIRST_B, k)))
        rest = larger(rest, larger(sizes(load(lines, SECOND_A, k)), sizes(load(lines, SECOND_B, k))))
    most_a, most_b = largest(size_a), largest(size_b)
    if not (USUAL[0] < min(most_a, most_b) and max(max(most_a, most_b), largest(rest)) < USUAL[1]):
        return 0.0, 0.0, False
    j = 0
    for k in range(width):
        j = k if abs(lines[FIRST_B, k]) == most_b else j
    ratio = -lines[FIRST_A, j] / lines[FIRST_B, j]
    left, minor, ratio_lanes = spread(0.0), spread(0.0), spread(ratio)
    first, second = spread(lines[FIRST_B, j]), spread(lines[SECOND_B, j])
    for k in range(0, width, WIDTH):
        one, other = load(lines, FIRST_B, k), load(lines, SECOND_B, k)
        left = larger(left, sizes(load(lines, FIRST_A, k) + ratio_lanes * one))
        left = larger(left, sizes(load(lines, SECOND_A, k) + ratio_lanes * other))
        value = sizes(first * other - one * second)
        minor = larger(minor, value)
        store(value, lines, MINORS, k)
    if ratio > 0 and largest(left) <= CLEAN * most_a:
        return ratio, most_a, True
    most, k = largest(minor), 0
    for c in range(width):
        k = c if lines[MINORS, c] == most else k
    square = minor_of(lines, FIRST_B, FIRST_B, j, k)
    linear = minor_of(lines, FIRST_A, FIRST_B, j, k) + minor_of(lines, FIRST_B, FIRST_A, j, k)
    constant = minor_of(lines, FIRST_A, FIRST_A, j, k)
    root = np.sqrt(max(linear * linear - 4 * square * constant, 0.0))
    half = -(linear + (root if linear >= 0 else -root)) / 2
    one, two = half / square, constant / half
    one, two = (one if 0 < one < np.inf else 0.0), (two if 0 < two < np.inf else 0.0)
    third = 1  # the first columns stand in their own places
    while third == column_at(j, n) or third == column_at(k, n):
        third += 1
    if one == 0.0 or (two > 0.0 and beside(lines, two, j, third) < beside(lines, one, j, third)):
        one = two
    return one, min(most_a, one * most_b), False


@part(error_model="numpy", forceinline=True)
def minor_of(lines, first, second, j, k):
    """The minor of a first row of Δa or Δb and a second row of Δa or Δb in two columns.

    Args:
        lines: (6, places) space as from ``lines_for``: see FIRST_A to RIGHT.
        first: FIRST_A or FIRST_B.
        second: FIRST_A or FIRST_B; the second row of this matrix is taken.
        j, k: the two places.
    """
    return lines[first, j] * lines[second + 2, k] - lines[first, k] * lines[second + 2, j]


@part(error_model="numpy", forceinline=True)
def beside(lines, ratio, j, third):
    """The minor of Δa + t Δb in two columns, relative to its two products.

    Args:
        lines: (6, places) space as from ``lines_for``: see FIRST_A to RIGHT.
        ratio: t, the factor of b.
        j, third: the two places.
    """
    one, other = (
        lines[FIRST_A, j] + ratio * lines[FIRST_B, j],
        lines[SECOND_A, j] + ratio * lines[SECOND_B, j],
    )
    first = one * (lines[SECOND_A, third] + ratio * lines[SECOND_B, third])
    second = other * (lines[FIRST_A, third] + ratio * lines[FIRST_B, third])
    return abs(first - second) / (abs(first) + abs(second))


@part(error_model="numpy", forceinline=True)
def right_factor(ratio, opposed, lines):
    """Writes the first row of Δa + t Δb over its entry that is largest in size, or zeros if ``opposed``.

    Args:
        ratio: t, the factor of b.
        opposed: whether Δa + t Δb vanishes.
        lines: (6, places) of which RIGHT is written in place.

    Returns:
        The place of that entry, and its inverse; 0 for the inverse of 0.
    """
    most, ratio_lanes, width = spread(0.0), spread(ratio), lines.shape[1]
    for k in range(0, width, WIDTH):
        value = load(lines, FIRST_A, k) + ratio_lanes * load(lines, FIRST_B, k)
        store(value, lines, RIGHT, k)
        most = larger(most, sizes(value))
    size, j = largest(most), 0
    for k in range(width):
        j = k if abs(lines[RIGHT, k]) == size else j
    over = 0.0 if opposed or size == 0.0 else 1.0 / lines[RIGHT, j]
    share = spread(over)
    for k in range(0, width, WIDTH):
        store(load(lines, RIGHT, k) * share, lines, RIGHT, k)
    return j, over


@part(error_model="numpy", forceinline=True)
def left_factor(a, b, ratio, j, over, level, left):
    """Writes what rows of a + t b have more than the first: in column 0, and from there to column j.

    The latter is 0 where ``over`` is.

    Args:
        a, b: (defences, attacks) payoffs to defender and attacker.
        ratio: t, the factor of b.
        j: the column of the largest entry of the right factor.
        over: the inverse of that entry, 0 where the factor is 0.
        level: (defences,) written in place: the part in column 0.
        left: (defences,) written in place: the left factor.
    """
    for i in range(a.shape[0]):
        level[i] = (a[i, 0] - a[0, 0]) + ratio * (b[i, 0] - b[0, 0])
        beyond = (a[i, j] - a[0, j]) + ratio * (b[i, j] - b[0, j]) - level[i]
        left[i] = beyond if over != 0.0 else 0.0


@part(error_model="numpy", forceinline=True)
def remainder(a, b, ratio, level, left, lines, top):
    """The most that Δa + t Δb differs by from the product, and the extremes of both payoffs.

    The most that the attacker earns against every defence is written into ``top``.

    Args:
        a, b: (defences, attacks) payoffs to defender and attacker.
        ratio: t, the factor of b.
        level: (defences,) the part in column 0.
        left: (defences,) the left factor.
        lines: (6, places) space as from ``lines_for``: see FIRST_A to RIGHT.
        top: (defences,) written in place.
    """
    m, n = a.shape
    low_a = high_a = load(a, 0, 0)
    low_b = high_b = load(b, 0, 0)
    worst, ratio_lanes = spread(0.0), spread(ratio)
    for i in range(m):
        more, share, most = spread(level[i]), spread(left[i]), load(b, i, 0)
        for k in range(0, n, WIDTH):
            j = min(k, n - WIDTH)
            from_a, from_b = load(a, i, j), load(b, i, j)
            low_a, high_a = smaller(low_a, from_a), larger(high_a, from_a)
            low_b, most = smaller(low_b, from_b), larger(most, from_b)
            value = (from_a - load(a, 0, j)) + ratio_lanes * (from_b - load(b, 0, j))
            worst = larger(worst, sizes(value - more - share * load(lines, RIGHT, k)))
        high_b = larger(high_b, most)
        top[i] = largest(most)
    return largest(worst), smallest(low_a), largest(high_a), smallest(low_b), largest(high_b)


@part(error_model="numpy", forceinline=True)
def scaled(ratio, left, lines, low_b, high_b, idle, slope, intensity):
    """Writes the form in units of its largest cost.

    Args:
        ratio: t.
        left, lines: the factors, the right one among the lines.
        low_b, high_b: the extremes of the attacker's payoffs.
        idle: what the defender gains, by defence, where the right factor is 0; replaced by the idle cost.
        slope: the most that the attacker earns, by defence; replaced by the cost per intensity.
        intensity: written.

    Returns:
        g such that Q = g b, and the defence that is best at μ = 0 against its worst attack.
    """
    m, n, width = len(left), len(intensity), lines.shape[1]
    low, high = load(lines, RIGHT, 0), load(lines, RIGHT, 0)
    for k in range(0, width, WIDTH):
        low, high = smaller(low, load(lines, RIGHT, k)), larger(high, load(lines, RIGHT, k))
    lowest = smallest(low)
    reach = largest(high) - lowest
    low_i = low_s = np.inf
    high_i = high_s = -np.inf
    for i in range(m):
        cost = -(idle[i] + left[i] * lowest)
        idle[i] = cost
        low_i, high_i = smaller(low_i, cost), larger(high_i, cost)
        low_s, high_s = smaller(low_s, left[i]), larger(high_s, left[i])
    unit = 1.0 / max(ratio * (high_b - low_b), max(high_i - low_i, (high_s - low_s) * reach))
    gain, per = ratio * unit, -reach * unit
    best, row = np.inf, 0
    for i in range(m):
        idle[i] *= unit
        cost = slope[i] * gain + idle[i]
        row = i if cost < best else row
        best = smaller(best, cost)
        slope[i] = left[i] * per
    over = 1.0 / reach if reach > 0 else 0.0
    for k in range(width):
        intensity[column_at(k, n)] = (lines[RIGHT, k] - lowest) * over
    return gain, row


@part(error_model="numpy", allocates=True)
def careful_form(a, b, idle, slope, intensity, left, lines):
    """As ``rank_one_form``, by the slower method.

    Args:
        a, b: (defences, attacks) payoffs to defender and attacker.
        idle, slope, intensity: the form, written in place: (defences,), (defences,), (attacks,).
        left: (defences,) space.
        lines: space as from ``lines_for``.
    """
    m, n = a.shape
    unit_a, unit_b, right = np.empty((m, n)), np.empty((m, n)), np.empty(n)
    scale_a, scale_b = centred(a, unit_a), centred(b, unit_b)
    ratio = find_ratio(unit_a, unit_b, left, right)
    if ratio <= 0:
        return 0.0, 0, 0.0, 0.0, 0.0
    r, c = worst_place(unit_a, unit_b, ratio, left, right)
    worst = abs(unit_a[r, c] + ratio * unit_b[r, c] - left[r] * right[c])
    ratio *= scale_b
    low_a = high_a = a[0, 0]
    low_b = high_b = b[0, 0]
    for i in range(m):
        mean, most = 0.0, b[i, 0]
        for j in range(n):
            mean += scale_a * a[i, j] + ratio * b[i, j]
            most = max(most, b[i, j])
            low_a, high_a = min(low_a, a[i, j]), max(high_a, a[i, j])
            low_b, high_b = min(low_b, b[i, j]), max(high_b, b[i, j])
        idle[i], slope[i] = mean / n, most
    for k in range(lines.shape[1]):
        lines[RIGHT, k] = right[column_at(k, n)]
    gain, row = scaled(ratio, left, lines, low_b, high_b, idle, slope, intensity)
    return gain, row, worst * gain / ratio, high_a - low_a, high_b - low_b
