"""What makes a game of adversary and defender easy, read off its bare payoffs: quickly, and then checked.

Row effects in the adversary's payoffs and column effects in the defender's change no best reply, and so
neither does what cancels in Δx_ij = x_ij − x_i0 − x_0j + x_00. The game is of rank 1 iff there is t > 0 such
that Δa + t Δb is a column times a row. Two rows suffice to find t, one column and one row then give the
factors, and one pass over the payoffs tells whether nothing else is left. Where that pass is not clean, the
careful way decides.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from advgame.equilibria.kernels.careful_detection import centred, find_ratio
from advgame.equilibria.kernels.quads import (
    WIDTH,
    larger,
    largest,
    load,
    sizes,
    smaller,
    smallest,
    spread,
    store,
)

CLEAN = 1e-12  # of the smaller matrix: what the quick way may leave
USUAL = 1e-60, 1e60  # sizes of payoffs whose fourth powers are numbers

# The lines of a space of shape (6, attacks): Δ of two rows, the minors of their columns, and the right factor.
FIRST_A, FIRST_B, SECOND_A, SECOND_B, MINORS, RIGHT = range(6)


@njit(cache=True, error_model="numpy")
def rank_one_form(a, b, idle, slope, intensity, left, lines):
    """Writes the rank-1 form of a game, scaled so that its costs are of size 1.

    Args:
        a, b: payoffs (defences, attacks).
        idle, slope, intensity: the form: (defences,), (defences,), (attacks,).
        left, lines: space of shapes (defences,) and (6, attacks).

    Returns:
        g > 0 such that Q = g b, the defence that is best at μ = 0 against its worst attack, and the
        ranges of both payoffs; g = 0 for a game that is not of rank 1.
    """
    m, n = a.shape
    if m > 2 and n >= WIDTH:
        differences(a, m - 1, lines, FIRST_A)
        differences(b, m - 1, lines, FIRST_B)
        differences(a, m // 2, lines, SECOND_A)
        differences(b, m // 2, lines, SECOND_B)
        ratio, size_a, size_b, opposed = candidate(lines)
        if ratio > 0 and factors(a, b, ratio, opposed, left, lines):
            worst, low_a, high_a, low_b, high_b = remainder(a, b, ratio, left, lines, slope)
            if worst <= CLEAN * min(size_a, ratio * size_b):
                for i in range(m):
                    idle[i] = (a[i, 0] - a[0, 0]) + ratio * (b[i, 0] - b[0, 0])
                gain, row = scaled(ratio, left, lines, low_b, high_b, idle, slope, intensity)
                return gain, row, high_a - low_a, high_b - low_b
    return careful_form(a, b, idle, slope, intensity, left, lines)


@njit(cache=True, error_model="numpy", forceinline=True)
def differences(payoffs, row, lines, line):
    """Writes Δ of a row into a line."""
    level = payoffs[row, 0] - payoffs[0, 0]
    for j in range(payoffs.shape[1]):
        lines[line, j] = (payoffs[row, j] - payoffs[0, j]) - level


@njit(cache=True, error_model="numpy", forceinline=True)
def candidate(lines):
    """The t for which two rows of Δa + t Δb are of rank 1.

    Returns:
        t, 0 where there is none; sizes of Δa and Δb; and whether Δa + t Δb vanishes on both rows.
    """
    n = lines.shape[1]
    size_a, size_b, rest = spread(0.0), spread(0.0), spread(0.0)
    for k in range(0, n + WIDTH - 1, WIDTH):
        k = min(k, n - WIDTH)
        size_a = larger(size_a, sizes(load(lines, FIRST_A, k)))
        size_b = larger(size_b, sizes(load(lines, FIRST_B, k)))
        rest = larger(rest, larger(sizes(load(lines, SECOND_A, k)), sizes(load(lines, SECOND_B, k))))
    most_a, most_b = largest(size_a), largest(size_b)
    if not (USUAL[0] < min(most_a, most_b) and max(max(most_a, most_b), largest(rest)) < USUAL[1]):
        return 0.0, most_a, most_b, False
    j = 0
    for k in range(n):
        j = k if abs(lines[FIRST_B, k]) == most_b else j
    ratio = -lines[FIRST_A, j] / lines[FIRST_B, j]
    left, minor, each = spread(0.0), spread(0.0), spread(ratio)
    first, second = spread(lines[FIRST_B, j]), spread(lines[SECOND_B, j])
    for k in range(0, n + WIDTH - 1, WIDTH):
        k = min(k, n - WIDTH)
        one, other = load(lines, FIRST_B, k), load(lines, SECOND_B, k)
        left = larger(left, sizes(load(lines, FIRST_A, k) + each * one))
        left = larger(left, sizes(load(lines, SECOND_A, k) + each * other))
        value = sizes(first * other - one * second)
        minor = larger(minor, value)
        store(value, lines, MINORS, k)
    if ratio > 0 and largest(left) <= CLEAN * most_a:
        return ratio, most_a, most_b, True
    most = largest(minor)
    k = 0
    for c in range(n):
        k = c if lines[MINORS, c] == most else k
    square = minor_of(lines, FIRST_B, FIRST_B, j, k)
    linear = minor_of(lines, FIRST_A, FIRST_B, j, k) + minor_of(lines, FIRST_B, FIRST_A, j, k)
    constant = minor_of(lines, FIRST_A, FIRST_A, j, k)
    root = np.sqrt(max(linear * linear - 4 * square * constant, 0.0))
    half = -(linear + (root if linear >= 0 else -root)) / 2
    one, two = half / square, constant / half
    one, two = (one if 0 < one < np.inf else 0.0), (two if 0 < two < np.inf else 0.0)
    if one == 0.0 or (two > 0.0 and beside(lines, two, j, k) < beside(lines, one, j, k)):
        one = two
    return one, most_a, most_b, False


@njit(cache=True, error_model="numpy", forceinline=True)
def minor_of(lines, first, second, j, k):
    """The minor of a first row of Δa or Δb and a second row of Δa or Δb in two columns."""
    return lines[first, j] * lines[second + 2, k] - lines[first, k] * lines[second + 2, j]


@njit(cache=True, error_model="numpy", forceinline=True)
def beside(lines, ratio, j, k):
    """The minor of Δa + t Δb in column j and a third column, relative to its two products."""
    third = 1
    while third in (j, k):
        third += 1
    one, other = lines[FIRST_A, j] + ratio * lines[FIRST_B, j], lines[SECOND_A, j] + ratio * lines[SECOND_B, j]
    first = one * (lines[SECOND_A, third] + ratio * lines[SECOND_B, third])
    second = other * (lines[FIRST_A, third] + ratio * lines[FIRST_B, third])
    return abs(first - second) / (abs(first) + abs(second))


@njit(cache=True, error_model="numpy", forceinline=True)
def factors(a, b, ratio, opposed, left, lines):
    """Writes the column and the row whose product Δa + t Δb should be; False where the column is 0."""
    m, n = a.shape
    if opposed:
        for i in range(m):
            left[i] = 0.0
        for k in range(n):
            lines[RIGHT, k] = 0.0
        return True
    most, each = spread(0.0), spread(ratio)
    for k in range(0, n + WIDTH - 1, WIDTH):
        k = min(k, n - WIDTH)
        value = sizes(load(lines, FIRST_A, k) + each * load(lines, FIRST_B, k))
        store(value, lines, MINORS, k)
        most = larger(most, value)
    size, j = largest(most), 0
    for k in range(n):
        j = k if lines[MINORS, k] == size else j
    size = 0.0
    for i in range(m):
        from_a = (a[i, j] - a[0, j]) - (a[i, 0] - a[0, 0])
        left[i] = from_a + ratio * ((b[i, j] - b[0, j]) - (b[i, 0] - b[0, 0]))
        size = larger(size, abs(left[i]))
    if size == 0.0:
        return False
    row = 0
    for i in range(m):
        row = i if abs(left[i]) == size else row
    over, apart_a, apart_b = 1.0 / left[row], a[row, 0] - a[0, 0], b[row, 0] - b[0, 0]
    for k in range(n):
        value = ((a[row, k] - a[0, k]) - apart_a) + ratio * ((b[row, k] - b[0, k]) - apart_b)
        lines[RIGHT, k] = value * over
    return True


@njit(cache=True, error_model="numpy", forceinline=True)
def remainder(a, b, ratio, left, lines, top):
    """The most that Δa + t Δb differs by from the product, and the extremes of both payoffs.

    The most that the adversary earns against every defence is written into ``top``.
    """
    m, n = a.shape
    low_a = high_a = load(a, 0, 0)
    low_b = high_b = load(b, 0, 0)
    worst, each = spread(0.0), spread(ratio)
    for i in range(m):
        level = spread((a[i, 0] - a[0, 0]) + ratio * (b[i, 0] - b[0, 0]))
        share, most = spread(left[i]), load(b, i, 0)
        for j in range(0, n + WIDTH - 1, WIDTH):
            j = min(j, n - WIDTH)
            from_a, from_b = load(a, i, j), load(b, i, j)
            low_a, high_a = smaller(low_a, from_a), larger(high_a, from_a)
            low_b, most = smaller(low_b, from_b), larger(most, from_b)
            value = (from_a - load(a, 0, j)) + each * (from_b - load(b, 0, j))
            worst = larger(worst, sizes(value - level - share * load(lines, RIGHT, j)))
        high_b = larger(high_b, most)
        top[i] = largest(most)
    return largest(worst), smallest(low_a), largest(high_a), smallest(low_b), largest(high_b)


@njit(cache=True, error_model="numpy", forceinline=True)
def scaled(ratio, left, lines, low_b, high_b, idle, slope, intensity):
    """Writes the form in units of its largest cost.

    Args:
        ratio: t.
        left, lines: the factors, the right one among the lines.
        low_b, high_b: the extremes of the adversary's payoffs.
        idle: what the defender gains, by defence, where the right factor is 0; replaced by the idle cost.
        slope: the most that the adversary earns, by defence; replaced by the cost per intensity.
        intensity: written.

    Returns:
        g such that Q = g b, and the defence that is best at μ = 0 against its worst attack.
    """
    m, n = len(left), lines.shape[1]
    lowest = highest = lines[RIGHT, 0]
    for j in range(n):
        lowest, highest = smaller(lowest, lines[RIGHT, j]), larger(highest, lines[RIGHT, j])
    reach = highest - lowest
    low_i = low_s = np.inf
    high_i = high_s = -np.inf
    for i in range(m):
        cost, per = -(idle[i] + left[i] * lowest), -left[i] * reach
        idle[i] = cost
        low_i, high_i = smaller(low_i, cost), larger(high_i, cost)
        low_s, high_s = smaller(low_s, per), larger(high_s, per)
    unit = 1.0 / max(ratio * (high_b - low_b), max(high_i - low_i, high_s - low_s))
    gain = ratio * unit
    best = np.inf
    for i in range(m):
        idle[i] *= unit
        right_away = slope[i] * gain + idle[i]
        best = smaller(best, right_away)
        slope[i] = right_away
    row = 0
    for i in range(m):
        row = i if slope[i] == best else row
    for i in range(m):
        slope[i] = -left[i] * reach * unit
    over = 1.0 / reach if reach > 0 else 0.0
    for j in range(n):
        intensity[j] = (lines[RIGHT, j] - lowest) * over
    return gain, row


@njit(cache=True, error_model="numpy")
def careful_form(a, b, idle, slope, intensity, left, lines):
    """What ``rank_one_form`` writes and returns, the careful way."""
    m, n = a.shape
    unit_a, unit_b = np.empty((m, n)), np.empty((m, n))
    scale_a, scale_b = centred(a, unit_a), centred(b, unit_b)
    ratio = find_ratio(unit_a, unit_b, left, lines[RIGHT])
    if ratio <= 0:
        return 0.0, 0, 0.0, 0.0
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
    gain, row = scaled(ratio, left, lines, low_b, high_b, idle, slope, intensity)
    return gain, row, high_a - low_a, high_b - low_b
