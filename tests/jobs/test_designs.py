"""The cells of a design are those that SciPy or a plain loop gives, in any part."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats.qmc import Sobol

from advgame.errors import ScenarioError
from advgame.jobs import DESIGNS, FullGrid, LatinHypercubeDesign, SobolDesign, UniformDesign
from advgame.jobs.designs import RangeDesign

RANGES = {"attack_cost": (0.2, 1.0), "largest_share": (0.0, 0.5)}
RANDOM = [kind for kind in DESIGNS.values() if issubclass(kind, RangeDesign)]


def test_a_grid_has_every_combination_the_first_parameter_varying_slowest() -> None:
    axes = {"a": [1.0, 2.0], "b": [3.0], "c": [4.0, 5.0, 6.0]}
    columns = FullGrid(axes).columns(0, 6)
    assert list(zip(*(column.tolist() for column in columns.values()), strict=True)) == list(
        product(*axes.values())
    )


@pytest.mark.parametrize("lengths", [(5,), (2, 1, 3), (3, 2, 4)])
def test_any_part_of_a_grid_is_that_of_all_combinations(lengths: tuple[int, ...]) -> None:
    axes = {
        name: [float(place) for place in range(length)] for name, length in zip("abc", lengths, strict=False)
    }
    whole = list(product(*axes.values()))
    design = FullGrid(axes)
    for first, last in combinations(range(len(whole) + 1), 2):
        columns = design.columns(first, last)
        rows = list(zip(*(column.tolist() for column in columns.values()), strict=True))
        assert rows == whole[first:last]


def test_a_grid_of_a_trillion_cells_needs_no_memory() -> None:
    axis = np.linspace(0, 1, 10**6).tolist()
    design = FullGrid({"attack_cost": axis, "largest_share": axis})
    last = design.columns(design.cells - 1, design.cells)
    assert design.cells == 10**12
    assert [column.tolist() for column in last.values()] == [[1.0], [1.0]]


@pytest.mark.parametrize("kind", RANDOM)
def test_any_part_of_a_design_is_that_of_the_whole(kind: type[RangeDesign]) -> None:
    design = kind(RANGES, 40_000, 3)
    whole = design.columns(0, 40_000)
    for first, last in ((0, 1), (16_383, 16_386), (39_999, 40_000), (5, 9)):  # forwards and backwards
        part = design.columns(first, last)
        assert all((part[name] == whole[name][first:last]).all() for name in RANGES)
    for name, (low, high) in RANGES.items():
        assert low <= whole[name].min() < whole[name].max() <= high
        assert whole[name].mean() == pytest.approx((low + high) / 2, abs=0.01)


def test_sobol_points_are_those_of_scipy() -> None:
    points = Sobol(2, rng=np.random.default_rng(5)).random(64)
    columns = SobolDesign(RANGES, 64, 5).columns(0, 64)
    assert columns["largest_share"] == pytest.approx(0.5 * points[:, 1])


def test_a_hypercube_has_one_point_in_each_interval_of_each_parameter() -> None:
    columns = LatinHypercubeDesign(RANGES, 100, 1).columns(0, 100)
    intervals = np.floor((columns["attack_cost"] - 0.2) / 0.8 * 100)
    assert sorted(intervals.tolist()) == list(range(100))


def test_other_seeds_give_other_points() -> None:
    first, second = (UniformDesign(RANGES, 10, seed).columns(0, 10)["attack_cost"] for seed in (0, 1))
    assert not (first == second).any()


@pytest.mark.parametrize(
    ("ranges", "size", "seed", "message"),
    [
        ({}, 10, 0, "varies nothing"),
        ({"attack_cost": (1.0, 0.0)}, 10, 0, "the smaller first"),
        ({"attack_cost": (0.0, float("nan"))}, 10, 0, "finite"),
        (RANGES, 0, 0, "expected 1 to"),
        (RANGES, 10**16, 0, "expected 1 to"),
        (RANGES, 10, -1, "seed is -1"),
        ({"attack_cost": (0, 1), "attack_cost[pgd]": (0, 1)}, 10, 0, "vary only one of them"),
    ],
)
@pytest.mark.parametrize("kind", RANDOM)
def test_an_impossible_design_is_refused(
    kind: type[RangeDesign], ranges: dict, size: int, seed: int, message: str
) -> None:
    with pytest.raises(ScenarioError, match=message):
        kind(ranges, size, seed)
