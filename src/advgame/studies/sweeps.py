"""A scenario solved at every point of a grid of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation, concept_in_bulk
from advgame.decision.solve_many import solve_grid
from advgame.equilibria import CONCEPTS, Concept, Solution, batch_method_of, for_many_games
from advgame.errors import ScenarioError
from advgame.games.tolerances import PLAYED
from advgame.payoffs import Accuracies
from advgame.scenarios import Scenario, build_game, set_parameter
from advgame.scenarios.family.payoffs_over import can_be_batched, caps_over
from advgame.studies.figures import Curve, Curves
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import advanced

if TYPE_CHECKING:
    import pandas as pd

COMPILED_FROM = 2_000  # cells: smaller grids are solved faster than a batch solver compiles
MOST_CELLS = 5_000_000  # a larger frame would not fit into the memory of an ordinary machine

Progress = Callable[[int, int], object]  # solved cells, all cells


def sweep(
    scenario: Scenario,
    grid: Mapping[str, Sequence[float]],
    *,
    concept: str | Concept | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Solves a scenario at every cell of a grid: regime, mixed strategies, values, certificate.

    Large grids of shares and prices are solved as one batch, others cell by cell, with the same results.
    ``regime`` is categorical.

    >>> from advgame.scenarios import case
    >>> frame = sweep(case("cifar10-two-defences"), {"largest_share": [0.1, 0.3]})
    >>> frame["regime"].tolist()
    ['Standard | autoattack', 'Standard + Rice2020Overfitting | none + autoattack']

    Args:
        scenario: the scenario; what ``grid`` does not name stays as it is.
        grid: address → values; the first parameter varies slowest.
        concept: a solution concept; by default that of `concept_in_bulk`.
        progress: called repeatedly with the numbers of solved cells and of all cells.

    Returns:
        A frame with one row per cell. Columns: each address; ``regime`` (the strategies played);
        ``P[defence]`` and ``P(attack)[attack]``; ``defender_value`` and ``attacker_value`` (money per
        classified input); ``expected_share``; ``equilibria`` (number of extreme equilibria); ``complete``;
        ``regret``.

    Raises:
        ScenarioError: for an empty grid, a grid too large for memory, or an invalid value.
    """
    import pandas as pd

    total = _checked_size(grid)
    solver = CONCEPTS.resolve(concept or concept_in_bulk(scenario))
    method = batch_method_of(solver)
    if total >= COMPILED_FROM and method is not None and all(map(can_be_batched, grid)):
        return _compiled(scenario, grid, method, progress)
    rows = []
    for done, point in enumerate(product(*grid.values()), start=1):
        rows.append(_cell(scenario, dict(zip(grid, point, strict=True)), solver))
        if progress is not None:
            progress(done, total)
    frame = pd.DataFrame(rows)
    frame["regime"] = pd.Categorical(frame["regime"], categories=frame["regime"].unique())
    return frame


def _compiled(
    scenario: Scenario, grid: Mapping[str, Sequence[float]], concept: str, progress: Progress | None
) -> pd.DataFrame:
    """The frame of a grid that is solved as one batch."""
    import pandas as pd

    axes = {address: np.asarray(list(values), dtype=np.float64) for address, values in grid.items()}
    columns, answers = solve_grid(scenario, axes, concept, progress=progress)
    accuracies = scenario.accuracies
    return pd.DataFrame(
        {
            **columns,
            "regime": _regimes(accuracies, answers.defender, answers.attacker),
            **{
                f"P[{name}]": probabilities
                for name, probabilities in zip(accuracies.defences, answers.defender.T, strict=True)
            },
            **{
                f"P(attack)[{name}]": probabilities
                for name, probabilities in zip(accuracies.attacks, answers.attacker.T, strict=True)
            },
            "defender_value": answers.value[:, 0],
            "attacker_value": answers.value[:, 1],
            "expected_share": _expected_share(scenario, accuracies, columns, answers.attacker),
            "equilibria": answers.equilibria,
            "complete": answers.complete,
            "regret": answers.regret.max(axis=1),
        }
    )


def _expected_share(
    scenario: Scenario, accuracies: Accuracies, columns: Mapping[str, FloatArray], attacker: FloatArray
) -> FloatArray:
    """The share of traffic that is adversarial under the attacker's mixed strategy, (cells,)."""
    largest, caps = caps_over(scenario, accuracies, columns)
    total = np.zeros(len(attacker))
    for place, attack in enumerate(accuracies.attacks[1:], start=1):
        total += np.minimum(largest, caps.get(attack, 1.0)) * attacker[:, place]
    return total


def _regimes(accuracies: Accuracies, defender: FloatArray, attacker: FloatArray) -> pd.Categorical[str]:
    """The strategies both players use, as text, formatted once per combination."""
    import pandas as pd

    played = np.hstack([strategies > PLAYED for strategies in (defender, attacker)])
    which, firsts = _patterns(played)
    split = len(accuracies.defences)
    texts = [
        _told((accuracies.defences, pattern[:split]), (accuracies.attacks, pattern[split:]))
        for pattern in played[firsts]
    ]
    return pd.Categorical.from_codes(which, pd.Index(texts))


