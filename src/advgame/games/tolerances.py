"""Tolerances that several folders share; each comment gives what is bounded, and relative to what.

A tolerance of a single algorithm is defined in its file. Compiled kernels contain copies of these numbers;
`advgame.equilibria.kernels.cache` recompiles them when this file changes.
"""

# Of a player's payoff range: the largest regret of a valid certificate.
LARGEST_REGRET = 2e-9

# Of a player's payoff range: payoffs that differ by no more count as equal.
TIE = 1e-12

# Of the largest payoff or cost, and of probabilities: smaller differences may be ties, which floats
# cannot decide. The game is then solved in rational numbers, or its solution is not marked complete.
MAY_TIE = 1e-9

# A strategy with a probability of at most this counts as not played.
PLAYED = 1e-9

# The largest deviation of a sum of given probabilities from 1.
SUM_OF_PROBABILITIES = 1e-9

# Relative: numbers that differ by no more are equal up to rounding.
ALIKE = 1e-12

# Of the smaller of two payoff matrices: the tolerated residual of the rank-1 part.
RANK_ONE_RESIDUE = 1e-11

# For the paths along the intensity of attack, whose costs are of order 1.
SMALLEST_PIVOT = 1e-11  # the smallest pivot
SAVES_NOTHING = -1e-12  # a strategy enters only if its reduced cost is below this
FALLING = -1e-13  # per μ: a cost that falls more slowly counts as constant
SAME_RATIO = 1e-13  # ratios that differ by no more are ties of the ratio test

# Of the range of payoffs: where they are this many times larger, constants are subtracted first.
FAR = 64
