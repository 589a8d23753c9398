"""A scenario solved at very many values of its numbers, without a game or a payoff being stored."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.arrays import FloatArray
from advgame.decision.situation import concept_for
from advgame.equilibria.batch.affine_games import FUSED, solve_affine
from advgame.equilibria.batch.batch_answers import BatchAnswers
from advgame.equilibria.batch.solve_batch import Progress, method_named
from advgame.games.tolerances import PLAYED
from advgame.scenarios import Scenario
from advgame.scenarios.family.coefficients import affine_games
from advgame.scenarios.family.exact_payoffs_over import exact_payoffs_over
from advgame.scenarios.family.payoffs_over import checked_columns, payoffs_over

COARSE = 9  # points along each parameter, of the grid that is looked at first
MANY = 100  # times as many points make looking first worth while


def solve_many(
    scenario: Scenario,
    columns: Mapping[str, ArrayLike],
    concept: str | None = None,
    *,
    out: BatchAnswers | None = None,
    progress: Progress | None = None,
) -> BatchAnswers:
    """The recommended profile at every value of some shares and prices, with its certificate.

    The answers are those of ``solve(build_game(…))`` for each. Payoffs are formed where they are needed,
    games alike are solved together, and what the last games played is tried first: give the values in an
    order in which neighbours resemble each other. The games are shared among all cores.

    >>> from advgame.scenarios import case
    >>> answers = solve_many(case("cifar10-two-defences"), {"largest_share": [0.1, 0.3]})
    >>> answers.defender.round(4).tolist(), answers.complete.tolist()
    ([[1.0, 0.0], [0.2512, 0.7488]], [True, True])

    Args:
        scenario: all that does not vary.
        columns: the values (games,) of each number by address; shares and prices only.
        concept: by default the one the scenario is answered with; ``nash_one`` stops at one equilibrium.
        out: where to write, ``BatchAnswers.room(…)`` of an earlier call; by default new arrays.
        progress: called now and then with the number of games done and of all.

    Raises:
        UnknownName, ScenarioError: for an address or a value the scenario cannot have.
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
    """The values at every point of a grid by address, the last parameter fastest, and the answers there.

    As `solve_many`, which it is; the points are visited along the parameter by which what is played changes
    least often, as a coarse grid tells.

    >>> from advgame.scenarios import case
    >>> grid = {"largest_share": [0.1, 0.3], "attack_cost": [0.2, 0.6]}
    >>> solve_grid(case("cifar10-two-defences"), grid)[1].defender[:, 1].round(4).tolist()
    [0.0, 0.0, 1.0, 0.7488]

    Args:
        scenario: the scenario: everything that does not vary.
        grid: address → (points,) values of that axis.
        concept: name of a solution concept; by default the scenario's own.
        out: arrays to write the answers into; by default new ones.
        progress: called now and then with the number of games solved and of all.
    """
    axes = {address: checked_columns({address: values})[address] for address, values in grid.items()}
    columns = _product(axes)
    order = _steadiest_order(scenario, axes, concept) if len(axes) > 1 else None
    return columns, _solved(scenario, checked_columns(columns), concept, order, out, progress)


def _product(axes: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    grids = np.meshgrid(*axes.values(), indexing="ij")
    return {address: each.ravel() for address, each in zip(axes, grids, strict=True)}


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

    chosen, accuracies = method_named(concept or concept_for(scenario)), scenario.accuracies
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
    """The order of a grid's points in which neighbours differ in the parameter that changes least."""
    lengths = [len(each) for each in axes.values()]
    accuracies, points = scenario.accuracies, int(np.prod(lengths))
    coarse = {name: each[np.linspace(0, len(each) - 1, COARSE).astype(int)] for name, each in axes.items()}
    if (len(accuracies.defences), len(accuracies.attacks)) == (2, 2) or points < MANY * COARSE ** len(axes):
        return None
    answers = _solved(scenario, _product(coarse), concept, None, None, None)
    played = np.hstack([answers.defender, answers.attacker]) > PLAYED
    played = played.reshape(*(COARSE for _ in axes), -1)
    changes = [np.diff(played, axis=axis).any(axis=-1).mean() for axis in range(len(axes))]
    last = int(np.argmin([each / length for each, length in zip(changes, lengths, strict=True)]))
    return np.moveaxis(np.arange(points).reshape(lengths), last, -1).ravel()
