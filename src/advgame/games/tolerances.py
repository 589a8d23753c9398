"""Tolerances with one meaning in several folders. Each says what it bounds, and relative to what.

A tolerance that only one algorithm needs stands in its file. Compiled kernels hold copies of these numbers;
`advgame.equilibria.kernels.cache` compiles them anew when this file changes.
"""

# Of a player's payoff range: the largest regret that a certificate may show.
LARGEST_REGRET = 2e-9

# Of a player's payoff range: payoffs that differ by no more are equal, and both are best responses.
TIE = 1e-12

# Of the largest payoff or cost, and of probabilities: what differs by no more may be a tie, which floats
# cannot decide. The game is then solved in rational numbers, or its solution is not called complete.
MAY_TIE = 1e-9

# A probability that is no larger counts as not played.
PLAYED = 1e-9

# How far the sum of given probabilities may be from 1.
SUM_OF_PROBABILITIES = 1e-9

# Relative: numbers that differ by no more differ by rounding only.
ALIKE = 1e-12

# Of the smaller of two payoff matrices: what may remain beside the part of rank 1.
RANK_ONE_RESIDUE = 1e-11

# Of the walks along the intensity of attack, whose costs are of size 1.
SMALLEST_PIVOT = 1e-11  # what a pivot must exceed
SAVES_NOTHING = -1e-12  # a reduced cost above it does not make a strategy enter
FALLING = -1e-13  # per μ: a cost that falls slower does not fall
SAME_RATIO = 1e-13  # ratios that differ by no more stop the entering variable together
