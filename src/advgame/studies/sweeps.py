"""A scenario solved at every cell of a design of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast, overload

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation, concept_in_bulk
from advgame.decision.solve_many import solve_grid
from advgame.equilibria import CONCEPTS, Concept, batch_method_of, for_many_games
from advgame.errors import InputError, ScenarioError
from advgame.games.tolerances import PLAYED
from advgame.jobs.cell_solver import SolvedCells, bulk_cells, joined, solve_singly
from advgame.jobs.chunk_rows import rows_of, schema_of
from advgame.jobs.designs import Design, FullGrid
from advgame.jobs.engines import Engine, LocalEngine
from advgame.jobs.regimes import regimes_of
from advgame.jobs.run_job import SweepFile, run_job
from advgame.jobs.sweep_job import COMPILED_FROM, SweepJob
from advgame.payoffs import Accuracies
from advgame.scenarios import Scenario
from advgame.scenarios.family.payoffs_over import can_be_batched
from advgame.scenarios.scenario import check_scenario
from advgame.studies.bulk_policy import solved_while_running
from advgame.studies.figures import Curve, Curves
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import advanced

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 5_000_000  # a larger frame would not fit into the memory of an ordinary machine

Progress = Callable[[int, int], object]  # solved cells, all cells
Grid = Mapping[str, Sequence[float]]


@overload
def sweep(
    scenario: Scenario | Iterable[Scenario],
    grid: Grid | None = None,
    *,
    design: Design | None = None,
    draws: int = 0,
    seed: int = 0,
    concept: str | Concept | None = None,
    output: None = None,
    progress: Progress | None = None,
) -> pd.DataFrame: ...


@overload
def sweep(
    scenario: Scenario | Iterable[Scenario],
    grid: Grid | None = None,
    *,
    design: Design | None = None,
    draws: int = 0,
    seed: int = 0,
    concept: str | Concept | None = None,
    output: str | Path,
    engine: Engine | None = None,
    resume: bool = False,
    overwrite: bool = False,
    chunk_cells: int | None = None,
    progress: Progress | None = None,
) -> SweepFile: ...


def sweep(
    scenario: Scenario | Iterable[Scenario],
    grid: Grid | None = None,
    *,
    design: Design | None = None,
    draws: int = 0,
    seed: int = 0,
    concept: str | Concept | None = None,
    output: str | Path | None = None,
    engine: Engine | None = None,
    resume: bool = False,
    overwrite: bool = False,
    chunk_cells: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame | SweepFile:
    """Solves scenarios at every cell of a design: regime, mixed strategies, values, certificate.

    Without ``output`` the result is a data frame, for at most five million cells. With ``output`` it is a
    Parquet file of any number of cells, which are solved in chunks by several processes; a run that was
    interrupted continues with ``resume=True``.

    >>> from advgame.scenarios import case
    >>> frame = sweep(case("cifar10-two-defences"), {"largest_share": [0.1, 0.3]})
    >>> frame["regime"].tolist()
    ['Standard | autoattack', 'Standard + Rice2020Overfitting | none + autoattack']

    Args:
        scenario: the scenario, or several with different names; what the design does not vary stays as it is.
        grid: address → values, for every combination of them; the first parameter varies slowest.
        design: a design instead of a grid, such as `SobolDesign`.
        draws: posterior draws of the accuracies at each cell; 0 for the accuracies as measured.
        seed: of the posterior draws.
        concept: a solution concept; by default that of `concept_in_bulk`.
        output: the Parquet file to write.
        engine: what solves the chunks of a file; by default `LocalEngine`, one process per core.
        resume: continue an interrupted sweep into the same file.
        overwrite: replace a file of this name.
        chunk_cells: cells of a chunk; by default as many as fit into 32 MB.
        progress: called repeatedly with the numbers of solved cells and of all cells.

    Returns:
        A frame with one row per cell, or the path of the table and the number of cells that could not be
        solved. Columns: each address; ``regime`` (the strategies played, categorical); ``P[defence]`` and
        ``P(attack)[attack]``; ``defender_value`` and ``attacker_value`` (money per classified input);
        ``expected_share``; ``equilibria`` (number of extreme equilibria); ``complete``; ``regret``. Files,
        and frames of a design, of draws or of several scenarios, also have ``scenario`` and ``cell`` before
        them, ``draw`` where there are draws, and last ``error``, the reason where a cell could not be solved.

    Raises:
        ScenarioError: for an empty grid, a grid too large for memory, or an invalid value.
        InputError: for an output that exists, cannot be written, or has the journal of another sweep.
        SweepError: if the disk or the workers fail; what is solved is kept.
    """
    if (grid is None) == (design is None):
        raise InputError("Give either a grid or a design of the parameters.")
    if output is None and design is None and not draws and isinstance(scenario, Scenario):
        return _frame(scenario, grid or {}, concept, progress)
    listed = isinstance(scenario, Iterable) and not isinstance(scenario, str)
    scenarios = tuple(cast("Iterable[Scenario]", scenario if listed else (scenario,)))
    for single in scenarios:
        check_scenario(single)
    chosen = design if design is not None else FullGrid(grid or {})
    job = SweepJob(scenarios, chosen, concept, draws, seed, chunk_cells)
    if output is None:
        return _frame_of_job(job, progress)
    return run_job(
        job, Path(output), engine or LocalEngine(), resume=resume, overwrite=overwrite, progress=progress
    )


def _frame_of_job(job: SweepJob, progress: Progress | None) -> pd.DataFrame:
    """The rows of a job in memory."""
    import pyarrow as pa

    _check_size(job.cells)
    schema, tables, done = schema_of(job), [], 0
    for chunk in job.chunks():
        tables.append(rows_of(job, chunk, schema=schema))
        done += chunk.cells
        if progress is not None:
            progress(done, job.cells)
    frame: pd.DataFrame = pa.concat_tables(tables).unify_dictionaries().to_pandas()
    return frame


def _frame(
    scenario: Scenario, grid: Grid, concept: str | Concept | None, progress: Progress | None
) -> pd.DataFrame:
    """The frame of a grid in memory: solved as one batch if it is large, otherwise cell by cell."""
    total = FullGrid(grid).cells
    _check_size(total)
    solver = CONCEPTS.resolve(concept or concept_in_bulk(scenario))
    method = batch_method_of(solver)
    if total >= COMPILED_FROM and method is not None and all(map(can_be_batched, grid)):
        axes = {address: np.asarray(list(values), dtype=np.float64) for address, values in grid.items()}
        columns, answers = solve_grid(scenario, axes, method, progress=progress)
        return _as_frame(scenario.accuracies, columns, bulk_cells(scenario, columns, answers))
    cells = []
    for point in product(*grid.values()):
        cells.append(solve_singly(scenario, dict(zip(grid, point, strict=True)), solver))
        if progress is not None:
            progress(len(cells), total)
    return _as_frame(scenario.accuracies, FullGrid(grid).columns(0, total), joined(cells))


def _as_frame(accuracies: Accuracies, columns: Mapping[str, FloatArray], cells: SolvedCells) -> pd.DataFrame:
    import pandas as pd

    defences, attacks = accuracies.defences, accuracies.attacks
    regimes = regimes_of(defences, attacks, cells.defender, cells.attacker)
    return pd.DataFrame(
        {
            **columns,
            "regime": pd.Categorical.from_codes(regimes.codes, pd.Index(regimes.texts)),
            **{f"P[{name}]": shares for name, shares in zip(defences, cells.defender.T, strict=True)},
            **{f"P(attack)[{name}]": shares for name, shares in zip(attacks, cells.attacker.T, strict=True)},
            "defender_value": cells.value[:, 0],
            "attacker_value": cells.value[:, 1],
            "expected_share": cells.expected_share,
            "equilibria": cells.equilibria,
            "complete": cells.complete,
            "regret": cells.regret,
        }
    )


def _check_size(cells: int) -> None:
    if cells > MOST_CELLS:
        raise ScenarioError(
            f"The sweep has {cells:,} cells; at most {MOST_CELLS:,} fit into memory. Write it to a .parquet "
            "file (output=…), vary fewer parameters, or use fewer points."
        )


@dataclass(frozen=True, eq=False)
class SweepTable(StudyResult):
    """The solutions at the points of a grid."""

    table: pd.DataFrame
    solved: str = ""  # for which policy

    @property
    def sentence(self) -> str:
        """The most frequent regime, and the number of regimes."""
        counts = self.table["regime"].value_counts()
        kinds = int((counts > 0).sum())
        if kinds == 1:
            points = "the only point" if len(self.table) == 1 else f"all {len(self.table):,} points"
            return f"{counts.index[0]} is played at {points}. {self.solved}".rstrip()
        return (
            f"{counts.index[0]} is played at {counts.iloc[0]:,} of {len(self.table):,} points; "
            f"there are {kinds:,} different combinations. {self.solved}".rstrip()
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
        frame = sweep(situation.scenario, grid, concept=concept, progress=advanced)
        return SweepTable(frame, solved_while_running(situation))
