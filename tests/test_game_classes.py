"""The classes of games of the benchmark at small sizes, against brute force and known counts."""

from __future__ import annotations

import numpy as np
import pytest

from advgame.equilibria import solve
from advgame.equilibria.algorithms.vertex_matching import compile_search
from advgame.equilibria.algorithms.whole_enumeration import compile_whole_search
from advgame.games import Game
from benchmarks.game_classes import CLASSES
from tests.equilibria.brute_force import every_extreme_equilibrium

SMALL = {"dual cyclic": (4, 4), "sgc": (7, 7), "Blotto": (6, 6), "tournament": (4, 6)}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    compile_search()
    compile_whole_search()


def drawn(name: str, shape: tuple[int, int]) -> Game:
    a, b = CLASSES[name](np.random.default_rng(3), 1, *shape)
    return Game(a[0], b[0])


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in ("sgc", "Blotto", "tournament")])
def test_a_small_game_of_each_class_has_the_equilibria_that_brute_force_finds(name: str) -> None:
    game = drawn(name, SMALL.get(name, (4, 4)))
    solution = solve(game)
    expected = {tuple(np.array([*x, *y], float).round(8)) for x, y in every_extreme_equilibrium(game)}
    assert solution.complete
    assert {(*each.defender.round(8), *each.attacker.round(8)) for each in solution.profiles} == expected


@pytest.mark.parametrize("name", ["Blotto", "tournament"])
def test_degenerate_classes_are_listed_completely(name: str) -> None:
    solution = solve(drawn(name, SMALL[name]))
    assert solution.complete
    assert all(each.certificate.valid for each in solution.profiles)


@pytest.mark.parametrize(("name", "shape", "support"), [("sgc", (7, 7), 3), ("dual cyclic", (6, 6), 6)])
def test_classes_with_one_equilibrium_have_one_on_the_known_support(
    name: str, shape: tuple[int, int], support: int
) -> None:
    solution = solve(drawn(name, shape))
    assert solution.complete
    assert [int((each.defender > 1e-9).sum()) for each in solution.profiles] == [support]
