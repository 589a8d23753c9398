"""Classes of games known from the literature, on which solvers are usually compared."""

from __future__ import annotations

from itertools import combinations, product
from math import comb

import numpy as np

from benchmarks.families import Family, FloatArray, Games, random_games


def coordination(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Both earn something between 1/2 and 1 where they choose the same: 2ⁿ − 1 equilibria."""
    worth = random.uniform(0.5, 1.0, (2, games, min(defences, attacks)))
    pays = np.zeros((2, games, defences, attacks))
    places = np.arange(min(defences, attacks))
    pays[:, :, places, places] = worth
    return pays[0], pays[1]


def covariant(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Normal payoffs, those of the two players correlated by 1/2 (Rinott and Scarsini 2000)."""
    common, own, other = random.normal(size=(3, games, defences, attacks))
    return np.sqrt(0.5) * (common + own), np.sqrt(0.5) * (common + other)


def dual_cyclic(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Best-response polytopes dual to cyclic ones, which have most vertices (von Stengel 1999).

    Facets are labelled so that Lemke and Howson's paths are long (Savani and von Stengel 2006). The points
    stand on the trigonometric moment curve, moved a little at random.
    """
    del attacks
    pairs = [_dual_cyclic(random, 2 * (defences // 2)) for _ in range(games)]
    return np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])


def _dual_cyclic(random: np.random.Generator, d: int) -> tuple[FloatArray, FloatArray]:
    angles = 2 * np.pi * (np.arange(2 * d) + random.uniform(-0.05, 0.05, 2 * d)) / (2 * d)
    places = np.arange(1, 2 * d + 1)
    sign = np.where(places % 2 == 0, 1, -1)
    labels = np.where(places <= d, places + sign, places - sign)
    labels[[0, d - 1]] = 1, d
    b, a = np.empty((d, d)), np.empty((d, d))
    b[:] = _replies(angles, range(d), range(d, 2 * d)).T
    rows, columns = labels[:d] - 1, labels[d:] - d - 1
    a[np.ix_(rows, columns)] = _replies(angles, range(d, 2 * d), range(d))
    return a, b


def _replies(angles: FloatArray, own: range, slack: range) -> FloatArray:
    """M, such that {x ≥ 0 : M x ≤ 1} is the polar of the points, in terms of the slacks of d facets."""
    d = len(own)
    waves = np.arange(1, d // 2 + 1)[:, None] * angles
    points = np.vstack([np.cos(waves), np.sin(waves)]).T  # (2d, d)
    inverse = np.linalg.inv(points[own.start : own.stop])  # z = inverse (1 − x)
    others = points[slack.start : slack.stop] @ inverse
    room = 1.0 - others.sum(axis=1)
    return np.asarray(-others / room[:, None])


def travellers(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Who claims less gets that plus 2, the other that less 2 (Basu 1994)."""
    del random
    own, other = np.arange(2.0, defences + 2)[:, None], np.arange(2.0, attacks + 2)
    low, bonus = np.minimum(own, other), 2.0 * np.sign(other - own)
    return _repeated(low + bonus, low - bonus, games)


def attrition(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Who waits longer wins a prize; both pay for as long as the other waits (Maynard Smith 1974)."""
    own, other = np.arange(float(defences))[:, None], np.arange(float(attacks))
    prizes = random.integers(3, 3 + defences, 2)
    won = (1 + np.sign(own - other)) / 2
    time = np.minimum(own, other)
    return _repeated(prizes[0] * won - time, prizes[1] * (1 - won) - time, games)


def blotto(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Troops on three hills, each won by who sends more; ties are shared (Borel 1921)."""
    del attacks
    troops = next(t for t in range(1, 50) if comb(t + 2, 2) >= defences)
    ways = np.array([way for way in product(range(troops + 1), repeat=3) if sum(way) == troops])
    won = (1 + np.sign(ways[:, None] - ways)) / 2  # (own ways, other's ways, hills)
    worth = random.integers(1, 10, (2, 3))
    return _repeated(won @ worth[0], (1 - won) @ worth[1], games)


def ranking(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """A prize for the better score; scores and costs rise with effort (Goldberg et al. 2013)."""
    scores = [np.cumsum(random.integers(1, 10, count)) for count in (defences, attacks)]
    costs = [np.cumsum(random.integers(1, 10, count)) / (10 * count) for count in (defences, attacks)]
    won = (1 + np.sign(scores[0][:, None] - scores[1])) / 2
    return _repeated(won - (costs[0] - costs[0][0])[:, None], (1 - won) - (costs[1] - costs[1][0]), games)


def sgc(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """One equilibrium, of 2k − 1 of the 4k − 1 strategies of each (Sandholm, Gilpin and Conitzer 2005)."""
    del random, attacks
    n = defences
    m = (n - 1) // 2
    core = np.full((m, m), 0.75)
    steps = np.arange(m)
    core[steps, (steps - 1) % m], core[steps, (steps + 1) % m] = 1.0, 0.5
    pays = np.zeros((2, n, n))
    pays[:, :m, :m], pays[:, :m, m:] = core, 0.5
    rest = np.arange(m, n)
    pays[0, rest, rest] = pays[1, rest, m + ((rest - m) ^ 1)] = 0.75
    return _repeated(pays[0], pays[1].T, games)


def tournament(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """A node that beats a pair of nodes, against a pair that holds the node (Anbalagan et al. 2013)."""
    del attacks
    pairs = list(combinations(range(defences), 2))
    beats = np.zeros((defences, defences), bool)
    for one, other in pairs:
        beats[(one, other) if random.random() < 0.5 else (other, one)] = True
    a = np.array([[float(beats[node, i] and beats[node, j]) for i, j in pairs] for node in range(defences)])
    b = np.array([[float(node in pair) for pair in pairs] for node in range(defences)])
    return _repeated(a, b, games)


def unit_vector(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
    """Every column pays the defender in one row only (Savani and von Stengel 2016)."""
    a = np.zeros((games, defences, attacks))
    rows = random.integers(0, defences, (games, attacks))
    np.put_along_axis(a, rows[:, None, :], 1.0, axis=1)
    return a, random.uniform(0.0, 1.0, (games, defences, attacks))


def _repeated(a: FloatArray, b: FloatArray, games: int) -> Games:
    return np.repeat(np.asarray(a)[None], games, axis=0), np.repeat(np.asarray(b)[None], games, axis=0)


def _one_of(family: Family) -> Family:
    """A class whose function makes one game, asked again for each."""

    def many(random: np.random.Generator, games: int, defences: int, attacks: int) -> Games:
        drawn = [family(random, 1, defences, attacks) for _ in range(games)]
        return np.concatenate([a for a, _ in drawn]), np.concatenate([b for _, b in drawn])

    return many


CLASSES: dict[str, Family] = {
    "random": random_games,
    "coordination": coordination,
    "covariant": covariant,
    "dual cyclic": dual_cyclic,
    "travellers": travellers,
    "attrition": _one_of(attrition),
    "Blotto": _one_of(blotto),
    "ranking": _one_of(ranking),
    "sgc": sgc,
    "tournament": _one_of(tournament),
    "unit vector": unit_vector,
}
