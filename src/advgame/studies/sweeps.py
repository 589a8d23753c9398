"""A scenario solved at every point of a grid of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from advgame.equilibria import CONCEPTS, Concept, Solution
from advgame.errors import ScenarioError
from advgame.scenarios import Scenario, build_game, encounters, set_parameter
from advgame.studies.recommendation import PLAYED, concept_for

if TYPE_CHECKING:
    import pandas as pd

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

    >>> from advgame.scenarios import case
    >>> frame = sweep(case("cifar10-two-defences"), {"largest_share": [0.1, 0.3]})
    >>> frame["regime"].tolist()
    ['Standard | autoattack', 'Standard + Rice2020Overfitting | none + autoattack']

    Args:
        grid: values by parameter address; the first parameter varies slowest.
        concept: by default the one the scenario is answered with.
        progress: called after each cell with the number done and the number of all.

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
    solver = CONCEPTS[chosen] if isinstance(chosen, str) else chosen
    rows = []
    for done, point in enumerate(product(*grid.values()), start=1):
        rows.append(_cell(scenario, dict(zip(grid, point, strict=True)), solver))
        if progress is not None:
            progress(done, total)
    return pd.DataFrame(rows)


def regime_of(solution: Solution) -> str:
    """The strategies both players play in the recommended profile, as text.

    >>> from advgame.equilibria import solve
    >>> from advgame.games import Game
    >>> regime_of(solve(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]])))
    'd1 + d2 | a1 + a2'
    """
    profile, game = solution.recommended, solution.game
    sides = (game.defences, profile.defender), (game.attacks, profile.attacker)
    return " | ".join(
        " + ".join(name for name, share in zip(names, mix, strict=True) if share > PLAYED)
        for names, mix in sides
    )


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
