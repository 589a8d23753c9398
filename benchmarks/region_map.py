"""A region map of 500 × 500 points, beside solving each of its points as a game of its own.

    python -m benchmarks.region_map [POINTS [SAMPLED]]

The scenario is `cifar10-many-attacks` with 10 defences and 7 attacks, over the largest share and the
attacker's reward. Points are sampled at random, solved by ``ag.solve``, and their defences are compared with
the map. Figures are CPU seconds of one process on one core, medians.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

import advgame as ag
from advgame.equilibria import CONCEPTS
from advgame.games.tolerances import PLAYED
from advgame.studies import Regions, regions
from benchmarks.machine import machine

CASE, DEFENCES, ATTACKS = "cifar10-many-attacks", 10, 7
AXES = "largest_share", "attack_reward"
METHODS = ("nash", "commitment")
RUNS = 3
RESULT = Path(__file__).parent / "results" / "region_map.md"


def scenario_10_by_8() -> ag.Scenario:
    """The bundled case with its first defences and attacks."""
    whole = ag.case(CASE)
    assert whole.select.attacks is not None
    some = replace(
        whole.select,
        defences=whole.accuracies.defences[:DEFENCES],
        attacks=whole.select.attacks[:ATTACKS],
    )
    chosen = replace(whole, select=some, undefended=None)
    costs = {"defence_cost": chosen.accuracies.defences, "attack_cost": chosen.accuracies.attacks}
    for name, names in costs.items():
        term = chosen.term(name)
        amounts = getattr(term, name)
        if isinstance(amounts, Mapping):
            kept = {entry: amount for entry, amount in amounts.items() if entry in names}
            chosen = chosen.with_term(replace(term, **{name: kept}))
    return chosen


def row(scenario: ag.Scenario, concept: str, points: int, sampled: int) -> str:
    """A row of the table: the map, solving each point, the ratio, and how many sampled points differ."""
    seconds, drawn = [], None
    for _ in range(RUNS):
        start = process_time()
        drawn = regions(scenario, *AXES, points=points, concept=concept)
        seconds.append(process_time() - start)
    assert drawn is not None
    built, solved, differ = _one_by_one(scenario, drawn, concept, sampled)
    per_point = 1e6 * median(seconds) / points**2
    return (
        f"| {concept} | {len(drawn.regimes)} | {median(seconds):.2f} | {per_point:.2f} | "
        f"{1e6 * solved:.0f} | {1e6 * (built + solved):.0f} | "
        f"{1e6 * solved / per_point:.0f} | {1e6 * (built + solved) / per_point:.0f} | {differ} of {sampled} |"
    )


def _one_by_one(
    scenario: ag.Scenario, drawn: Regions, concept: str, sampled: int
) -> tuple[float, float, int]:
    """Median seconds of building and of solving a game, and how many points have other defences."""
    random = np.random.default_rng(1)
    building, solving, differ = [], [], 0
    for _ in range(sampled):
        row, column = random.integers(0, len(drawn.x_values), 2)
        here = ag.set_parameter(scenario, AXES[0], float(drawn.x_values[column]))
        here = ag.set_parameter(here, AXES[1], float(drawn.y_values[row]))
        start = process_time()
        game = ag.build_game(here)
        middle = process_time()
        profile = ag.solve(game, CONCEPTS[concept]).recommended
        solving.append(process_time() - middle)
        building.append(middle - start)
        names = zip(game.defences, profile.defender, strict=True)
        differ += (
            tuple(name for name, share in names if share > PLAYED) != drawn.regimes[drawn.regime[row, column]]
        )
    return median(building), median(solving), differ


def main() -> None:
    """Prints the table, and saves it for a map of full size."""
    points, sampled = (int(text) for text in [*sys.argv[1:], "500", "400"][:2])
    scenario = scenario_10_by_8()
    ag.solve_batch(np.eye(3)[None], np.eye(3)[None])  # compiled before the clock starts
    lines = [
        f"# A region map of {points} × {points} points\n",
        machine() + ".\n",
        f"`{CASE}` with {DEFENCES} defences and {ATTACKS} attacks, over {' and '.join(AXES)}; "
        f"`python -m benchmarks.region_map`. CPU time, medians of {RUNS} maps and {sampled} games.\n",
        "| concept | regions | map, s | map, µs a point | `ag.solve`, µs | with building the game, µs | "
        "`ag.solve` ÷ map | with building ÷ map | other defences |",
        "|---|---|---|---|---|---|---|---|---|",
        *(row(scenario, concept, points, sampled) for concept in METHODS),
    ]
    print("\n".join(lines))
    if points == 500:
        RESULT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
