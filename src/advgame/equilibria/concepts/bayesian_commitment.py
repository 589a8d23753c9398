"""The optimal commitment against several attacker types (Bayesian Stackelberg).

A mixed-integer program chooses a reply q_h of each type and the strategy x to which all are best responses,
with products z^h_ij = x_i q^h_j as variables (DOBSS: Paruchuri et al. 2008, AAMAS pp. 895–902). That a
reply is best is expressed in the products, Σ_i z^h_ij (B_ij − B_ik) ≥ 0 for all k, which needs no big-M
constant and gives tighter bounds (Casorrán, Fortz, Labbé and Ordóñez 2019, doi:10.1016/j.ejor.2019.01.010).
Ties are broken in the defender's favour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline
from advgame.equilibria.concepts.bayesian_solution import (
    BayesianSolution,
    bayesian_profile,
    expected_payoffs,
    payoff_span,
)
from advgame.equilibria.concepts.commitment import best_mixed_strategy
from advgame.games.bayesian import BayesianGame
from advgame.games.tolerances import TIE

OBJECTIVE = 1e4  # largest coefficient: HiGHS stops at an absolute gap of 1e-6 of these units
PROVEN = 1e-6  # of the range of the defender's payoff: a smaller gap is solver tolerance
OUT_OF_TIME = "The time limit was reached: another commitment may earn up to {:.6g} more."
ONE_OF = "One optimal commitment; others may have the same value."
RULE = "the optimal mixed strategy to commit to"

PER_NODE, PER_NONZERO = 5e-4, 2e-6  # nominal seconds per node, measured

Replies = Sequence[int]  # of each type


def best_commitment(game: BayesianGame, seconds: float, work: float) -> BayesianSolution:
    """The best commitment within the limits, with a bound on all others.

    The defender's regret in the profile refers to other strategies with the same replies; the solution's
    ``gap`` bounds the gain with other replies.

    Args:
        game: the game against several attacker types.
        seconds: wall-clock seconds for the mixed-integer program.
        work: work limit in nominal seconds, which does not depend on the machine.
    """
    replies, bound = _program(game, seconds, work)
    candidates = [candidate for candidate in (replies, _best_pure_replies(game)) if candidate is not None]
    profiles = [_committed(game, candidate) for candidate in candidates]
    valid = [candidate for candidate in profiles if candidate is not None and candidate.valid]
    best = max(valid, key=lambda candidate: candidate.defender_payoff, default=None)
    bound = bound if best is None else max(bound, best.defender_payoff)
    gap = np.inf if best is None else bound - best.defender_payoff
    return BayesianSolution(
        "announced to attacker types",
        game,
        () if best is None else (best,),
        complete=False,
        rule=RULE,
        method="mixed-integer program (HiGHS)",
        remark=ONE_OF if gap <= PROVEN * payoff_span(game) else OUT_OF_TIME.format(gap),
        bound=bound,
    )


def _program(game: BayesianGame, seconds: float, work: float) -> tuple[Replies | None, float]:
    """The replies of the best solution, and an upper bound for every commitment."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    deadline = Deadline(seconds)  # building the program counts as well
    gain, whole = _objective(game)
    matrix, low, high = _constraints(game)
    scale = OBJECTIVE / (float(np.abs(gain).max()) or 1.0)
    result = milp(
        -scale * gain,
        integrality=whole,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, low, high),
        options={"time_limit": deadline.left, "node_limit": _nodes(matrix, work), "mip_rel_gap": 0.0},
    )
    offset = sum(
        odds * payoffs_of_type.min()
        for odds, payoffs_of_type in zip(game.priors, game.defender_payoffs, strict=True)
    )
    trivial = float(
        sum(
            o * payoffs_of_type.max()
            for o, payoffs_of_type in zip(game.priors, game.defender_payoffs, strict=True)
        )
    )
    known = result.mip_dual_bound is not None and np.isfinite(result.mip_dual_bound)
    bound = min(trivial, float(offset - result.mip_dual_bound / scale)) if known else trivial
    return (None if result.x is None else _replies(game, result.x)), bound


def _nodes(matrix: Any, work: float) -> int:
    """The number of nodes of the search tree for a number of nominal seconds."""
    return max(1, int(work / (PER_NODE + matrix.nnz * PER_NONZERO)))


def _objective(game: BayesianGame) -> tuple[FloatArray, FloatArray]:
    """The objective relative to the minimum of each type, and the integrality: x, then z_h and q_h."""
    gain, whole = [np.zeros(game.defences)], [np.zeros(game.defences)]
    for odds, payoffs in zip(game.priors, game.defender_payoffs, strict=True):
        attacks = payoffs.shape[1]
        gain += [odds * (payoffs - payoffs.min()).ravel(), np.zeros(attacks)]
        whole += [np.zeros(payoffs.size), np.ones(attacks)]
    return np.concatenate(gain), np.concatenate(whole)


