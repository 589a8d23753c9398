"""Games with a unique equilibrium by a theorem: the path may stop at the first equilibrium.

If all real attacks have one intensity and "no attack" is among the attacks, and if the costs of the defences
are w(μ) e_i with one vector e and w without a zero on the way, then any two equilibria of different mean
intensity give the attacker nothing, a case of ties; without ties there is one equilibrium. (Derived here;
`docs/explanation/mathematics.md` has the proof's outline and counterexamples for each assumption.)
"""

from __future__ import annotations

from advgame.equilibria.kernels.compiling import part
from advgame.equilibria.kernels.simd4 import larger
from advgame.games.tolerances import ALIKE, MAY_TIE


@part(error_model="numpy")
def only_one(b, gain, idle, slope, intensity):
    """Whether a game in its rank-1 form has one equilibrium unless payoffs tie.

    With "no attack" worth nothing to the attacker, c0 must be a constant and g · c1, so that c0 + μ c1 is
    (g + μ) c1 and does not vanish for 0 ≤ μ ≤ 1. A c1 that is constant leaves a zero-sum game.

    Args:
        b, gain: Q = gain · b, (defences, attacks), such that costs are of size 1.
        idle, slope: c0 and c1, (defences,).
        intensity: (attacks,), from 0 to 1.
    """
    m, n = b.shape
    idlers, quiet = 0, 0
    for j in range(n):
        if intensity[j] <= ALIKE:
            idlers, quiet = idlers + 1, j
        elif intensity[j] < 1.0 - ALIKE:
            return False
    low = high = 0
    for i in range(m):
        low, high = (i if slope[i] < slope[low] else low), (i if slope[i] > slope[high] else high)
    reach = slope[high] - slope[low]
    if reach <= ALIKE or idlers == n:
        return True
    if idlers != 1:
        return False
    factor = unattacked(b, gain, idle, quiet, high, low) / reach
    if not (factor > MAY_TIE or factor < -1.0 - MAY_TIE):
        return False
    worst = 0.0
    for i in range(m):
        worst = larger(
            worst, abs(unattacked(b, gain, idle, quiet, i, low) - factor * (slope[i] - slope[low]))
        )
    return worst <= ALIKE


@part(error_model="numpy", forceinline=True)
def unattacked(b, gain, idle, quiet, i, k):
    """What one defence costs more than another when nobody attacks.

    Args:
        b: (defences, attacks) payoffs to the attacker.
        gain: the factor by which they become costs, Q = gain · b.
        idle: (defences,) c0, the cost that no attack changes.
        quiet: the column of no attack.
        i, k: the two defences.
    """
    return (b[i, quiet] - b[k, quiet]) * gain + (idle[i] - idle[k])
