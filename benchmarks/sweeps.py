"""Sweeps that are timed: a bundled scenario over a grid of prices and shares, its payoffs never stored.

Where all defences cost the same, the equilibrium is unique (`docs/explanation/mathematics.md`), and a
neighbour's supports, once confirmed, answer a cell. Where each has its price, every cell is searched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.families import FloatArray

if TYPE_CHECKING:
    from advgame import Scenario

ALIKE, EACH = "sweep, defences equally costly", "sweep, each defence with its price"
SWEEPS = (ALIKE, EACH)
SMALL, LARGE = "cifar10-two-defences", "cifar10-many-attacks"
Grid = dict[str, FloatArray]


def sweep(family: str, shape: tuple[int, int], cells: int) -> Callable[[], object]:
    """What is timed, over a square of about so many cells, written into arrays made beforehand."""
    from advgame.decision.solve_many import solve_grid
    from advgame.studies.maps import two_by_two_map

    side = round(cells**0.5)
    if shape == (2, 2):
        from advgame import case

        costs, shares = np.linspace(0.01, 1, side), np.linspace(0.01, 0.99, side)
        grid = {"attack_cost": costs, "largest_share": shares}
        plays = two_by_two_map(case(SMALL), grid)
        return lambda: two_by_two_map(case(SMALL), grid, out=plays)
    scenario = narrowed(*shape, alike=family == ALIKE)
    grid = {"attack_setup": np.linspace(0, 0.1, side), "largest_share": np.linspace(0.05, 0.9, side)}
    answers = solve_grid(scenario, grid, "nash")[1]
    return lambda: solve_grid(scenario, grid, "nash", out=answers)[1]


def narrowed(defences: int, attacks: int, *, alike: bool) -> Scenario:
    """The first defences and attacks of a bundled scenario."""
    from advgame import case

    scenario = case(LARGE)
    accuracies = scenario.accuracies
    kept, names = accuracies.defences[:defences], accuracies.attacks[1:attacks]
    attack_cost: Any = scenario.term("attack_cost")
    defence_cost: Any = scenario.term("defence_cost")
    prices = {name: attack_cost.attack_cost[name] for name in names}
    dear = 0.0 if alike else {name: defence_cost.defence_cost[name] for name in kept}
    scenario = scenario.with_term(replace(attack_cost, attack_cost=prices))
    scenario = scenario.with_term(replace(defence_cost, defence_cost=dear))
    chosen = (scenario.select.attacks or ())[: attacks - 1]
    return replace(scenario, select=replace(scenario.select, defences=kept, attacks=chosen))
