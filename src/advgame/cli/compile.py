"""``advgame compile``: compiles the solvers in advance."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

import typer

from advgame.cli.application import app
from advgame.cli.progress import progress_bar
from advgame.stopping import when_stopped

if TYPE_CHECKING:
    from advgame.arrays import FloatArray

POINTS = 3  # along each axis of a sweep
STRATEGIES = 4  # of the games that are solved to trigger compilation
SIDE_OF_LARGE = 80  # strategies of the large games


@app.command("compile", epilog="Example: advgame compile")
def compile_() -> None:
    """Compiles the solvers in advance.

    Otherwise sweeps compile what they need on their first run, and for large single games one equilibrium
    is computed instead of all. The compiled code is stored on disk and reused by later commands until
    advgame or numba is updated.
    """
    from advgame.equilibria.kernels.compiled_ahead import mark_compiled_ahead
    from advgame.equilibria.kernels.compiling import KEPT

    begun = perf_counter()
    kept = "What is already compiled is kept. To compile the rest, run the same command again."
    with when_stopped(kept), progress_bar("Compiling") as progress:
        for done, (kind, compile_kind) in enumerate(SOLVERS.items()):
            if sys.stderr.isatty():
                progress(done, len(SOLVERS))
            else:  # each kind takes long: a line for it, where no bar can be drawn
                typer.echo(f"{done + 1} of {len(SOLVERS)}: {kind}", err=True)
            compile_kind()
    mark_compiled_ahead()
    seconds = perf_counter() - begun
    if KEPT is None:
        typer.echo(
            "The solvers were compiled but could not be stored: no cache folder is writable.", err=True
        )
        raise typer.Exit(1)
    typer.echo(f"The solvers are ready after {seconds:.0f} seconds; they are stored in {KEPT}.")


def _single_games() -> None:
    from advgame.equilibria import compile_solvers

    compile_solvers()


def _two_by_two() -> None:
    from advgame.equilibria import solve_batch

    solve_batch(*_payoffs(2, ties=False))


def _general_games() -> None:
    from advgame.equilibria import solve_batch

    for ties in (False, True):
        solve_batch(*_payoffs(STRATEGIES, ties=ties))


def _one_profile(concept: str) -> None:
    from advgame.equilibria import solve_batch

    for strategies in (2, STRATEGIES):
        solve_batch(*_payoffs(strategies, ties=False), concept)


def _games_of_rank_one(strategies: int) -> None:
    from advgame.equilibria import solve_batch

    defender, attacker = _payoffs(strategies, ties=False)
    rank_one = defender[:, :, :1] * attacker[:, :1, :]
    solve_batch(defender, rank_one - defender)


def _sweeps() -> None:
    """Sweeps and maps: 2 × 2 games, which have separate kernels, and larger ones."""
    import numpy as np

    from advgame.decision.solve_many import solve_grid
    from advgame.scenarios import case
    from advgame.studies import two_by_two_map

    grid = {name: np.linspace(0.1, 1.0, POINTS) for name in ("largest_share", "attack_cost")}
    for name in ("cifar10-two-defences", "mnist-pruning"):
        solve_grid(case(name), grid, "nash")
    solve_grid(case("mnist-pruning"), grid, "nash_one")  # tries supports, in a kernel of its own
    two_by_two_map(case("cifar10-two-defences"), grid)


def _payoffs(strategies: int, *, ties: bool) -> tuple[FloatArray, FloatArray]:
    import numpy as np

    random = np.random.default_rng(0)
    shape = 2, 3, strategies, strategies  # three games for two players
    defender, attacker = random.integers(0, 2, shape).astype(float) if ties else random.normal(size=shape)
    return defender, attacker


# What is compiled, in this order, by solving games that use it.
SOLVERS: dict[str, Callable[[], object]] = {
    "single games": _single_games,
    "many games of 2 × 2": _two_by_two,
    "many games of rank 1": partial(_games_of_rank_one, STRATEGIES),
    "large games of rank 1": partial(_games_of_rank_one, SIDE_OF_LARGE),
    "many general games": _general_games,
    "one equilibrium of many games": partial(_one_profile, "nash_one"),
    "commitments": partial(_one_profile, "commitment"),
    "commitments to one defence": partial(_one_profile, "pure_commitment"),
    "sweeps and maps": _sweeps,
}
