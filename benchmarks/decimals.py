"""Scenarios of decimals with planted ties against exact enumeration: ``python -m benchmarks.decimals``.

Accuracies, shares and prices have one or two decimals and repeat each other, so most games tie, and as floats
their ties break by chance. The payoffs are computed here once more in Fractions, from the formulas and not
from the payoff terms, and the equilibria are enumerated by brute force. Both ways of solving a scenario must
list exactly these: ``solve(build_game(…))`` and the batch. Run from the root of the repository.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

import advgame as ag
from advgame.decision.solve_many import solve_many
from advgame.games import Game
from advgame.measurements import Measurement, MeasurementTable
from advgame.scenarios import Scenario, set_parameter
from benchmarks.machine import machine
from tests.equilibria.brute_force import Mix, every_extreme_equilibrium, fraction_game

HERE = Path(__file__).parent / "results"
MOST = 4  # strategies of each player, "no attack" counted
POINTS = 3  # prices at which each scenario is solved as a batch
HEAD = "| route                    | games  | equilibria | more than one | the same | partial | different |"


@dataclass(frozen=True)
class Planted:
    """A scenario in whole numbers: hundredths of everything."""

    clean: tuple[int, ...]  # accuracy of each defence
    attacked: tuple[tuple[int, ...], ...]  # (attacks, defences)
    caps: tuple[int, ...]  # share of each attack
    costs: tuple[int, ...]  # of the defences
    attack_cost: tuple[int, ...]
    caused: bool

    def scenario(self) -> Scenario:
        """As a user would give it, in decimals."""
        names = [f"d{place}" for place in range(len(self.clean))]
        rows = [
            Measurement("data", "network", name, "none", metric="clean", accuracy=value / 100)
            for name, value in zip(names, self.clean, strict=True)
        ]
        rows += [
            Measurement("data", "network", name, f"a{attack}", "Linf", 0.1, accuracy=value / 100)
            for attack, values in enumerate(self.attacked)
            for name, value in zip(names, values, strict=True)
        ]
        scenario = Scenario(
            "planted",
            MeasurementTable(tuple(rows)),
            success="caused errors" if self.caused else "every error",
            largest_share=max(self.caps) / 100,
            adversarial_share={f"a{attack}": cap / 100 for attack, cap in enumerate(self.caps)},
        )
        for name, cost in zip(names, self.costs, strict=True):
            scenario = set_parameter(scenario, f"defence_cost[{name}]", cost / 100)
        return scenario

    def priced(self, attack_cost: int) -> Scenario:
        """At one cost of all attacks."""
        return set_parameter(self.scenario(), "attack_cost", attack_cost / 100)

    def exact(self, attack_cost: int) -> Game:
        """The same in Fractions, by the formulas."""
        percent = Fraction(1, 100)
        errors = [
            [(100 - clean) * percent, *((100 - values[row]) * percent for values in self.attacked)]
            for row, clean in enumerate(self.clean)
        ]
        return fraction_game(
            [row[0] for row in errors],
            errors,
            [Fraction(0), *(cap * percent for cap in self.caps)],
            [Fraction(0), *([attack_cost * percent] * len(self.caps))],
            [cost * percent for cost in self.costs],
            caused=self.caused,
        )


def planted(random: np.random.Generator) -> Planted:
    """Defences of which the weaker on benign inputs are not always the stronger, and figures that repeat."""
    defences, attacks = int(random.integers(2, MOST + 1)), int(random.integers(1, MOST))
    few = random.integers(10, 90, 2 + int(random.integers(0, 5)))  # the figures that occur
    clean = 94 - np.cumsum(random.choice([0, 1, 2, 2, 5], defences))
    attacked = random.choice(few, (attacks, defences))
    if random.random() < 0.4:  # an attack that all defences stand alike
        attacked[-1] = random.choice(few)
    if random.random() < 0.3 and defences > 2:  # mirrored, so that two mixes of defences meet
        attacked[0] = np.where(np.arange(defences) % 2, attacked[0][1], attacked[0][0])
    caps = np.full(attacks, random.choice([10, 20, 30, 30, 60]))
    if random.random() < 0.3:
        caps = random.choice([10, 20, 30, 60], attacks)
    costs = np.zeros(defences, int) if random.random() < 0.6 else random.choice([0, 1, 2, 3], defences)
    prices = random.choice([0, 10, 20, 20, 30, 50, *few], POINTS)
    return Planted(
        tuple(clean.tolist()),
        tuple(map(tuple, attacked.tolist())),
        tuple(caps.tolist()),
        tuple(costs.tolist()),
        tuple(prices.tolist()),
        bool(random.random() < 0.25),
    )


@dataclass
class Tally:
    """What came of the games of one route."""

    route: str
    games: int = 0
    equilibria: int = 0
    several: int = 0  # games that have more than one
    same: int = 0
    partial: int = 0  # ours said that some are missing
    different: int = 0

    def take(self, sentence: str, complete: bool, agrees: bool, exact: int) -> None:
        """Counts one game, and prints it where it differs."""
        self.games += 1
        self.equilibria += exact
        self.several += exact > 1
        self.partial += not complete
        self.same += complete and agrees
        if complete and not agrees:
            self.different += 1
            print("different:", self.route, sentence, file=sys.stderr)

    @property
    def line(self) -> str:
        """One row of the table."""
        return (
            f"| {self.route:24} | {self.games:6,} | {self.equilibria:10,} | {self.several:13,} "
            f"| {self.same:8,} | {self.partial:7,} | {self.different:9,} |"
        )


def check(games: int, seed: int) -> tuple[Tally, Tally]:
    """Solves so many games both ways and compares them with the enumeration."""
    random = np.random.default_rng(seed)
    single, batch = Tally("solve(build_game(…))"), Tally("batch of a scenario")
    while single.games < games:
        plan = planted(random)
        prices = np.array(plan.attack_cost) / 100
        answers = solve_many(plan.scenario(), {"attack_cost": prices}, "nash")
        for place, price in enumerate(plan.attack_cost):
            exact = every_extreme_equilibrium(plan.exact(price))
            solution = ag.solve(ag.build_game(plan.priced(price)))
            label = f"{plan} at {price}"
            listed = [(profile.defender, profile.attacker) for profile in solution.profiles]
            single.take(label, solution.complete, same(listed, exact), len(exact))
            profile = answers.defender[place], answers.attacker[place]
            agrees = answers.equilibria[place] == len(exact) and among(profile, exact)
            batch.take(label, bool(answers.complete[place]), agrees, len(exact))
    return single, batch


def among(profile: tuple[np.ndarray, np.ndarray], exact: set[tuple[Mix, Mix]]) -> bool:
    """Whether a profile in floats is one of those in Fractions."""
    mine = np.concatenate(profile)
    return any(np.abs(mine - np.array([*x, *y], float)).max() < 1e-9 for x, y in exact)


def same(listed: list[tuple[np.ndarray, np.ndarray]], exact: set[tuple[Mix, Mix]]) -> bool:
    """Whether both lists hold the same profiles, each once."""
    distinct = {np.concatenate(pair).round(9).tobytes() for pair in listed}
    return len(distinct) == len(listed) == len(exact) and all(among(pair, exact) for pair in listed)


def main(arguments: list[str] | None = None) -> int:
    """Checks both routes, prints and saves the table; 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decimals", description=__doc__)
    parser.add_argument("--games", type=int, default=3_000, help="of each route (3000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, default=HERE, help="the folder of results")
    given = parser.parse_args(arguments)
    tallies = check(given.games, given.seed)
    lines = [machine(), f"seed {given.seed}; exact: brute force in Fractions", "", HEAD]
    lines += ["|".join(["", *["---"] * 7, ""]), *(tally.line for tally in tallies)]
    print(*lines, sep="\n")
    given.results.mkdir(parents=True, exist_ok=True)
    (given.results / "decimals.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return int(any(tally.different for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
