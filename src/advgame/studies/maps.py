"""Exact maps of 2 × 2 scenarios: the equilibrium at every point of a grid, about one nanosecond each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.arrays import FloatArray
from advgame.decision.solve_many import solve_many
from advgame.equilibria.batch.two_by_two_map import LEFT, PlayMap, kinds, map_lines
from advgame.errors import GameError, ScenarioError
from advgame.games.affine import AffineGames
from advgame.scenarios import Scenario
from advgame.scenarios.family.coefficients import affine_games
from advgame.scenarios.family.payoffs_over import checked_columns, payoffs_over


@dataclass(frozen=True, eq=False)
class TwoByTwoMap:
    """The equilibrium at every point of a grid; arrays have one axis per parameter, in the grid's order.

    ``kind`` is 3 × the defender's code + the attacker's: 0 first strategy alone, 1 second alone, 2 both.
    """

    axes: Mapping[str, FloatArray]  # values by parameter address
    kind: NDArray[np.uint8]
    defend: FloatArray  # P(the second defence)
    attack: FloatArray  # P(the attack)


def two_by_two_map(
    scenario: Scenario, grid: Mapping[str, ArrayLike], *, out: TwoByTwoMap | None = None
) -> TwoByTwoMap:
    """The recommended Nash equilibrium of two defences and one attack at every point of a grid.

    Every mixed strategy is certified when it is written. Along the last parameter the best responses
    change at a few values only, which are located first, so put the longest axis last.

    >>> from advgame.scenarios import case
    >>> grid = {"attack_cost": [0.2, 0.6], "largest_share": [0.1, 0.3]}
    >>> two_by_two_map(case("cifar10-two-defences"), grid).defend.round(4).tolist()
    [[0.0, 1.0], [0.0, 0.7488]]

    Args:
        scenario: a scenario with two defences and one attack.
        grid: address → values; shares and prices only.
        out: a map of the same shape to write to, such as an earlier result; by default new arrays.

    Raises:
        GameError: for a scenario of another shape, or an ``out`` that does not fit.
        UnknownName, ScenarioError: for an invalid address or value.
        SolverError: when no equilibrium of a point could be certified.
    """
    _check_shape(scenario)
    axes = _axes(grid)
    *outer, (along, values) = axes.items()
    payoffs_over(scenario, {along: np.array([values.min(), values.max()])})  # raises for values out of range
    map_ = _room(axes, out)
    lines = prod(len(axis) for _, axis in outer)
    places = np.unravel_index(np.arange(lines), [len(axis) for _, axis in outer] or [1])
    columns = {address: axis[place] for (address, axis), place in zip(outer, places, strict=False)}
    columns[along] = np.full(lines, values[np.abs(values).argmax()])
    games = affine_games(scenario, columns)
    if games is None:
        left = np.arange(map_.kind.size)
    else:
        shape = lines, len(values)
        flat = PlayMap(map_.kind.reshape(shape), map_.defend.reshape(shape), map_.attack.reshape(shape))
        left = _drawn(games, len(outer), values, flat)
    _fill(map_, scenario, left)
    return map_


def _check_shape(scenario: Scenario) -> None:
    accuracies = scenario.accuracies
    if (len(accuracies.defences), len(accuracies.attacks)) != (2, 2):
        raise GameError(
            f"The scenario has {len(accuracies.defences)} defences and "
            f"{len(accuracies.attacks) - 1} attacks; "
            "this map needs two defences and one attack. Select them, or use sweep."
        )


def _axes(grid: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    if not grid:
        raise ScenarioError("The grid is empty; give at least one parameter with at least one value.")
    return {address: checked_columns({address: values})[address] for address, values in grid.items()}


def _room(axes: Mapping[str, FloatArray], out: TwoByTwoMap | None) -> TwoByTwoMap:
    shape = tuple(map(len, axes.values()))
    if out is None:
        return TwoByTwoMap(axes, np.empty(shape, np.uint8), np.empty(shape), np.empty(shape))
    for name, kind in (("kind", np.uint8), ("defend", np.float64), ("attack", np.float64)):
        given = getattr(out, name)
        if given.shape != shape or given.dtype != kind or not given.flags.carray:
            raise GameError(
                f"out.{name} is {given.dtype} {given.shape}; expected {np.dtype(kind)} {shape}, contiguous."
            )
    return TwoByTwoMap(axes, out.kind, out.defend, out.attack)


def _drawn(games: AffineGames, along: int, values: FloatArray, flat: PlayMap) -> NDArray[np.int64]:
    """Fills the map line by line; returns the flat indices of the points that remain."""
    order = np.argsort(values, kind="stable")
    if np.all(order == np.arange(len(order))):
        return map_lines(games, along, values, flat)[1]
    rising = map_lines(games, along, values[order])[0]
    for name in ("kind", "second_defence", "second_attack"):
        getattr(flat, name)[:, order] = getattr(rising, name)
    return np.flatnonzero(flat.kind.ravel() == LEFT)


def _fill(map_: TwoByTwoMap, scenario: Scenario, left: NDArray[np.int64]) -> None:
    """Solves the remaining points from their payoffs."""
    if len(left) == 0:
        return
    places = np.unravel_index(left, map_.kind.shape)
    columns = {name: axis[place] for (name, axis), place in zip(map_.axes.items(), places, strict=True)}
    answers = solve_many(scenario, columns, "nash")
    map_.kind[places] = kinds(answers.defender, answers.attacker)
    map_.defend[places], map_.attack[places] = answers.defender[:, 1], answers.attacker[:, 1]
