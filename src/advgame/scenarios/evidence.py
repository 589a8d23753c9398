"""What each accuracy of a scenario rests on: outcomes per input, counts, a rate, or an assumption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, variance

import numpy as np

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.errors import MeasurementError
from advgame.measurements import Measurement, MeasurementTable
from advgame.measurements.measurement import PLAYABLE
from advgame.payoffs.accuracies import column_names, defence_names
from advgame.scenarios.measured_tries import outcomes_beside
from advgame.scenarios.scenario import Scenario
from advgame.statistics.posteriors import (
    JEFFREYS,
    BetaPosterior,
    BootstrapPosterior,
    Posterior,
    equivalent_counts,
)

OUTCOMES = "outcomes per input"
COUNTS = "counts"
STATED = "a rate, its source stating the number of inputs"
GUESSED = "a rate, the number of inputs assumed"
WHAT_IF = "an assumed accuracy, taken as exact"
SAME_ACCURACY = 1e-9  # a row and its outcomes may differ by rounding only

Cell = tuple[str, str]  # defence, attack


@dataclass(frozen=True, eq=False)
class Evidence:
    """The posterior of a scenario's accuracies, and what it rests on.

    Draws are (draws, defences × attacks), the attacks of one defence next to each other.
    """

    defences: tuple[str, ...]
    attacks: tuple[str, ...]  # no attack first
    basis: tuple[str, ...]  # one for each cell: outcomes, counts, a rate or an assumption
    right: FloatArray  # (cells,) inputs classified right, as many as the posterior of the cell is worth
    wrong: FloatArray  # (cells,)
    exact: Mapping[int, float]  # cell → an accuracy that is assumed, not measured
    posterior: Posterior
    runs: tuple[int, ...]  # training runs behind each cell: as many networks to test on more inputs
    paired: bool  # whether cells share the inputs they were measured on
    assumed_tested: int  # inputs assumed where a source states none

    def draw(self, random: np.random.Generator, draws: int) -> FloatArray:
        """Joint draws (draws, defences, attacks) of the accuracies.

        Args:
            random: source of the draws.
            draws: how many.
        """
        return self.shaped(self.posterior.draw(random, draws))

    def shaped(self, draws: FloatArray) -> FloatArray:
        """Draws of the posterior as (draws, defences, attacks), with the assumed accuracies in place."""
        for cell, accuracy in self.exact.items():
            draws[:, cell] = accuracy
        return draws.reshape(-1, len(self.defences), len(self.attacks))

    def joined(self, parts: Iterable[tuple[FloatArray, FloatArray]]) -> tuple[FloatArray, FloatArray]:
        """Draws (draws, defences, attacks) of the accuracies, and of those of the networks trained so far.

        Args:
            parts: of ``in_chunks_with_trained``.

        Returns:
            Two arrays; twice the same one where no training runs are averaged.
        """
        pairs = list(parts)
        accuracy = np.concatenate([self.shaped(drawn) for drawn, _ in pairs])
        if all(trained is drawn for drawn, trained in pairs):
            return accuracy, accuracy
        return accuracy, np.concatenate([self.shaped(trained) for _, trained in pairs])

    @cached_property
    def words(self) -> str:
        """What the accuracies rest on, in a sentence.

        >>> from advgame.scenarios import case
        >>> evidence_of(case("cifar10-two-defences")).words
        'All 4 accuracies rest on counts, each independent of the others.'
        """
        kinds = {basis: self.basis.count(basis) for basis in dict.fromkeys(self.basis)}
        named = {
            OUTCOMES: "outcomes per input, so that comparisons on the same inputs stay paired",
            COUNTS: "counts, each independent of the others",
            GUESSED: f"a rate alone, for which {self.assumed_tested:,} test inputs are assumed",
        }
        if len(kinds) == 1:
            (basis,) = kinds
            return f"All {len(self.basis)} accuracies rest on {named.get(basis, basis)}."
        (first, count), *remaining = kinds.items()
        parts = [f"{count} rest on {named.get(first, first)}"]
        parts += [f"{count} on {named.get(basis, basis)}" for basis, count in remaining]
        return f"Of {len(self.basis)} accuracies, {'; '.join(parts)}."


def evidence_of(scenario: Scenario, assumed_tested: int = 1000) -> Evidence:
    """The posterior of all accuracies of a scenario.

    Where outcomes per input lie beside the table (``….outcomes.parquet``) and give its accuracies, a
    Bayesian bootstrap over inputs and seeds; otherwise independent Beta posteriors under Jeffreys' prior.
    Several seeds of a cell share their test inputs: they count as the inputs of one seed, with the variance
    between seeds added.

    >>> from advgame.scenarios import case
    >>> found = evidence_of(case("cifar10-two-defences"))
    >>> found.right.tolist(), found.paired
    ([9478.0, 0.0, 8534.0, 5342.0], False)

    Args:
        scenario: the question with its table.
        assumed_tested: test inputs to assume where a source gives a rate and no number; 0 to refuse that.

    Raises:
        MeasurementError: for a rate without a number of inputs when none is assumed.
    """
    accuracies, cells = scenario.accuracies, _cells(scenario)
    rows, exact = rows_of(scenario.selected), _exact(scenario, cells)
    right, wrong, basis = _all_counts(rows, cells, exact, assumed_tested)
    runs = tuple(1 if place in exact else _runs(rows[cell]) for place, cell in enumerate(cells))
    outcomes = _outcomes(
        scenario, rows, [None if place in exact else cell for place, cell in enumerate(cells)]
    )
    if outcomes is None:
        between = [0.0 if place in exact else _between_runs(rows[cell]) for place, cell in enumerate(cells)]
        posterior: Posterior = BetaPosterior(right, wrong, np.array(between))
    else:
        posterior = BootstrapPosterior(outcomes)
        basis = tuple(WHAT_IF if place in exact else OUTCOMES for place in range(len(cells)))
    return Evidence(
        accuracies.defences,
        accuracies.attacks,
        basis,
        right,
        wrong,
        exact,
        posterior,
        runs,
        outcomes is not None,
        assumed_tested,
    )


def standard_errors(scenario: Scenario, assumed_tested: int = 1000) -> FloatArray:
    """The standard deviation (defences, attacks) of each accuracy's posterior; 0 where it is assumed.

    >>> from advgame.scenarios import case
    >>> standard_errors(case("cifar10-two-defences")).round(5).tolist()
    [[0.00222, 7e-05], [0.00354, 0.00499]]

    Args:
        scenario: the question with its table.
        assumed_tested: test inputs to assume where a source gives a rate and no number; 0 to refuse that.

    Raises:
        MeasurementError: for a rate without a number of inputs when none is assumed.
    """
    cells = _cells(scenario)
    exact = _exact(scenario, cells)
    right, wrong, _ = _all_counts(rows_of(scenario.selected), cells, exact, assumed_tested)
    right, wrong = right + JEFFREYS, wrong + JEFFREYS
    total = right + wrong
    errors = np.sqrt(right * wrong / (total**2 * (total + 1)))
    errors[list(exact)] = 0.0
    return np.asarray(errors.reshape(scenario.accuracies.attacked_accuracy.shape))


def _cells(scenario: Scenario) -> list[Cell]:
    accuracies = scenario.accuracies
    return [(defence, attack) for defence in accuracies.defences for attack in accuracies.attacks]


def _all_counts(
    rows: Mapping[Cell, Sequence[Measurement]],
    cells: Sequence[Cell],
    exact: Mapping[int, float],
    assumed_tested: int,
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """The inputs right and wrong (cells,) that the posterior of each cell is worth, and what it rests on."""
    counts = [
        (0.0, 0.0, WHAT_IF) if place in exact else _counts(rows[cell], cell, assumed_tested)
        for place, cell in enumerate(cells)
    ]
    right, wrong = (np.array(column) for column in list(zip(*counts, strict=True))[:2])
    return right, wrong, tuple(kind for *_, kind in counts)


def _exact(scenario: Scenario, cells: Sequence[Cell]) -> dict[int, float]:
    """The accuracies that are assumed instead of measured, by cell."""
    addresses = [
        f"clean_accuracy[{defence}]" if attack == NO_ATTACK else f"attacked_accuracy[{defence}, {attack}]"
        for defence, attack in cells
    ]
    return {
        place: float(scenario.what_if[address])
        for place, address in enumerate(addresses)
        if address in scenario.what_if
    }


def rows_of(table: MeasurementTable) -> dict[Cell, tuple[Measurement, ...]]:
    """The rows behind each cell, one for each seed."""
    names = defence_names(table)
    columns = column_names(tuple(column for column in table.columns if column.attack != NO_ATTACK))
    rows: dict[Cell, tuple[Measurement, ...]] = {}
    for row in table:
        if row.metric in PLAYABLE:
            attack = NO_ATTACK if row.attack == NO_ATTACK else columns[row.column]
            cell = names[row.network, row.defence], attack
            rows[cell] = (*rows.get(cell, ()), row)
    return rows


def _counts(rows: Sequence[Measurement], cell: Cell, assumed_tested: int) -> tuple[float, float, str]:
    """The inputs right and wrong that a cell's posterior is worth, and what they rest on."""
    first, tested = rows[0], [row.tested for row in rows if row.tested]
    if len(rows) == 1 and first.correct is not None and not _several_runs(first):
        return float(first.correct), float((first.tested or 0) - first.correct), COUNTS
    basis = COUNTS if all(row.correct is not None for row in rows) else STATED if tested else GUESSED
    inputs = min(tested) if tested else assumed_tested
    if inputs < 1:
        raise MeasurementError(
            f"{cell[0]!r} {_under(cell[1])} has a rate and no count of test inputs, so its sampling error is "
            "not known. Add correct and tested to the row, or set assumed_tested to the number to assume."
        )
    accuracy, between = fmean(row.accuracy for row in rows), _between_runs(rows)
    if between == 0:
        return accuracy * inputs, (1 - accuracy) * inputs, basis
    mean = (accuracy * inputs + JEFFREYS) / (inputs + 2 * JEFFREYS)
    return *equivalent_counts(mean, mean * (1 - mean) / (inputs + 2) + between), basis


