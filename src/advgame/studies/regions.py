"""Region maps: which defences are deployed over two parameters of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation, concept_in_bulk
from advgame.decision.solve_many import solve_grid, solve_many
from advgame.equilibria import CONCEPTS, Concept, Nash, batch_method_of, for_many_games
from advgame.errors import ScenarioError, SolverError
from advgame.games import Game
from advgame.games.tolerances import PLAYED
from advgame.number_text import percent
from advgame.payoffs import Accuracies, build
from advgame.scenarios import Scenario, get_parameter, set_parameter
from advgame.scenarios.family.payoffs_over import can_be_batched
from advgame.scenarios.parameters import nearest_value
from advgame.scenarios.ranges import Axis, axis, dials
from advgame.studies.bulk_policy import solved_while_running
from advgame.studies.figures import Tiles, tile_letter
from advgame.studies.region_borders import Borders, borders_of
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import advanced

if TYPE_CHECKING:
    import pandas as pd


# The deployed defences, in the order of the game; empty where no solution is certified
Regime = tuple[str, ...]
COMPILED_FROM = 1000  # points: a smaller map is refined sooner than a batch solver compiles
TILES = 9  # cells of the figure along each axis
COARSE = 9  # lines per axis of the coarse grid that is solved first
FIRST_AXES = ("largest_share", "attack_cost", "attack_reward", "explanation_value")
ONE_POINT = Nash(work_limit=0.2)  # nominal seconds; beyond them, the equilibria listed so far are used


@dataclass(frozen=True, eq=False)
class Regions:
    """The deployed defences at each point of a grid over two parameters, and the scenario's own point."""

    x: Axis
    y: Axis
    x_values: FloatArray  # (k,)
    y_values: FloatArray  # (l,)
    regime: NDArray[np.int64]  # (l, k): indices into ``regimes``
    regimes: tuple[Regime, ...]  # largest area first
    here: tuple[float, float]  # the scenario's own x and y
    here_regime: int  # index into ``regimes``

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of the map each regime covers."""
        counts = np.bincount(self.regime.ravel(), minlength=len(self.regimes))
        return tuple(float(count) / self.regime.size for count in counts)


def regions(
    scenario: Scenario,
    x: str | Axis,
    y: str | Axis,
    *,
    points: int = 65,
    concept: str | Concept | None = None,
) -> Regions:
    """The map of deployed defences over two parameters of the scenario.

    The games of a large map are solved as one batch. Otherwise, and where a parameter or the concept
    cannot be batched, the game is solved where nine lines in each direction cross, and only cells whose
    corners differ are refined, so a region narrower than an eighth of the map, such as a stripe, can be
    missed.

    >>> from advgame.scenarios import case
    >>> found = regions(case("cifar10-two-defences"), "largest_share", "attack_cost", points=17)
    >>> found.regimes[found.here_regime]
    ('Standard', 'Rice2020Overfitting')

    Args:
        scenario: the scenario.
        x: the address of the horizontal parameter, or an `Axis` with its range.
        y: the address of the vertical parameter, or an `Axis`.
        points: grid points per axis, at least 2.
        concept: a solution concept; by default that of `concept_in_bulk`.

    Raises:
        UnknownName: when the scenario has no such parameter.
        ScenarioError: when both parameters are the same, or the grid is too small.
    """
    across, upwards = _axis(scenario, x), _axis(scenario, y)
    if across.address == upwards.address:
        raise ScenarioError(f"Both axes of the map are {across.address}; choose two different parameters.")
    if points < 2:
        raise ScenarioError(f"A map with {points} points per axis is too small; use at least 2.")
    deployed = _Deployed(scenario, across, upwards, points, _solver(scenario, concept))
    labels = deployed.everywhere()
    if labels is None:
        labels = refined(deployed, points)
    own_regime = deployed.own_regime()
    order = _by_area(labels, len(deployed.seen), own_regime)
    place = {old: new for new, old in enumerate(order)}
    return Regions(
        across,
        upwards,
        deployed.x_values,
        deployed.y_values,
        np.vectorize(place.__getitem__, otypes=[np.int64])(labels),
        tuple(list(deployed.seen)[old] for old in order),
        (get_parameter(scenario, across.address), get_parameter(scenario, upwards.address)),
        place[own_regime],
    )


class _Deployed:
    """The regime at a grid point, as its index among the regimes seen so far."""

    def __init__(self, scenario: Scenario, x: Axis, y: Axis, points: int, solver: Concept) -> None:
        self.scenario, self.x, self.y, self.solver = scenario, x, y, solver
        self.x_values = np.linspace(x.low, x.high, points)
        self.y_values = np.linspace(y.low, y.high, points)
        self.seen: dict[Regime, int] = {}
        self._everything = replace(scenario, largest_share=1.0).accuracies
        self._columns: dict[int, Scenario] = {}

    def __call__(self, row: int, column: int) -> int:
        return self._place(_moved(self._column(column), self.y, float(self.y_values[row])))

    def own_regime(self) -> int:
        """The regime of the scenario itself."""
        return self._place(self.scenario)

    def everywhere(self) -> NDArray[np.int64] | None:
        """The regimes at all grid points, solved as one batch; None where that is not possible, or slower."""
        method = self._method
        if method is None or len(self.x_values) * len(self.y_values) < COMPILED_FROM:
            return None
        grid = {self.y.address: self.y_values, self.x.address: self.x_values}
        try:
            answers = solve_grid(self.scenario, grid, method, progress=advanced)[1]
        except SolverError:  # point by point, those without a certified solution are regions of their own
            return None
        return self._labels(answers.defender).reshape(len(self.y_values), len(self.x_values))

    @cached_property
    def _method(self) -> str | None:
        """The batch method that solves the games; None where they cannot be batched."""
        fields = {axis.address.partition("[")[0] for axis in (self.x, self.y)}
        possible = len(fields) == 2 and all(map(can_be_batched, fields))
        concept = Nash() if self.solver == ONE_POINT else for_many_games(self.solver)
        return batch_method_of(concept) if possible else None

    def labels_at(self, x: FloatArray, y: FloatArray) -> NDArray[np.int64]:
        """The regimes at points between those of the grid, (k,)."""
        if self._method is None:
            return np.array([self._at(*point) for point in zip(x.tolist(), y.tolist(), strict=True)])
        answers = solve_many(self.scenario, {self.x.address: x, self.y.address: y}, self._method)
        return self._labels(answers.defender)

    def _labels(self, defender: FloatArray) -> NDArray[np.int64]:
        """The regimes of mixed strategies (k, defences), as their indices among those seen so far, (k,)."""
        deployed = defender > PLAYED
        packed = np.packbits(deployed, axis=1)  # rows of bytes sort much faster than rows of booleans
        rows = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").ravel()
        _, first, which = np.unique(rows, return_index=True, return_inverse=True)
        kinds = deployed[first]
        defences = self._everything.defences
        regimes = [tuple(name for name, on in zip(defences, kind, strict=True) if on) for kind in kinds]
        labels = np.array([self.seen.setdefault(regime, len(self.seen)) for regime in regimes])
        return np.asarray(labels[which.ravel()])

    def _at(self, x: float, y: float) -> int:
        return self._place(_moved(_moved(self.scenario, self.x, x), self.y, y))

    def _column(self, column: int) -> Scenario:
        if column not in self._columns:
            value = float(self.x_values[column])
            self._columns[column] = _moved(self.scenario, self.x, value)
        return self._columns[column]

    def _place(self, scenario: Scenario) -> int:
        regime = _regime(build(self._accuracies_of(scenario), scenario.terms), self.solver)
        return self.seen.setdefault(regime, len(self.seen))

    def _accuracies_of(self, scenario: Scenario) -> Accuracies:
        """The accuracies; for speed, only the shares are recomputed if nothing else has changed."""
        same = scenario.what_if is self.scenario.what_if and scenario.strength == self.scenario.strength
        if not same or scenario.adversarial_share is not self.scenario.adversarial_share:
            return scenario.accuracies
        shares = np.minimum(self._everything.adversarial_share, scenario.largest_share)
        return replace(self._everything, adversarial_share=shares)


def _moved(scenario: Scenario, along: Axis, value: float) -> Scenario:
    return set_parameter(scenario, along.address, nearest_value(along.address, value))


def refined(label: Callable[[int, int], int], points: int) -> NDArray[np.int64]:
    """The labels of a (points, points) grid, computed only where they change.

    >>> asked = []
    >>> labels = refined(lambda row, column: asked.append((row, column)) or int(column > 20), 33)
    >>> int(labels.sum()) == 33 * 12, len(set(asked)) < 33 * 33 / 2
    (True, True)
    """
    known = np.full((points, points), -1, dtype=np.int64)
    filled = known.copy()

    def at(row: int, column: int) -> int:
        if known[row, column] < 0:
            known[row, column] = label(row, column)
        return int(known[row, column])

    lines = np.unique(np.linspace(0, points - 1, min(COARSE, points)).round().astype(int)).tolist()
    waiting = [
        (top, bottom, left, right) for top, bottom in pairwise(lines) for left, right in pairwise(lines)
    ]
    while waiting:
        top, bottom, left, right = waiting.pop()
        corners = {at(row, column) for row in (top, bottom) for column in (left, right)}
        if len(corners) == 1:
            filled[top : bottom + 1, left : right + 1] = corners.pop()
            advanced(int(np.count_nonzero(filled >= 0)), filled.size)
        elif bottom - top > 1 or right - left > 1:
            waiting += [
                (*rows, *columns) for rows in _halves(top, bottom) for columns in _halves(left, right)
            ]
    return np.where(known >= 0, known, filled)


def _halves(start: int, end: int) -> Iterator[tuple[int, int]]:
    if end - start < 2:
        yield start, end
    else:
        middle = (start + end) // 2
        yield from ((start, middle), (middle, end))


def _regime(game: Game, solver: Concept) -> Regime:
    try:
        mixed_strategy = solver.solve(game).recommended.defender
    except SolverError:
        return ()
    return tuple(name for name, share in zip(game.defences, mixed_strategy, strict=True) if share > PLAYED)


def _by_area(labels: NDArray[np.int64], count: int, own_regime: int) -> list[int]:
    """The regimes by decreasing area; among equals the scenario's own comes first."""
    areas = np.bincount(labels.ravel(), minlength=count)
    return sorted(range(count), key=lambda regime: (-int(areas[regime]), regime != own_regime, regime))


