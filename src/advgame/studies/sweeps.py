"""A scenario solved at every point of a grid of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria import CONCEPTS, Concept, Solution, solve_batch
from advgame.equilibria.batch import METHODS
from advgame.errors import ScenarioError, SolverError
from advgame.games.game import FloatArray
from advgame.payoffs import Encounters
from advgame.scenarios import Scenario, build_game, encounters, set_parameter
from advgame.scenarios.batch import can_be_batched, payoffs_over
from advgame.studies.recommendation import PLAYED, concept_for

if TYPE_CHECKING:
    import pandas as pd

COMPILED_FROM = 2_000  # cells: fewer are solved before a compiler would have warmed up
CELLS_AT_ONCE = 20_000  # solved as one batch, between two calls of the progress callback
MOST_CELLS = 5_000_000  # a frame of more rows would not fit an ordinary machine's memory

Progress = Callable[[int, int], object]  # cells done, cells in all


def sweep(
    scenario: Scenario,
    grid: Mapping[str, Sequence[float]],
    *,
    concept: str | Concept | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """One row per cell of the grid: the parameters, the regime, both mixes, both values and the certificate.

    Large grids of shares and prices are solved in compiled batches, others one cell at a time; the
    answers are the same.

    >>> from advgame.scenarios import case
    >>> frame = sweep(case("cifar10-two-defences"), {"largest_share": [0.1, 0.3]})
    >>> frame["regime"].tolist()
    ['Standard | autoattack', 'Standard + Rice2020Overfitting | none + autoattack']

    Args:
        grid: values by parameter address; the first parameter varies slowest.
        concept: by default the one the scenario is answered with.
        progress: called now and then with the number of cells done and of all.

    Returns:
        A frame with the columns: each address; ``regime`` (the strategies played); ``P[defence]`` and
        ``P(attack)[attack]``; ``defender_value`` and ``attacker_value`` (money per classified input);
        ``expected_share``; ``equilibria`` (how many extreme ones); ``complete``; ``regret``.

    Raises:
        ScenarioError: for an empty grid, one too large for memory, or a value a parameter cannot have.
    """
    import pandas as pd

    total = _checked_size(grid)
    chosen = concept or concept_for(scenario)
    if total >= COMPILED_FROM and chosen in list(METHODS) and all(map(can_be_batched, grid)):
        return pd.concat(_compiled(scenario, grid, str(chosen), progress), ignore_index=True)
    solver = CONCEPTS[chosen] if isinstance(chosen, str) else chosen
    rows = []
    for done, point in enumerate(product(*grid.values()), start=1):
        rows.append(_cell(scenario, dict(zip(grid, point, strict=True)), solver))
        if progress is not None:
            progress(done, total)
    return pd.DataFrame(rows)


def _compiled(
    scenario: Scenario, grid: Mapping[str, Sequence[float]], concept: str, progress: Progress | None
) -> Iterator[pd.DataFrame]:
    """The frame in parts, each solved as one batch."""
    values = [np.asarray(list(each), dtype=np.float64) for each in grid.values()]
    shape = tuple(map(len, values))
    total = prod(shape)
    for first in range(0, total, CELLS_AT_ONCE):
        last = min(first + CELLS_AT_ONCE, total)
        places = np.unravel_index(np.arange(first, last), shape)
        columns = {address: each[place] for address, each, place in zip(grid, values, places, strict=True)}
        yield _cells(scenario, columns, concept)
        if progress is not None:
            progress(last, total)


def _cells(scenario: Scenario, columns: Mapping[str, FloatArray], concept: str) -> pd.DataFrame:
    import pandas as pd

    a, b, met = payoffs_over(scenario, columns)
    batch = solve_batch(a, b, concept)
    to_defender = np.einsum("si,sij,sj->s", batch.defender, a[batch.game_index], batch.attacker)
    chosen = _worst_of_each(batch.game_index, to_defender, len(a))
    defender, attacker = batch.defender[chosen], batch.attacker[chosen]
    return pd.DataFrame(
        {
            **columns,
            "regime": _regimes(met, defender, attacker),
            **{f"P[{name}]": defender[:, place] for place, name in enumerate(met.defences)},
            **{f"P(attack)[{name}]": attacker[:, place] for place, name in enumerate(met.attacks)},
            "defender_value": to_defender[chosen],
            "attacker_value": np.einsum("ki,kij,kj->k", defender, b, attacker),
            "expected_share": (met.adversarial_share * attacker).sum(axis=1),
            "equilibria": np.bincount(batch.game_index, minlength=len(a)),
            "complete": batch.complete,
            "regret": batch.regret[chosen].max(axis=1),
        }
    )


def _worst_of_each(game: NDArray[np.int64], value: FloatArray, games: int) -> NDArray[np.int64]:
    """The place of each game's equilibrium worth least; the first where several are.

    Raises:
        SolverError: when a game has none that could be certified.
    """
    order = np.lexsort((np.arange(len(game)), value, game))
    firsts = order[np.flatnonzero(np.diff(game[order], prepend=-1))]
    if len(firsts) < games:
        missing = np.setdiff1d(np.arange(games), game)[0]
        raise SolverError(f"No equilibrium of cell {missing} of the grid could be certified.")
    return np.asarray(firsts)


def _regimes(met: Encounters, defender: FloatArray, attacker: FloatArray) -> NDArray[np.object_]:
    """The strategies both play, as text, made once for each combination that occurs."""
    played = np.hstack([defender, attacker]) > PLAYED
    patterns, which = np.unique(played, axis=0, return_inverse=True)
    split = len(met.defences)
    texts = [_told((met.defences, each[:split]), (met.attacks, each[split:])) for each in patterns]
    return np.array(texts, dtype=object)[which.reshape(-1)]


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
        "expected_share": float(encounters(scenario).adversarial_share @ profile.attacker),
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
                f"The grid varies {whole} and {address}, and each would set the other; vary one."
            )
    total = prod(len(values) for values in grid.values())
    if total > MOST_CELLS:
        raise ScenarioError(
            f"The grid has {total:,} cells; at most {MOST_CELLS:,} fit in memory. Vary fewer parameters or "
            "take fewer points."
        )
    return total
