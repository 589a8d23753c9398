"""How many accuracies of a table prove its equilibrium: 50 random orders of measuring two bundled tables.

    python -m benchmarks.measurement_plan [ORDERS]

Every plan is checked against the solution of the whole table.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from statistics import median
from time import process_time

import numpy as np

import advgame as ag
from advgame.studies import MeasurementPlan

CASES = ("cifar10-many-attacks", "fashion-mnist-measured")
SAME = 1e-7  # probabilities that differ by no more are the same


def counted(case: str, orders: int) -> str:
    """A row of the table: cells needed, share of the table, wrong equilibria, seconds per order."""
    scenario = replace(ag.case(case), attacker_knows="nothing")
    game = ag.build_game(scenario)
    solution = ag.solve(game)
    everything = [profile.defender for profile in solution.profiles]
    needed: list[int] = []
    wrong, start = 0, process_time()
    for seed in range(orders):
        plan = ag.study("measurement_plan", scenario, orders=1, seed=seed)
        assert isinstance(plan, MeasurementPlan)
        deploy = np.array([dict(plan.deploy).get(name, 0.0) for name in game.defences])
        wrong += min(float(np.abs(deploy - mixture).max()) for mixture in everything) > SAME
        needed.extend(plan.needed)
    seconds = (process_time() - start) / orders
    middle, cells = median(needed), game.defender_payoffs.size
    share, ends = 100 * middle / cells, f"{min(needed)}–{max(needed)}"
    return f"| {case} | {cells} | {middle:g} | {share:.0f} % | {ends} | {wrong} | {seconds:.2f} |"


def main() -> None:
    """Prints the table."""
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    print(f"Accuracies that prove the equilibrium of the whole table, over {orders} random orders\n")
    print("| table | cells | needed (median) | share | range | wrong | CPU seconds per order |")
    print("|---|---|---|---|---|---|---|")
    for case in CASES:
        print(counted(case, orders), flush=True)


if __name__ == "__main__":
    main()