def _axis(scenario: Scenario, given: str | Axis) -> Axis:
    return axis(scenario, given) if isinstance(given, str) else given


def _solver(scenario: Scenario, concept: str | Concept | None) -> Concept:
    chosen = CONCEPTS.resolve(concept or concept_in_bulk(scenario))
    return ONE_POINT if chosen == Nash() else chosen


def borders(region_map: Regions, scenario: Scenario, concept: str | Concept | None = None) -> Borders:
    """The exact borders of a map, and the areas of its regions.

    >>> from advgame.scenarios import case
    >>> scenario = case("cifar10-two-defences")
    >>> drawn = regions(scenario, "largest_share", "attack_cost", points=33)
    >>> borders(drawn, scenario).areas.round(2).tolist()  # 0.85 · 0.53, 0.85 · 0.47, 0.15
    [0.45, 0.4, 0.15]

    Args:
        region_map: the map.
        scenario: the scenario that it was made of.
        concept: the concept under which it was made; by default that of `concept_in_bulk`.
    """
    points = len(region_map.x_values)
    deployed = _Deployed(scenario, region_map.x, region_map.y, points, _solver(scenario, concept))
    deployed.seen.update({regime: place for place, regime in enumerate(region_map.regimes)})
    return borders_of(
        region_map.regime,
        region_map.x_values,
        region_map.y_values,
        deployed.labels_at,
        len(region_map.regimes),
    )


