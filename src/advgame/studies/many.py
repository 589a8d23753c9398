"""A scenario solved at very many values of its numbers, without a game or a payoff being stored."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from advgame.equilibria.batch import Progress
from advgame.equilibria.batch_fused import FUSED, BatchAnswers, solve_affine
from advgame.games.game import FloatArray
from advgame.scenarios import Scenario, encounters
from advgame.scenarios.batch import checked_columns, payoffs_over
from advgame.scenarios.coefficients import affine_games
from advgame.studies.recommendation import concept_for


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
    values = checked_columns(columns)
    chosen = concept or concept_for(scenario)

    def payoffs(games: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
        some = {address: column[games] for address, column in values.items()}
        return payoffs_over(scenario, some)[:2]

    met = encounters(scenario)
    return solve_affine(
        affine_games(scenario, values) if chosen in FUSED else None,
        payoffs,
        (len(next(iter(values.values()))), len(met.defences), len(met.attacks)),
        chosen,
        out=out,
        progress=progress,
    )