def _constraints(game: BayesianGame) -> tuple[Any, FloatArray, FloatArray]:
    """All rows as a sparse matrix with lower and upper limits."""
    from scipy import sparse

    rows = game.defences
    ties = [_of_type(payoffs) for payoffs in game.attacker_payoffs]
    left = sparse.vstack([rows_of_type[0] for rows_of_type in ties])  # the columns of x
    total = sparse.hstack(
        [np.ones((1, rows)), sparse.csr_array((1, sum(rows_of_type[1].shape[1] for rows_of_type in ties)))]
    )
    matrix = sparse.vstack(
        [total, sparse.hstack([left, sparse.block_diag([rows_of_type[1] for rows_of_type in ties])])]
    )
    low = np.concatenate([[1.0], *(rows_of_type[2] for rows_of_type in ties)])
    high = np.concatenate([[1.0], *(rows_of_type[3] for rows_of_type in ties)])
    return sparse.csr_array(matrix), low, high


def _of_type(payoffs: FloatArray) -> tuple[Any, Any, FloatArray, FloatArray]:
    """The rows of one type: coefficients of x, coefficients of (z, q), and both limits."""
    from scipy import sparse

    rows, columns = payoffs.shape
    by_defence = sparse.kron(sparse.eye_array(rows), np.ones((1, columns)))  # Σ_j z_ij = x_i
    by_attack = sparse.kron(np.ones((1, rows)), sparse.eye_array(columns))  # Σ_i z_ij = q_j
    best = _preferences(payoffs / (float(np.ptp(payoffs)) or 1.0))
    own = sparse.block_array(
        [
            [by_defence, sparse.csr_array((rows, columns))],
            [by_attack, -sparse.eye_array(columns)],
            [sparse.csr_array((1, rows * columns)), np.ones((1, columns))],
            [best, sparse.csr_array((best.shape[0], columns))],
        ]
    )
    counts = rows, columns + 1 + best.shape[0]
    shared = sparse.vstack([-sparse.eye_array(rows), sparse.csr_array((counts[1], rows))])
    fixed = np.concatenate([np.zeros(rows + columns), [1.0]])
    unlimited = np.full(best.shape[0], np.inf)
    return shared, own, np.append(fixed, np.zeros(best.shape[0])), np.append(fixed, unlimited)


def _preferences(payoffs: FloatArray) -> Any:
    """Σ_i z_ij (B_ij − B_ik) for every two attacks j and k, over the entries of z row by row."""
    from scipy import sparse

    rows, columns = payoffs.shape
    j, k = (index.ravel() for index in np.indices((columns, columns)))
    j, k = j[j != k], k[j != k]
    gains = payoffs[:, j] - payoffs[:, k]  # (defences, pairs)
    defence, pair = np.indices(gains.shape)
    entries = gains.ravel(), (pair.ravel(), (defence * columns + j).ravel())
    return sparse.csr_array(entries, shape=(len(j), rows * columns))


def _replies(game: BayesianGame, variables: FloatArray) -> list[int]:
    """The reply of each type in a solution of the program."""
    place, replies = game.defences, []
    for columns in game.attack_counts:
        place += game.defences * columns
        replies.append(int(variables[place : place + columns].argmax()))
        place += columns
    return replies


def _best_pure_replies(game: BayesianGame) -> list[int]:
    """The replies to the best single defence to announce: a solution that is always available."""
    chosen = []
    for odds, type_game in zip(game.priors, game.types, strict=True):
        slack = TIE * float(np.ptp(type_game.attacker_payoffs))
        tied = type_game.attacker_payoffs >= type_game.attacker_payoffs.max(axis=1, keepdims=True) - slack
        value = np.where(tied, odds * type_game.defender_payoffs, -np.inf)  # (defences, attacks)
        chosen.append((value.argmax(axis=1), value.max(axis=1)))
    row = int(sum(value for _, value in chosen).argmax())
    return [int(places[row]) for places, _ in chosen]


def _committed(game: BayesianGame, replies: Replies) -> Any:
    """The optimal mixed strategy to which these are best responses, certified; None if there is none."""
    attackers = [np.eye(count)[reply] for count, reply in zip(game.attack_counts, replies, strict=True)]
    gains = [_gains(payoffs, reply) for payoffs, reply in zip(game.attacker_payoffs, replies, strict=True)]
    optimum = best_mixed_strategy(expected_payoffs(game, attackers), np.hstack(gains))
    return None if optimum is None else bayesian_profile(game, optimum[0], attackers, best=optimum[1])


def _gains(payoffs: FloatArray, reply: int) -> FloatArray:
    """The gain of a type from each other attack, in units of its payoff range, (defences, attacks − 1)."""
    relative = (payoffs - payoffs[:, [reply]]) / (float(np.ptp(payoffs)) or 1.0)
    return np.asarray(np.delete(relative, reply, axis=1))
