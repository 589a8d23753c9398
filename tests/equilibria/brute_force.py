"""Extreme equilibria of small games by the plainest exact method, and games of rank 1 in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np

from advgame.games import Game

Mix = tuple[Fraction, ...]
Matrix = Sequence[Sequence[Fraction]]


def every_extreme_equilibrium(game: Game) -> set[tuple[Mix, Mix]]:
    """Pairs of vertices of both best-response polyhedra whose labels together name every strategy."""
    rows, columns = game.shape
    to_defender, to_attacker = game.exact_payoffs
    of_defender = _vertices(list(zip(*to_attacker, strict=True)))
    of_attacker = _vertices(to_defender)
    found = set()
    for x, zeros_x, best_x in of_defender:
        for y, zeros_y, best_y in of_attacker:
            if zeros_x | best_y >= set(range(rows)) and zeros_y | best_x >= set(range(columns)):
                found.add((x, y))
    return found


def _vertices(payoffs: Matrix) -> list[tuple[Mix, set[int], set[int]]]:
    """Mixes z with a level u ≥ every reply's payoff at which enough of these conditions are equations.

    Each with the strategies it leaves out and the replies that are best against it.
    """
    replies, own = len(payoffs), len(payoffs[0])
    conditions = [[Fraction(int(k == place)) for k in range(own)] + [Fraction(0)] for place in range(own)]
    conditions += [[-Fraction(value) for value in row] + [Fraction(1)] for row in payoffs]
    whole = [Fraction(1)] * own + [Fraction(0)]
    found = {}
    for tight in combinations(range(own + replies), own):
        point = _solved([whole, *(conditions[place] for place in tight)])
        if point is None:
            continue
        slacks = [sum(a * b for a, b in zip(row, point, strict=True)) for row in conditions]
        if min(slacks) >= 0:
            zeros = {place for place in range(own) if slacks[place] == 0}
            best = {reply for reply in range(replies) if slacks[own + reply] == 0}
            found[tuple(point[:own])] = zeros, best
    return [(mix, zeros, best) for mix, (zeros, best) in found.items()]


def _solved(rows: list[list[Fraction]]) -> list[Fraction] | None:
    """The solution of a square system whose right-hand side is 1, 0, 0, …; None where it is singular."""
    table = [[*row, Fraction(int(place == 0))] for place, row in enumerate(rows)]
    for column in range(len(table)):
        pivot = next((r for r in range(column, len(table)) if table[r][column] != 0), None)
        if pivot is None:
            return None
        table[column], table[pivot] = table[pivot], table[column]
        lead = table[column][column]
        table[column] = [value / lead for value in table[column]]
        for other, row in enumerate(table):
            if other != column and row[column] != 0:
                table[other] = [a - row[column] * b for a, b in zip(row, table[column], strict=True)]
    return [row[-1] for row in table]


def fraction_game(
    clean_error: Sequence[Fraction],
    attacked_error: Matrix,
    share: Sequence[Fraction],
    cost: Sequence[Fraction],
    defence_cost: Sequence[Fraction],
    *,
    worth: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1)),  # V_b, V_a
    reward: tuple[Fraction, Fraction] = (Fraction(1), Fraction(0)),  # R, P
    caused: bool = False,
) -> Game:
    """The payoffs of attacker and defender in rational numbers; column 0 of the errors is the clean one."""
    defender, attacker = [], []
    for e, row, dear in zip(clean_error, attacked_error, defence_cost, strict=True):
        paid_for = [error - e if caused else error for error in row]
        defender.append(
            [
                (1 - p) * (1 - worth[0] * e) + p * (1 - worth[1] * error) - dear
                for p, error in zip(share, row, strict=True)
            ]
        )
        attacker.append(
            [
                p * (sum(reward) * error - reward[1] - c)
                for p, error, c in zip(share, paid_for, cost, strict=True)
            ]
        )
    return Game(np.array(defender, dtype=object), np.array(attacker, dtype=object))


def lattice_game(
    random: np.random.Generator, most: int = 4, *, floats: bool = False, **settings: object
) -> Game:
    """Accuracies that are tenths or counts of twenty, prices of 0, 1/4 and 1/2: payoffs that tie often.

    Defences cost as much more as they save at some intensity, so that few are dominated.
    """
    defences, attacks = (int(count) for count in random.integers(2, most + 1, 2))
    steps = int(random.choice([10, 20]))

    def lattice(count: int, top: int) -> list[Fraction]:
        return [Fraction(int(k), steps) for k in random.integers(0, top + 1, count)]

    clean = sorted(lattice(defences, steps // 2))
    turning = sorted((Fraction(int(k), 4) for k in random.integers(0, 4, defences - 1)), reverse=True)
    dear = [Fraction(0)]
    for k in range(defences - 1, 0, -1):
        dear.insert(0, dear[0] + (clean[k] - clean[k - 1]) * (1 - turning[k - 1]))
    errors = [[e, *lattice(attacks, steps)] for e in clean]
    shares = [Fraction(0), *(Fraction(int(k), 4) for k in random.integers(1, 5, attacks))]
    costs = [Fraction(0), *(Fraction(int(k), 4) for k in random.integers(0, 3, attacks))]
    game = fraction_game(clean, errors, shares, costs, dear, **settings)  # type: ignore[arg-type]
    return Game(game.defender_payoffs, game.attacker_payoffs) if floats else game


def coordination_game(random: np.random.Generator, defences: int, attacks: int) -> Game:
    """A game of rank 1 in small whole numbers, τ = 1, in which each defence suits an intensity of its own.

    Ties are everywhere, and so are several equilibria.
    """
    error = 2 * np.arange(defences)
    dear = np.array([k * (k + 1) for k in range(defences)])
    intensity = np.sort(random.integers(0, defences + 1, attacks))
    value = random.integers(-2, 3, (defences, attacks))
    to_defender = np.outer(error, intensity) - value - dear[:, None]
    rows, columns = random.permutation(defences), random.permutation(attacks)
    return Game(to_defender[rows][:, columns], value[rows][:, columns])