@dataclass(frozen=True, eq=False)
class RegionTable(StudyResult):
    """A map of what is deployed, as a sentence and a table."""

    in_money: ClassVar[bool] = False

    regions: Regions
    borders: Borders
    solved: str = ""  # for which policy

    @property
    def sentence(self) -> str:
        """The number of regions, and the one that contains the scenario."""
        own_regime, names = self.regions.here_regime, [" + ".join(regime) for regime in self.regions.regimes]
        count = len(names)
        sets = f"{count} different sets of defences are" if count > 1 else "always the same defences are"
        area = self.borders.areas[own_regime]
        size = f"covers {percent(area)} of the map" if area else "is too small for this grid to show"
        return (
            f"Over {self.regions.x.address} and {self.regions.y.address}, {sets} deployed. The scenario is "
            f"in the region of {names[own_regime] or 'no certified solution'}, which {size}. "
            f"{self.solved}".rstrip()
        )

    def frame(self) -> pd.DataFrame:
        """One row per point: both parameters by address, and ``deploy``."""
        import pandas as pd

        x, y = np.meshgrid(self.regions.x_values, self.regions.y_values)
        return pd.DataFrame(
            {
                self.regions.x.address: x.ravel(),
                self.regions.y.address: y.ravel(),
                "deploy": self._names[self.regions.regime.ravel()],
            }
        )

    @property
    def figure(self) -> Tiles:
        """The map in a few cells, a letter for each set of defences."""
        region_map = self.regions
        rows, columns = (_spread(len(values)) for values in (region_map.y_values, region_map.x_values))
        cells = region_map.regime[np.ix_(rows, columns)][::-1]
        seen = sorted({*cells.ravel().tolist(), region_map.here_regime})
        letter = {regime: tile_letter(place) for place, regime in enumerate(seen)}
        across, upwards = (
            int(np.abs(values[places] - own).argmin())
            for values, places, own in zip(
                (region_map.x_values, region_map.y_values), (columns, rows), region_map.here, strict=True
            )
        )
        return Tiles(
            "Defences deployed",
            f"across: {region_map.x.meaning}; upwards: {region_map.y.meaning}",
            tuple(f"{value:.4g}" for value in region_map.y_values[rows][::-1].tolist()),
            tuple(f"{value:.4g}" for value in region_map.x_values[columns].tolist()),
            tuple(tuple(letter[regime] for regime in row) for row in cells.tolist()),
            (len(rows) - 1 - upwards, across),
            tuple((letter[regime], self._names[regime] or "no certified solution") for regime in seen),
        )

    def report_frame(self) -> pd.DataFrame:
        """The areas of the regions; the figure shows where they are."""
        return self.areas_frame()

    def areas_frame(self) -> pd.DataFrame:
        """One row per region, the largest first: ``deploy`` and ``area``, its share of the map."""
        import pandas as pd

        frame = pd.DataFrame({"deploy": self._names, "area": self.borders.areas})
        return frame.sort_values("area", ascending=False, ignore_index=True)

    def borders_frame(self) -> pd.DataFrame:
        """One row per crossing of a grid line and a border: both parameters, and what is deployed around."""
        import pandas as pd

        return pd.DataFrame(
            {
                self.regions.x.address: self.borders.x,
                self.regions.y.address: self.borders.y,
                "deploy_before": self._names[self.borders.before],
                "deploy_after": self._names[self.borders.after],
            }
        )

    @property
    def _names(self) -> NDArray[np.object_]:
        return np.array([" + ".join(regime) for regime in self.regions.regimes], dtype=object)


