"""The borders between the regions of a map, located between its grid points, and the areas they enclose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray

Labels = NDArray[np.int64]
LabelsAt = Callable[[FloatArray, FloatArray], Labels]  # x (k,), y (k,) → (k,)
Point = tuple[float, float]

HALVINGS = 26  # of the distance between two grid points


@dataclass(frozen=True)
class Piece:
    """A part of a region: a polygon, and those of its sides that are borders of the region."""

    region: int
    outline: tuple[Point, ...]
    cuts: tuple[tuple[Point, Point], ...] = ()


@dataclass(frozen=True, eq=False)
class Borders:
    """Where the lines of a grid cross the borders of regions, and the area of each region."""

    x: FloatArray  # (crossings,)
    y: FloatArray  # (crossings,)
    before: Labels  # (crossings,) the region on the side of the smaller coordinate
    after: Labels  # (crossings,) the region on the other side
    areas: FloatArray  # (regions,) share of the map
    pieces: tuple[Piece, ...] = ()  # of the regions, which together cover the map
    lines: tuple[tuple[Point, Point], ...] = ()  # the borders, as straight lines


def borders_of(labels: Labels, x: FloatArray, y: FloatArray, labels_at: LabelsAt, regions: int) -> Borders:
    """The borders of regions by halving every interval of the grid whose ends differ.

    Regions are polygons through these crossings: their areas are exact where borders are straight. Where
    they bend, chords cut them short: by less than half a cell at a corner. A region that no grid point
    meets is missed.

    >>> x = y = np.linspace(0, 1, 5)
    >>> right = lambda x, y: (x + y > 0.9).astype(np.int64)
    >>> found = borders_of(right(*np.meshgrid(x, y)), x, y, right, regions=2)
    >>> found.areas.round(6).tolist()  # a triangle of legs 0.9
    [0.405, 0.595]

    Args:
        labels: (rows, columns) the region of each grid point, 0, 1, …
        x: (columns,) coordinates, ascending.
        y: (rows,) coordinates, ascending.
        labels_at: the regions of other points.
        regions: how many there are; those without a grid point have the area 0.
    """
    across, upwards = _changes(labels, x, y)
    first, last = (np.concatenate([one, other]) for one, other in zip(across, upwards, strict=True))
    near, far = (np.array([x[ends[:, 1]], y[ends[:, 0]]]) for ends in (first, last))
    before, after = (labels[ends[:, 0], ends[:, 1]] for ends in (first, last))
    for _ in range(HALVINGS if len(before) else 0):
        middle = (near + far) / 2
        same = labels_at(*middle) == before
        near, far = np.where(same, middle, near), np.where(same, far, middle)
    at = (near + far) / 2
    count = len(across[0])
    crossed = [
        {(int(row), int(column)): (float(at[0, place]), float(at[1, place])) for place, (row, column) in some}
        for some in (
            list(enumerate(across[0])),
            [(count + place, cell) for place, cell in enumerate(upwards[0])],
        )
    ]
    areas = np.zeros(regions)
    pieces = tuple(_pieces_of_cells(labels, x, y, *crossed))
    for piece in pieces:
        areas[piece.region] += _area(piece.outline)
    lines = tuple(dict.fromkeys(line for piece in pieces for line in piece.cuts))
    return Borders(at[0], at[1], before, after, areas / ((x[-1] - x[0]) * (y[-1] - y[0])), pieces, lines)


def _changes(labels: Labels, x: FloatArray, y: FloatArray) -> tuple[tuple[Labels, Labels], ...]:
    """The grid points (k, 2) before and after each change, along rows and along columns."""
    right = np.argwhere(labels[:, :-1] != labels[:, 1:]) if len(x) > 1 else np.empty((0, 2), np.int64)
    up = np.argwhere(labels[:-1] != labels[1:]) if len(y) > 1 else np.empty((0, 2), np.int64)
    return (right, right + np.array([0, 1])), (up, up + np.array([1, 0]))


def _pieces_of_cells(
    labels: Labels,
    x: FloatArray,
    y: FloatArray,
    across: dict[tuple[int, int], Point],
    upwards: dict[tuple[int, int], Point],
) -> Iterator[Piece]:
    """The regions in each cell of the grid; neighbouring cells of a row in one region are one piece."""
    for row, (low, high) in enumerate(pairwise(y.tolist())):
        begun: tuple[int, float] | None = None  # a region, and where it begins in this row
        for column, (left, right) in enumerate(pairwise(x.tolist())):
            names = [int(labels[row + up, column + over]) for up, over in ((0, 0), (0, 1), (1, 1), (1, 0))]
            whole = names[0] if len(set(names)) == 1 else None
            if begun is not None and begun[0] != whole:
                yield Piece(begun[0], _rectangle(begun[1], left, low, high))
                begun = None
            if whole is not None:
                begun = begun or (whole, left)
                continue
            crossings = [
                across.get((row, column)),
                upwards.get((row, column + 1)),
                across.get((row + 1, column)),
                upwards.get((row, column)),
            ]
            yield from _parts_of_cell(_rectangle(left, right, low, high), names, crossings)
        if begun is not None:
            yield Piece(begun[0], _rectangle(begun[1], float(x[-1]), low, high))


def _rectangle(left: float, right: float, low: float, high: float) -> tuple[Point, ...]:
    return (left, low), (right, low), (right, high), (left, high)


def _parts_of_cell(
    corners: Sequence[Point], names: Sequence[int], crossings: Sequence[Point | None]
) -> Iterator[Piece]:
    """The regions in one cell: its corners, cut off by chords or by lines to a common point.

    Args:
        corners: of the cell, in order.
        names: the region of each corner.
        crossings: on the side from each corner to the next one; None where both are of one region.
    """
    marks = [(place, point) for place, point in enumerate(crossings) if point is not None]
    across, up = np.mean([point for _, point in marks], axis=0).tolist()
    for (start, first), (end, last) in zip(marks, [*marks[1:], marks[0]], strict=True):
        inside = [corners[(start + 1 + step) % 4] for step in range((end - start) % 4)]
        several = len(marks) > 2
        outline = (first, *inside, last, *(((across, up),) if several else ()))
        cuts = ((first, (across, up)),) if several else (_ordered(first, last),)
        yield Piece(names[(start + 1) % 4], outline, cuts)


def _ordered(first: Point, last: Point) -> tuple[Point, Point]:
    return (first, last) if first <= last else (last, first)


def _area(outline: Sequence[Point]) -> float:
    """Of a polygon (shoelace formula)."""
    x, y = np.array(outline).T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