def _patterns(played: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pattern of each row, numbered in order of appearance, and the first row of each pattern."""
    import pandas as pd

    packed = np.packbits(played, axis=1)
    packed = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8)))
    which = np.zeros(len(played), np.int64)
    for word in np.ascontiguousarray(packed).view(np.uint64).T:
        codes, distinct = pd.factorize(word)
        which = pd.factorize(which * len(distinct) + codes)[0]
    firsts = np.empty(int(which.max()) + 1, np.int64)
    firsts[which[::-1]] = np.arange(len(which))[::-1]
    return which, firsts


def _told(*sides: tuple[tuple[str, ...], NDArray[np.bool_]]) -> str:
    return " | ".join(
        " + ".join(name for name, plays in zip(names, played, strict=True) if plays)
        for names, played in sides
    )


def regime_of(solution: Solution) -> str:
    """The strategies both players play in the recommended profile, as text.

    >>> from advgame.equilibria import solve
    >>> from advgame.games import Game
    >>> regime_of(solve(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])))
    'd1 + d2 | a1 + a2'
    """
    profile, game = solution.recommended, solution.game
    return _told((game.defences, profile.defender > PLAYED), (game.attacks, profile.attacker > PLAYED))


def _cell(scenario: Scenario, point: Mapping[str, float], solver: Concept) -> dict[str, Any]:
    for address, value in point.items():
        scenario = set_parameter(scenario, address, float(value))
    solution = solver.solve(build_game(scenario))
    profile, game = solution.recommended, solution.game
    return {
        **point,
        "regime": regime_of(solution),
        **{f"P[{name}]": share for name, share in zip(game.defences, profile.defender.tolist(), strict=True)},
        **{
            f"P(attack)[{name}]": share
            for name, share in zip(game.attacks, profile.attacker.tolist(), strict=True)
        },
        "defender_value": profile.defender_payoff,
        "attacker_value": profile.attacker_payoff,
        "expected_share": float(scenario.accuracies.adversarial_share @ profile.attacker),
        "equilibria": len(solution.profiles),
        "complete": solution.complete,
        "regret": profile.certificate.regret,
    }


def _checked_size(grid: Mapping[str, Sequence[float]]) -> int:
    if not grid or any(len(values) == 0 for values in grid.values()):
        raise ScenarioError("The grid is empty; give at least one parameter with at least one value.")
    for address in grid:
        whole = address.partition("[")[0]
        if whole != address and whole in grid:
            raise ScenarioError(
                f"The grid varies both {whole} and its entry {address}; vary only one of them."
            )
    total = prod(len(values) for values in grid.values())
    if total > MOST_CELLS:
        raise ScenarioError(
            f"The grid has {total:,} cells; at most {MOST_CELLS:,} fit into memory. Vary fewer parameters or "
            "use fewer points."
        )
    return total


@dataclass(frozen=True, eq=False)
class SweepTable(StudyResult):
    """The solutions at the points of a grid."""

    table: pd.DataFrame

    @property
    def sentence(self) -> str:
        """The most frequent regime, and the number of regimes."""
        counts = self.table["regime"].value_counts()
        return (
            f"{counts.index[0]} is played at {counts.iloc[0]:,} of {len(self.table):,} points; "
            f"there are {int((counts > 0).sum()):,} different combinations."
        )

    def frame(self) -> pd.DataFrame:
        """One row per point, with the columns of `sweep`."""
        return self.table

    @property
    def figure(self) -> Curves | None:
        """What is deployed along the parameter; None where several are varied, or none."""
        columns = self.table.columns.tolist()
        if columns.index("regime") != 1:
            return None
        played = [name for name in columns if name.startswith("P[") and (self.table[name] > PLAYED).any()]
        across = self.table[columns[0]].tolist()
        return Curves(
            "Probability of each deployed defence",
            columns[0],
            "probability",
            tuple(
                Curve(name[2:-1], tuple(zip(across, self.table[name].tolist(), strict=True)))
                for name in sorted(played, key=lambda name: -float(self.table[name].to_numpy().max()))
            ),
        )


@dataclass(frozen=True)
class SweepStudy(Study[SweepTable]):
    """Which strategies are played at each point of a grid over parameters of the scenario?

    Args:
        grid: address → values; the first parameter varies slowest. By default eleven values of the
            largest share.
    """

    name: ClassVar[str] = "sweep"
    grid: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def run(self, situation: Situation) -> SweepTable:
        """The solutions at the points of the grid.

        Raises:
            ScenarioError: for a grid too large for memory, or an invalid value.
        """
        grid = self.grid or {"largest_share": np.linspace(0.0, 1.0, 11).tolist()}
        concept = for_many_games(situation.concept)
        return SweepTable(sweep(situation.scenario, grid, concept=concept, progress=advanced))