def _spread(points: int) -> NDArray[np.int64]:
    """The indices of the points that a figure shows, evenly spread with both ends."""
    return np.unique(np.linspace(0, points - 1, min(points, TILES)).round().astype(np.int64))


@dataclass(frozen=True)
class RegionStudy(Study[RegionTable]):
    """Which defences are deployed over two parameters of the scenario?

    Args:
        x: the address of the horizontal parameter; by default the largest share, or the first amount that
            changes a payoff.
        y: the address of the vertical parameter; by default the cost of the attacks, or the next amount
            where it differs by attack.
        points: grid points per axis, at least 2.
    """

    name: ClassVar[str] = "regions"
    x: str = ""
    y: str = ""
    points: int = 33

    def run(self, situation: Situation) -> RegionTable:
        """The map with its borders.

        Raises:
            UnknownName: when the scenario has no such parameter.
            ScenarioError: when both parameters are the same, or the grid is too small.
        """
        scenario, concept = situation.scenario, for_many_games(situation.concept)
        usual = [address for address in _usual_axes(scenario) if address not in (self.x, self.y)]
        if len(usual) < (not self.x) + (not self.y):
            raise ScenarioError(
                "The scenario has too few single amounts that change a payoff for a map; name both axes, "
                "such as x=largest_share and y=attack_cost[NAME]."
            )
        x = self.x or usual.pop(0)
        y = self.y or usual.pop(0)
        region_map = regions(scenario, x, y, points=self.points, concept=concept)
        return RegionTable(
            region_map, borders(region_map, scenario, concept), solved_while_running(situation)
        )


def _usual_axes(scenario: Scenario) -> list[str]:
    """The parameters that are single amounts and change a payoff, the most telling first."""
    single = [dial.name for dial in dials(scenario) if dial.name == dial.addresses[0]]
    return sorted(single, key=lambda name: FIRST_AXES.index(name) if name in FIRST_AXES else len(FIRST_AXES))
