"""The payoffs of a scenario as sums over the numbers that vary, so that nobody has to store them.

The payoff terms are asked what they pay at a few prices and shares; what they pay in between follows,
because payoffs are affine in each. Nothing is known here of any term: whether the sums give what the
terms say is tried out at prices and shares of the games themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from advgame.arrays import FloatArray
from advgame.errors import ScenarioError
from advgame.games.affine import NOWHERE, AffineGames
from advgame.payoffs import Accuracies
from advgame.scenarios.family.payoffs_over import caps_over, checked_columns, is_share, payoffs_over, priced
from advgame.scenarios.scenario import Scenario

TRIED = 24  # games in which the sums are compared with what the terms pay
AGREE = 1e-13  # of the largest payoff: how far both may be apart, for rounding
ROUNDING = 8 * 2.0**-52  # of the largest payoff: a coefficient below it is 0


def affine_games(scenario: Scenario, columns: Mapping[str, ArrayLike]) -> AffineGames | None:
    """The scenario's games over columns of its numbers, told by coefficients.

    >>> from advgame.scenarios import case
    >>> games = affine_games(case("cifar10-two-defences"), {"attack_cost": [0.1, 0.6]})
    >>> games.shared[1, :, 1, 1].round(4).tolist()  # the attacker earns p (0.4658 − attack_cost)
    [0.4658, -1.0]

    Args:
        columns: the values (games,) of each number by address; shares and prices only.

    Returns:
        None where the payoffs are no such sums, as when two of the prices are multiplied by each other.

    Raises:
        UnknownName, ScenarioError: for an address or a value the scenario cannot have.
    """
    values = checked_columns(columns)
    accuracies = scenario.accuracies
    caps = caps_over(scenario, accuracies, values)[1]
    prices = [address for address in values if not is_share(address)]
    extremes = {address: np.array([values[address].min(), values[address].max()]) for address in prices}
    priced(scenario, replace(accuracies, adversarial_share=np.zeros((2, len(accuracies.attacks)))), extremes)
    try:
        still, shared, entered = _coefficients(scenario, accuracies, {name: values[name] for name in prices})
    except ScenarioError:  # a price of 0 is tried, which some term may not allow
        return None
    rows = {address: row for row, address in enumerate(values)}
    cap_of = [0.0, *(caps.get(attack, 1.0) for attack in accuracies.attacks[1:])]
    games = AffineGames(
        np.vstack(list(values.values())),
        np.array([rows[address] for address in prices], np.int64),
        still,
        shared,
        entered,
        1.0 if "largest_share" in rows else scenario.largest_share,
        rows.get("largest_share", NOWHERE),
        np.array([cap if isinstance(cap, float | int) else 1.0 for cap in cap_of]),
        np.array(
            [
                NOWHERE,
                *(rows.get(f"adversarial_share[{attack}]", NOWHERE) for attack in accuracies.attacks[1:]),
            ]
        ),
    )
    return games if _agrees(games, scenario, values) else None


def _coefficients(
    scenario: Scenario, accuracies: Accuracies, prices: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """``still``, ``shared`` and ``entered`` of `AffineGames`, each (2, features, defences, attacks).

    Asked for are the payoffs where all varied prices are 0, and where each alone is not; each time if
    nobody attacks, if half of the traffic attacks and if all of it does.
    """
    sizes = {address: float(2.0 ** np.ceil(np.log2(_size(column)))) for address, column in prices.items()}
    probes = np.vstack([np.zeros(len(prices)), np.diag(list(sizes.values()))])  # (features, prices)
    asked = {address: np.tile(probes[:, place], 3) for place, address in enumerate(prices)}
    share = np.repeat([0.0, 0.5, 1.0], len(probes))[:, None] * np.append(
        0.0, np.ones(len(accuracies.attacks) - 1)
    )
    paid = np.array(priced(scenario, replace(accuracies, adversarial_share=share), asked))
    idle, half, whole = np.moveaxis(paid.reshape(2, 3, len(probes), *paid.shape[2:]), 1, 0)
    shared = 2 * (whole - half)
    parts = idle, shared, whole - idle - shared
    floor = ROUNDING * np.abs(paid).max(axis=(1, 2, 3)).reshape(2, 1, 1, 1)
    for each in parts:
        each[:, 1:] -= each[:, :1]
        each[np.abs(each) <= floor] = 0.0
        each[:, 1:] /= np.array(list(sizes.values())).reshape(-1, 1, 1)
    return parts


def _size(column: FloatArray) -> float:
    return float(np.abs(column).max()) or 1.0


def _agrees(games: AffineGames, scenario: Scenario, values: Mapping[str, FloatArray]) -> bool:
    """Whether the sums are what the terms pay, in games chosen by chance and at mixtures of them."""
    random = np.random.default_rng(games.games)
    some = random.integers(games.games, size=(TRIED, len(values)))
    mixed = np.array([column[some[:, place]] for place, column in enumerate(values.values())])
    mixed = np.hstack([mixed, mixed * random.uniform(0, 1, mixed.shape)])
    tried = replace(games, values=mixed)
    told = tried.payoffs(np.arange(2 * TRIED))
    paid = payoffs_over(scenario, dict(zip(values, mixed, strict=True)))[:2]
    return all(
        bool(np.all(np.abs(one - other) <= AGREE * games.size(player)))
        for player, (one, other) in enumerate(zip(told, paid, strict=True))
    )
