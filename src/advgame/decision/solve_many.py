"""Solves a scenario at many parameter values without storing the payoff matrices."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.arrays import FloatArray
from advgame.decision.situation import concept_in_bulk
from advgame.equilibria.batch.affine_games import FUSED, solve_affine
from advgame.equilibria.batch.batch_answers import BatchAnswers
from advgame.equilibria.batch.solve_batch import Progress, method_named
from advgame.games.tolerances import PLAYED
from advgame.scenarios import Scenario
from advgame.scenarios.family.coefficients import affine_games
from advgame.scenarios.family.exact_payoffs_over import exact_payoffs_over
from advgame.scenarios.family.payoffs_over import checked_columns, payoffs_over

COARSE = 9  # points per parameter of the coarse grid that is solved first
MANY = 100  # a coarse grid pays off if the full grid has this many times its points


def solve_many(
    scenario: Scenario,
    columns: Mapping[str, ArrayLike],
    concept: str | None = None,
    *,
    out: BatchAnswers | None = None,
    progress: Progress | None = None,
) -> BatchAnswers:
    """The recommended profile, with its certificate, at many values of some shares and prices.

    The results equal those of ``solve(build_game(…))`` for each game. Payoffs are computed on the fly,
    similar games are solved together, and the supports of the previous games are tried first, so similar
    values should be adjacent. The games are distributed over all cores.

    >>> from advgame.scenarios import case
    >>> answers = solve_many(case("cifar10-two-defences"), {"largest_share": [0.1, 0.3]})
    >>> answers.defender.round(4).tolist(), answers.complete.tolist()
    ([[1.0, 0.0], [0.2512, 0.7488]], [True, True])

    Args:
        scenario: the scenario; what ``columns`` does not name stays as it is.
        columns: address → values (games,); shares and prices only.
        concept: a solution concept; by default `concept_for` the scenario. ``nash_one`` computes only one
    equilibrium.
        out: arrays to write to, from ``BatchAnswers.room(…)`` or an earlier call; by default new arrays.
        progress: called repeatedly with the numbers of solved games and of all games.

    Raises:
        UnknownName, ScenarioError: for an invalid address or value.
        GameError: for an ``out`` that does not fit.
        SolverError: when no profile of a game could be certified.
    """
    return _solved(scenario, checked_columns(columns), concept, None, out, progress)


def solve_grid(
    scenario: Scenario,
    grid: Mapping[str, ArrayLike],
    concept: str | None = None,
    *,
    out: BatchAnswers | None = None,
    progress: Progress | None = None,
) -> tuple[dict[str, FloatArray], BatchAnswers]:
    """Solves a scenario at every point of a grid.

    Like `solve_many`, on the points of the grid. They are visited along the parameter along which the
    supports change least often on a coarse grid.

    >>> from advgame.scenarios import case
    >>> grid = {"largest_share": [0.1, 0.3], "attack_cost": [0.2, 0.6]}
    >>> solve_grid(case("cifar10-two-defences"), grid)[1].defender[:, 1].round(4).tolist()
    [0.0, 0.0, 1.0, 0.7488]

    Args:
        scenario: the scenario; what ``grid`` does not name stays as it is.
        grid: address → (points,) values of that axis.
        concept: name of a solution concept; by default `concept_for` the scenario.
        out: arrays to write to; by default new arrays.
        progress: called repeatedly with the numbers of solved games and of all games.

    Returns:
        Address → (games,) values, the last parameter varying fastest, and the solutions at those values.
    """
    axes = {address: checked_columns({address: values})[address] for address, values in grid.items()}
    columns = _product(axes)
    order = _steadiest_order(scenario, axes, concept) if len(axes) > 1 else None
    return columns, _solved(scenario, checked_columns(columns), concept, order, out, progress)


def _product(axes: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    grids = np.meshgrid(*axes.values(), indexing="ij")
    return {address: values.ravel() for address, values in zip(axes, grids, strict=True)}


def _solved(
    scenario: Scenario,
    values: Mapping[str, FloatArray],
    concept: str | None,
    order: NDArray[np.int64] | None,
    out: BatchAnswers | None,
    progress: Progress | None,
) -> BatchAnswers:
    def payoffs(games: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
        some = {address: column[games] for address, column in values.items()}
        return payoffs_over(scenario, some)[:2]

    chosen, accuracies = method_named(concept or concept_in_bulk(scenario)), scenario.accuracies
    games = affine_games(scenario, values) if chosen in FUSED else None
    return solve_affine(
        games,
        payoffs,
        (len(next(iter(values.values()))), len(accuracies.defences), len(accuracies.attacks)),
        chosen,
        exactly=exact_payoffs_over(scenario, values, affine=games is not None),
        order=order,
        out=out,
        progress=progress,
    )


def _steadiest_order(
    scenario: Scenario, axes: Mapping[str, FloatArray], concept: str | None
) -> NDArray[np.int64] | None:
    """The order of the grid points in which the supports of neighbours differ least often."""
    lengths = [len(values) for values in axes.values()]
    accuracies, points = scenario.accuracies, int(np.prod(lengths))
    coarse = {
        name: values[np.linspace(0, len(values) - 1, COARSE).astype(int)] for name, values in axes.items()
    }
    if (len(accuracies.defences), len(accuracies.attacks)) == (2, 2) or points < MANY * COARSE ** len(axes):
        return None
    answers = _solved(scenario, _product(coarse), concept, None, None, None)
    played = np.hstack([answers.defender, answers.attacker]) > PLAYED
    played = played.reshape(*(COARSE for _ in axes), -1)
    changes = [np.diff(played, axis=axis).any(axis=-1).mean() for axis in range(len(axes))]
    last = int(np.argmin([values / length for values, length in zip(changes, lengths, strict=True)]))
    return np.moveaxis(np.arange(points).reshape(lengths), last, -1).ravel()
