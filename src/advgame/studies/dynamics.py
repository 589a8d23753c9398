"""Where repeated play leads if both sides learn: time averages against the equilibrium."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.recommendation import played
from advgame.decision.situation import Situation
from advgame.equilibria import Solution
from advgame.equilibria.solution import Component
from advgame.errors import InputError
from advgame.number_text import significant
from advgame.studies.figures import Curve, Curves
from advgame.studies.learning import PROCESSES
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import tracked

if TYPE_CHECKING:
    import pandas as pd

MOST_ROUNDS = 1_000_000
POINTS = 60  # of a path that is kept
REACHED = 0.05  # of total variation: the averages are at the equilibrium
LONE = "introspection compares two strategies, and one side has a single one"


@dataclass(frozen=True, eq=False)
class Learning:
    """One process with one seed. Money is per classified input."""

    process: str
    seed: int
    deploy: tuple[tuple[str, float], ...]  # defences and how often each was deployed
    attacked_by: tuple[tuple[str, float], ...]
    value: float  # of the averages, to the defender
    distance: float  # of the defender's averages from the nearest equilibrium, total variation, 0..1
    distance_of_attacker: float
    defender_could_gain: float  # by the best response to the averages
    attacker_could_gain: float
    path: FloatArray  # (points, 2): round, distance of the defender's averages


@dataclass(frozen=True, eq=False)
class Dynamics(StudyResult):
    """Repeated play by several processes, compared with the Nash equilibria of the scenario."""

    runs: tuple[Learning, ...]
    equilibrium: tuple[tuple[str, float], ...]  # what the recommended equilibrium deploys
    equilibrium_value: float
    rounds: int
    slowness: int
    left_out: tuple[str, ...]  # why processes are missing

    @property
    def sentence(self) -> str:
        """Which processes come near the equilibrium, and what the others earn."""
        names = list(dict.fromkeys(run.process for run in self.runs))
        near = [
            name for name in names if all(run.distance <= REACHED for run in self.runs if run.process == name)
        ]
        values = [run.value for run in self.runs]
        slow = (
            f", the attacker adapting {self.slowness} times slower in replicator and regret matching,"
            if self.slowness > 1
            else ""
        )
        have = "has" if len(near) == 1 else "have"
        processes = f"learning process{'' if len(names) == 1 else 'es'}"
        return (
            f"After {self.rounds:,} rounds{slow} {len(near)} of {len(names)} {processes} "
            f"({', '.join(near) or 'none'}) {have} deployed the equilibrium within {100 * REACHED:g} % of "
            f"the inputs on average; average strategies earn {significant(min(values))} to "
            f"{significant(max(values))} per input, the equilibrium {significant(self.equilibrium_value)}."
        )

    def frame(self) -> pd.DataFrame:
        """One row per process and seed."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "process": run.process,
                    "seed": run.seed,
                    "distance": run.distance,
                    "distance_of_attacker": run.distance_of_attacker,
                    "value": run.value,
                    "value_of_equilibrium": self.equilibrium_value,
                    "defender_could_gain": run.defender_could_gain,
                    "attacker_could_gain": run.attacker_could_gain,
                    "deploy": " + ".join(f"{share:.4g} {name}" for name, share in run.deploy),
                }
                for run in self.runs
            ]
        )

    @property
    def figure(self) -> Curves:
        """The distance of average play from the equilibrium, for the first start of each process."""
        first = {run.process: run for run in reversed(self.runs)}
        return Curves(
            "Distance of average play from the equilibrium",
            "rounds",
            "total variation",
            tuple(
                Curve(name.replace("_", " "), tuple((step, away) for step, away in first[name].path.tolist()))
                for name in dict.fromkeys(run.process for run in self.runs)
            ),
            note="The probabilities with which the defender deployed each defence so far, of one start each.",
        )

    def paths(self) -> pd.DataFrame:
        """The distance of the defender's averages from the equilibrium: a row per process, seed and round."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"process": run.process, "seed": run.seed, "round": int(step), "distance": distance}
                for run in self.runs
                for step, distance in run.path.tolist()
            ]
        )


@dataclass(frozen=True)
class DynamicsStudy(Study[Dynamics]):
    """Where does repeated play lead if both sides learn, and how far is that from the equilibrium?

    Args:
        rounds: how often both sides play, 10 to 1,000,000.
        processes: names of ``PROCESSES``.
        seeds: how many starts of each process.
        slowness: how many times slower the attacker adapts than the defender, in the replicator dynamics and
            in regret matching; 1 for as fast.
        seed: of the first start.
    """

    name: ClassVar[str] = "dynamics"
    rounds: int = 2000
    processes: tuple[str, ...] = tuple(PROCESSES)
    seeds: int = 2
    slowness: int = 1
    seed: int = 19510101

    def run(self, situation: Situation) -> Dynamics:
        """The averages of every process and seed.

        Raises:
            InputError: for settings out of range.
            UnknownName: for a process that does not exist.
            SolverError: when no equilibrium could be certified.
        """
        _whole("rounds", self.rounds, 10, MOST_ROUNDS)
        _whole("seeds", self.seeds, 1, 1000)
        _whole("slowness", self.slowness, 1, self.rounds)
        _whole("seed", self.seed, 0, 2**32 - 1 - self.seeds)
        names = [PROCESSES.name_of(name) for name in self.processes]
        nash = situation.answered_by("nash").solution
        game = situation.game
        lone = min(game.shape) == 1 and "introspection" in names
        starts = [
            (name, self.seed + k)
            for name in names
            if not (lone and name == "introspection")
            for k in range(self.seeds)
        ]
        runs = [_learnt(self, *start, nash) for start in tracked(starts, len(starts))]
        recommended = nash.recommended
        return Dynamics(
            tuple(runs),
            played(game.defences, recommended.defender),
            recommended.defender_payoff,
            self.rounds,
            self.slowness,
            (LONE,) if lone else (),
        )


def _learnt(study: DynamicsStudy, name: str, seed: int, solution: Solution) -> Learning:
    """One process from one seed, in payoffs of range 1, so that speeds do not depend on the unit of money."""
    game = solution.game
    a, b = game.defender_payoffs, game.attacker_payoffs
    defender, attacker = PROCESSES[name](_scaled(a), _scaled(b), study.rounds, seed, study.slowness)
    x, y = defender[-1], attacker[-1]
    marks = np.unique(np.geomspace(1, study.rounds, POINTS).astype(int))
    distances = _distance(defender[marks], [component.defender for component in _components(solution)])
    return Learning(
        name,
        seed,
        played(game.defences, x),
        played(game.attacks, y),
        float(x @ a @ y),
        float(distances[-1]),
        float(_distance(y[None], [component.attacker for component in _components(solution)])[0]),
        float((a @ y).max() - x @ a @ y),
        float((x @ b).max() - x @ b @ y),
        np.column_stack([marks, distances]),
    )


def _scaled(payoffs: FloatArray) -> FloatArray:
    return np.asarray((payoffs - payoffs.min()) / (float(np.ptp(payoffs)) or 1.0))


def _components(solution: Solution) -> tuple[Component, ...]:
    """The components of the equilibria; each extreme one alone where there are too many to assemble."""
    return solution.components or tuple(
        Component(profile.defender[None], profile.attacker[None]) for profile in solution.profiles
    )


def _distance(strategies: FloatArray, equilibria: list[FloatArray]) -> FloatArray:
    """Total variation between mixed strategies (points, strategies) and the nearest equilibrium.

    Args:
        strategies: (points, strategies) probabilities.
        equilibria: for each component, its extreme strategies (extreme strategies, strategies).
    """
    return np.asarray(np.min([_to_hull(strategies, corners) for corners in equilibria], axis=0))


def _to_hull(strategies: FloatArray, corners: FloatArray) -> FloatArray:
    """Total variation (points,) to the nearest mixture of some strategies, by a linear program for each."""
    if len(corners) == 1:
        return np.asarray(0.5 * np.abs(strategies - corners[0]).sum(axis=1))
    from scipy.optimize import linprog

    mixed, size = len(corners), corners.shape[1]  # the mixture exceeds a strategy by at most what is counted
    cost = np.append(np.zeros(mixed), np.ones(size))
    above = np.hstack([corners.T, -np.eye(size)])
    whole = np.append(np.ones(mixed), np.zeros(size))[None]
    programs = [linprog(cost, above, strategy, whole, [1.0], method="highs") for strategy in strategies]
    return np.array([max(0.0, float(program.fun)) for program in programs])


def _whole(name: str, given: object, least: int, most: int) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise InputError(f"{name} is {given!r}; expected a whole number in {least:,}..{most:,}.")
