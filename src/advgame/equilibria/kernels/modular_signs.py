"""Exact signs of minors that are uncertain in floating point: integer arithmetic modulo several primes.

A float is a whole number of a power of two. Each row of a game is taken in a unit of its own that makes
all its payoffs whole; the minors F, which `advgame.equilibria.kernels.minors` defines, are then whole
numbers too, below Hadamard's bound. F is 0 iff it is 0 modulo enough primes that their product exceeds
twice the bound. Otherwise its digits in the mixed radix of the primes (Garner 1959) give its sign: it is
negative iff they are more than those of half the product, which are half of each prime, rounded down.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.kernels.compiling import part
from advgame.equilibria.kernels.simd32 import WIDTH

MOST = 64  # primes, hence signs of whole numbers up to 1980 bits
BITS_OF_PRIME = 30.999


def _primes() -> NDArray[np.uint64]:
    """The largest primes below 2³¹."""
    small = np.ones(46342, np.bool_)
    small[:2] = False
    for factor in range(2, 216):
        if small[factor]:
            small[factor * factor :: factor] = False
    divisors, number = np.flatnonzero(small), 2**31 - 1
    primes: list[int] = []
    while len(primes) < MOST:
        if (number % divisors != 0).all():
            primes.append(number)
        number -= 2
    return np.array(primes, np.uint64)


PRIMES = _primes()
INVERSES = np.array(  # [i, j]: of prime i modulo prime j
    [[pow(int(p), -1, int(q)) if p != q else 0 for q in PRIMES] for p in PRIMES], np.uint64
)


@part(error_model="numpy", allocates=True)
def settle(payoffs, game, transposed, sets, lane, above, below):
    """Computes the uncertain signs of a game; False if that takes too many primes.

    Args:
        payoffs: (games, rows, columns), or with ``transposed`` (games, columns, rows); game: which one.
        sets: the supports of the shape (rows, columns).
        lane: the bit of the game in above, below: (words,).
    """
    rows, columns = payoffs.shape[2 if transposed else 1], payoffs.shape[1 if transposed else 2]
    bit = np.uint64(1) << np.uint64(lane)
    unknown = np.empty(len(above), np.int64)
    count = 0
    for word in range(len(above)):
        unknown[count] = word
        count += 0 if (above[word] | below[word]) & bit else 1
    if count == 0:
        return True
    matrix = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            matrix[i, j] = payoffs[game, j, i] if transposed else payoffs[game, i, j]
    units, bits = np.empty(rows, np.int64), 0.0
    for i in range(rows):
        units[i], wide = unit_of(matrix, i)
        bits = max(bits, wide)
    primes = primes_for(bits, len(sets.tolerance) - 1)
    if primes > MOST:
        return False
    entries = np.empty((2, rows, columns), np.uint64)
    values = np.empty((len(sets.tolerance), sets.widest), np.uint64)
    residues = np.empty((count, primes), np.uint64)
    for place in range(primes):
        prime = PRIMES[place]
        for i in range(rows):
            for j in range(columns):
                entries[0, i, j] = residue(matrix[i, j], units[i], prime)
                entries[1, i, j] = (prime - entries[0, i, j]) % prime
        minors_modulo(entries, sets, prime, values, unknown[:count], residues[:, place])
    for place in range(count):
        sign = sign_of(residues[place])
        if sign > 0:
            above[unknown[place]] |= bit
        elif sign < 0:
            below[unknown[place]] |= bit
    return True


@part()
def unit_of(payoffs, row):
    """The exponent of the largest power of two of which a row is made, and the row's bits in this unit."""
    least, most = 5000, -5000
    for j in range(payoffs.shape[1]):
        if payoffs[row, j] != 0.0:
            share, exponent = math.frexp(payoffs[row, j])
            whole = np.int64(share * 2.0**53)
            most = max(most, exponent)
            least = min(least, exponent - 53 + trailing_zeros(whole))
    return least, float(max(most - least, 0))


@part()
def trailing_zeros(whole):
    """The number of trailing zero bits of an integer that is not 0."""
    count = 0
    while whole & 1 == 0:
        whole >>= 1
        count += 1
    return count


@part()
def primes_for(bits, deepest):
    """How many primes determine the sign of every F of rows with so many bits: twice Hadamard's bound."""
    return int((2.0 + (deepest + 1) / 2 * math.log2(deepest + 1) + deepest * bits) / BITS_OF_PRIME) + 1


@part(error_model="numpy")
def residue(value, unit, prime):
    """A payoff in its unit, modulo a prime.

    Args:
        value: the payoff.
        unit: the exponent of the power of two of which it is a whole multiple.
        prime: the prime, as uint64.
    """
    if value == 0.0:
        return np.uint64(0)
    share, exponent = math.frexp(abs(value))
    whole, power = np.uint64(np.int64(share * 2.0**53)), exponent - 53 - unit
    while power < 0:  # the zeros at its end
        whole >>= np.uint64(1)
        power += 1
    base, result = np.uint64(2), whole % prime
    while power > 0:
        if power & 1:
            result = result * base % prime
        base = base * base % prime
        power >>= 1
    return result if value > 0.0 else (prime - result) % prime


@part(error_model="numpy")
def minors_modulo(entries, sets, prime, values, wanted, residues):
    """Writes the F that are wanted, modulo a prime.

    Args:
        entries: (2, rows, columns) residues, and those of the negatives; sets: the supports of that shape.
        values: (depths, most column sets of one size), space.
        wanted: rising numbers of words; found: as many.
    """
    depths, rows, bases, sizes = sets.depth, sets.last, sets.base, sets.first
    terms, following = sets.terms, 0
    for s in range(len(depths)):
        depth, row, base = depths[s], rows[s], bases[s]
        for q in range(sizes[depth + 2] - sizes[depth + 1]):
            k = sizes[depth + 1] + q
            total = np.uint64(1 if depth == 0 else 0)
            if depth > 0:
                for t in range(depth + 1):
                    entry = entries[t % 2, row, terms[k, t, 0] // WIDTH]
                    total += entry * values[depth - 1, terms[k, t, 1] // WIDTH]
                    if t % 3 == 2:
                        total %= prime
                total %= prime
            values[depth, q] = total
            if following < len(wanted) and wanted[following] == base + q:
                residues[following] = total
                following += 1


@part(error_model="numpy", allocates=True)
def sign_of(residues):
    """The sign of the whole number, small beside the product of the primes, that has these residues."""
    count = len(residues)
    zero = True
    for i in range(count):
        zero &= residues[i] == 0
    if zero:
        return 0
    digits = np.empty(count, np.uint64)
    for i in range(count):
        digit, prime = residues[i], PRIMES[i]
        for j in range(i):
            digit = (digit + prime - digits[j] % prime) * INVERSES[j, i] % prime
        digits[i] = digit
    for i in range(count - 1, -1, -1):
        half = PRIMES[i] >> np.uint64(1)
        if digits[i] != half:
            return -1 if digits[i] > half else 1
    return 1
