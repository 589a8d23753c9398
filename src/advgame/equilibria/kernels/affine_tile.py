"""A tile of games given by prices and shares: their payoff coefficients, one column per game."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from advgame.equilibria.kernels.compiling import part
from advgame.games.tolerances import MAY_TIE

TILE = 128  # games that are tried together


class Form(NamedTuple):
    """`AffineGames` and their `AffineStructure`, as arrays and numbers that kernels accept."""

    values: np.ndarray  # (numbers, games), in the order they are visited
    places: np.ndarray  # (games,) where their answers are written
    price_rows: np.ndarray  # (features − 1,)
    largest: float
    largest_row: int
    caps: np.ndarray  # (attacks,)
    cap_rows: np.ndarray  # (attacks,)
    table: np.ndarray  # (defences, attacks)
    swing: np.ndarray  # (features, 2)
    row_still: np.ndarray  # (2, features, defences)
    row_shared: np.ndarray  # (2, features, defences)
    column_still: np.ndarray  # (2, features, attacks)
    column_shared: np.ndarray  # (2, features, attacks)
    column_entered: np.ndarray  # (2, features, attacks)
    aligned: int


class Tile(NamedTuple):
    """The numbers of the games of a tile, one column per game."""

    share: np.ndarray  # p (attacks, TILE)
    swing: np.ndarray  # V and S (2, TILE)
    defender_still: np.ndarray  # k of the defender (defences, TILE)
    defender_shared: np.ndarray  # a of the defender (defences, TILE)
    attacker_shared: np.ndarray  # a of the attacker (defences, TILE)
    attacker_column: np.ndarray  # h + p b + 1[p > 0] f of the attacker (attacks, TILE)
    attacker_still: np.ndarray  # k of the attacker (defences, TILE)
    defender_column: np.ndarray  # h + p b + 1[p > 0] f of the defender (attacks, TILE)
    parts: np.ndarray  # (2, 3, attacks, TILE) h, b and f of both
    unique: np.ndarray  # (TILE,) whether an equilibrium is known to be the only one
    done: np.ndarray  # (TILE,)


def new_tile(defences: int, attacks: int) -> Tile:
    """An empty `Tile` of games of a shape."""
    columns = {
        "share": (attacks,),
        "swing": (2,),
        "defender_still": (defences,),
        "defender_shared": (defences,),
        "attacker_shared": (defences,),
        "attacker_column": (attacks,),
        "attacker_still": (defences,),
        "defender_column": (attacks,),
        "parts": (2, 3, attacks),
    }
    numbers = {name: np.zeros((*shape, TILE)) for name, shape in columns.items()}
    return Tile(**numbers, unique=np.zeros(TILE, np.bool_), done=np.zeros(TILE, np.bool_))


@part(error_model="numpy")
def load_tile(form, start, width, fresh, tile):
    """Writes the numbers of the games of a tile; those all games share only if it is ``fresh``.

    Args:
        form: the games, by coefficients.
        start: the first game of the tile, in the order of ``form.values``.
        width: games in the tile, 1 to TILE.
        fresh: whether the tile is new; otherwise it already holds what is common to all games.
        tile: the `Tile`, written in place.
    """
    values, rows = form.values, form.price_rows
    fill_shares(form, start, width, tile.share)
    weighted_sums(form.swing, values, rows, start, width, fresh, tile.swing)
    weighted_sums(form.row_still[0], values, rows, start, width, fresh, tile.defender_still)
    weighted_sums(form.row_shared[0], values, rows, start, width, fresh, tile.defender_shared)
    weighted_sums(form.row_shared[1], values, rows, start, width, fresh, tile.attacker_shared)
    weighted_sums(form.row_still[1], values, rows, start, width, fresh, tile.attacker_still)
    for player in range(2):
        weighted_sums(form.column_still[player], values, rows, start, width, fresh, tile.parts[player, 0])
        weighted_sums(form.column_shared[player], values, rows, start, width, fresh, tile.parts[player, 1])
        weighted_sums(form.column_entered[player], values, rows, start, width, fresh, tile.parts[player, 2])
    add_up(tile.parts[0], tile.share, tile.defender_column)
    add_up(tile.parts[1], tile.share, tile.attacker_column)
    mark_unique(form, tile)
    for c in range(width):
        tile.done[c] = False
    for c in range(width, TILE):
        tile.done[c] = True


@part(error_model="numpy")
def fill_shares(form, start, width, share):
    """Writes the intensity of each attack.

    Args:
        form: the games, by coefficients.
        start: the first game of the tile, in the order of ``form.values``.
        width: games in the tile, 1 to TILE.
        share: (attacks, TILE) written in place.
    """
    values = form.values
    for j in range(len(share)):
        for c in range(width):
            share[j, c] = min(form.largest, form.caps[j])
        if form.largest_row >= 0:
            for c in range(width):
                share[j, c] = min(values[form.largest_row, start + c], share[j, c])
        if form.cap_rows[j] >= 0:
            for c in range(width):
                share[j, c] = min(values[form.cap_rows[j], start + c], share[j, c])


@part(error_model="numpy")
def weighted_sums(weights, values, rows, start, width, fresh, out):
    """Writes Σ_b φ_b weights[b, s] for each strategy s and game; those common to all games only if ``fresh``.

    Args:
        weights: (features, strategies); the first feature is the constant 1.
        values: (numbers, games) of `Form`.
        rows: (features − 1,) the row of ``values`` that each further feature stands in.
        start: the first game of the tile, in the order of ``form.values``.
        width: games in the tile, 1 to TILE.
        fresh: whether the tile is new; otherwise it already holds what is common to all games.
        out: (strategies, TILE) written in place.
    """
    for s in range(weights.shape[1]):
        varies = False
        for b in range(1, len(weights)):
            varies = varies or weights[b, s] != 0.0
        if varies or fresh:
            for c in range(width):
                out[s, c] = weights[0, s]
        for b in range(1, len(weights)):
            weight, row = weights[b, s], rows[b - 1]
            if weight != 0.0:
                for c in range(width):
                    out[s, c] += weight * values[row, start + c]


@part(error_model="numpy")
def add_up(parts, share, out):
    """Writes h + p b + 1[p > 0] f.

    Args:
        parts: (3, attacks, TILE): h, b and f.
        share: (attacks, TILE): p.
        out: (attacks, TILE) written in place.
    """
    for j in range(len(share)):
        for c in range(TILE):
            entered = parts[2, j, c] if share[j, c] > 0.0 else 0.0
            out[j, c] = parts[0, j, c] + share[j, c] * parts[1, j, c] + entered


@part(error_model="numpy")
def mark_unique(form, tile):
    """Marks the games whose equilibrium, where nothing ties, is the only one.

    That is so if all real attacks have one intensity p, and the defences' costs c0 + μ c1 are a positive
    multiple w(μ) of one vector for all μ in [0, p].
    """
    n, far = len(tile.share), max(form.aligned, 0)
    for c in range(TILE):
        ratio = tile.swing[0, c] / tile.swing[1, c] if tile.swing[1, c] > 0.0 else 0.0
        at_zero = tile.defender_still[far, c] - tile.defender_still[0, c]
        tilt = tile.defender_shared[far, c] - tile.defender_shared[0, c]
        tilt += ratio * (tile.attacker_shared[far, c] - tile.attacker_shared[0, c])
        positive = at_zero * (at_zero + tile.share[1, c] * tilt) > MAY_TIE * at_zero * at_zero
        tile.unique[c] = form.aligned == 0 or (form.aligned > 0 and positive)
    for j in range(2, n):
        for c in range(TILE):
            tile.unique[c] = tile.unique[c] and tile.share[j, c] == tile.share[1, c]