def _several_runs(row: Measurement) -> bool:
    return row.std is not None and row.runs is not None and row.runs > 1


def _runs(rows: Sequence[Measurement]) -> int:
    """The training runs whose mean a cell is."""
    return (rows[0].runs or 1) if len(rows) == 1 and _several_runs(rows[0]) else len(rows)


def _between_runs(rows: Sequence[Measurement]) -> float:
    """The variance that the training runs add to the mean accuracy."""
    first = rows[0]
    if len(rows) > 1:
        return variance(row.accuracy for row in rows) / len(rows)
    return (first.std or 0.0) ** 2 / (first.runs or 1) if _several_runs(first) else 0.0


def _outcomes(
    scenario: Scenario, rows: Mapping[Cell, Sequence[Measurement]], cells: Sequence[Cell | None]
) -> FloatArray | None:
    """Outcomes (seeds, inputs, cells) that give the scenario's accuracies; None where there are none."""
    table = outcomes_beside(scenario.data, scenario.folder)
    if table is None:
        return None
    try:
        measured = {
            cell: table.cell(
                rows[cell][0].dataset, rows[cell][0].network, rows[cell][0].defence, rows[cell][0].column
            )
            for cell in cells
            if cell is not None
        }
    except MeasurementError:
        return None
    if not measured or any(
        abs(outcomes.accuracy - fmean(row.accuracy for row in rows[cell])) > SAME_ACCURACY
        for cell, outcomes in measured.items()
    ):
        return None
    seeds = [set(outcomes.seeds) for outcomes in measured.values()]
    if any(seed_set != seeds[0] for seed_set in seeds):
        return None
    inputs = np.unique(np.concatenate([outcomes.inputs for outcomes in measured.values()]))
    right = np.full((len(seeds[0]), len(inputs), len(cells)), np.nan)
    for place, cell in enumerate(cells):
        if cell is None:
            right[:, :, place] = 0.0  # never looked at: the assumed accuracy takes its place
        else:
            right[:, np.searchsorted(inputs, measured[cell].inputs), place] = measured[cell].right
    return right


def _under(attack: str) -> str:
    return "without attack" if attack == NO_ATTACK else f"under {attack!r}"
