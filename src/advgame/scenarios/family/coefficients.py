"""The payoffs of a scenario as affine functions of the varied parameters, so that they need not be stored.

The payoff terms are evaluated at a few prices and shares; the values in between follow because payoffs
are affine in each. This holds for any term: whether the affine functions reproduce the terms is
checked at prices and shares of the games themselves.
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

TRIED = 24  # games in which the affine functions are compared with the terms
AGREE = 1e-13  # of the largest payoff: the tolerated difference, for rounding
ROUNDING = 8 * 2.0**-52  # of the largest payoff: a coefficient below it is 0


def affine_games(scenario: Scenario, columns: Mapping[str, ArrayLike]) -> AffineGames | None:
    """The scenario's games over columns of parameter values, as coefficients of affine functions.

    >>> from advgame.scenarios import case
    >>> games = affine_games(case("cifar10-two-defences"), {"attack_cost": [0.1, 0.6]})
    >>> games.shared[1, :, 1, 1].round(4).tolist()  # the attacker earns p (0.4658 − attack_cost)
    [0.4658, -1.0]

    Args:
        columns: address → values (games,); shares and prices only.

    Returns:
        The affine games; None if the payoffs are not affine, for example if two prices are multiplied.

    Raises:
        UnknownName, ScenarioError: for an invalid address or value.
    """
    values = checked_columns(columns)
    accuracies = scenario.accuracies
    caps = caps_over(scenario, accuracies, values)[1]
    prices = [address for address in values if not is_share(address)]
    extremes = {address: np.array([values[address].min(), values[address].max()]) for address in prices}
    priced(scenario, replace(accuracies, adversarial_share=np.zeros((2, len(accuracies.attacks)))), extremes)
    try:
        still, shared, entered = _coefficients(scenario, accuracies, {name: values[name] for name in prices})
    except ScenarioError:  # the evaluation at a price of 0 may raise for some term
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

    The payoffs are evaluated with all varied prices at 0 and with one price at a time at a
    power of two no smaller than its values, each time for
    adversarial shares of 0, 1/2 and 1.
    """
    sizes = {address: float(2.0 ** np.ceil(np.log2(_size(column)))) for address, column in prices.items()}
    probes = np.vstack([np.zeros(len(prices)), np.diag(list(sizes.values()))])  # (features, prices)
    probed = {address: np.tile(probes[:, place], 3) for place, address in enumerate(prices)}
    share = np.repeat([0.0, 0.5, 1.0], len(probes))[:, None] * np.append(
        0.0, np.ones(len(accuracies.attacks) - 1)
    )
    paid = np.array(priced(scenario, replace(accuracies, adversarial_share=share), probed))
    idle, half, whole = np.moveaxis(paid.reshape(2, 3, len(probes), *paid.shape[2:]), 1, 0)
    shared = 2 * (whole - half)
    parts = idle, shared, whole - idle - shared
    floor = ROUNDING * np.abs(paid).max(axis=(1, 2, 3)).reshape(2, 1, 1, 1)
    for part in parts:
        part[:, 1:] -= part[:, :1]
        part[np.abs(part) <= floor] = 0.0
        part[:, 1:] /= np.array(list(sizes.values())).reshape(-1, 1, 1)
    return parts


def _size(column: FloatArray) -> float:
    return float(np.abs(column).max()) or 1.0


def _agrees(games: AffineGames, scenario: Scenario, values: Mapping[str, FloatArray]) -> bool:
    """Whether the affine functions reproduce the terms, in random games and in mixtures of them."""
    random = np.random.default_rng(games.games)
    some = random.integers(games.games, size=(TRIED, len(values)))
    mixed = np.array([column[some[:, place]] for place, column in enumerate(values.values())])
    mixed = np.hstack([mixed, mixed * random.uniform(0, 1, mixed.shape)])
    tried = replace(games, values=mixed)
    affine = tried.payoffs(np.arange(2 * TRIED))
    paid = payoffs_over(scenario, dict(zip(values, mixed, strict=True)))[:2]
    return all(
        bool(np.all(np.abs(computed - expected) <= AGREE * games.size(player)))
        for player, (computed, expected) in enumerate(zip(affine, paid, strict=True))
    )
