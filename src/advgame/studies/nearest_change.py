"""The point nearest to the origin at which a property of points changes, found along rays.

The search is that of first-order reliability methods (Hasofer and Lind 1974; Rackwitz and Fiessler 1978,
doi:10.1016/0045-7949(78)90046-9): the foot of the perpendicular to the tangent plane of the border gives the
next ray. The tangent plane is estimated from the border on neighbouring rays, so that the property alone is
needed, no formula of the border.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.studies.study_progress import part, tracked

Changed = Callable[[FloatArray], NDArray[np.bool_]]  # points (k, d) → (k,)

NEAREST = 1e-4  # of the reach: where a ray is first evaluated
PLACES = 40  # at which a ray is evaluated; a change that reverts between two of them is missed
HALVINGS = 20  # of an interval between two such places
AT_A_TIME = 32  # rays
ASIDE = 3e-3  # by which a neighbouring ray is turned
LEVEL = 1e-5  # of the distance: a border that moves less on a neighbouring ray is level there
WITHIN = 0.4  # of the distance: where the border on a neighbouring ray is looked for
STEPS = (1.0, 0.5, 0.25, 0.1, 0.03)  # parts of the way to the foot of the perpendicular
GAIN = 1e-6  # of the distance: a smaller gain ends the search
ROUNDS = 30
ALIKE = 0.95  # cosine between two starts that count as one


@dataclass(frozen=True, eq=False)
class Search:
    """A search for the nearest change within a box around the origin.

    >>> half_plane = lambda points: points @ np.array([3.0, 4.0]) > 10.0
    >>> box = Search(half_plane, low=np.full(2, -5.0), high=np.full(2, 5.0), reach=20.0)
    >>> box.refined(box.first(np.eye(2))[1]).round(4).tolist()  # 10 / 5 away
    [1.2, 1.6]

    Args:
        changed: whether the property differs from that of the origin.
        low: (d,) least coordinates, none above 0.
        high: (d,) greatest coordinates, none below 0.
        reach: how far from the origin is searched.
    """

    changed: Changed
    low: FloatArray
    high: FloatArray
    reach: float

    def first(self, directions: FloatArray) -> FloatArray:
        """The first point on each ray at which the property has changed, (k, d); NaN where it has not.

        Args:
            directions: (k, d), none of them 0.
        """
        starts = range(0, len(directions), AT_A_TIME)
        parts = [self._first(directions[start : start + AT_A_TIME]) for start in tracked(starts, len(starts))]
        return np.concatenate(parts) if parts else np.empty((0, len(self.low)))

    def nearest(self, points: FloatArray, starts: int) -> tuple[FloatArray, ...]:
        """The nearest changes found from the best points, one for each start, the nearest first.

        Args:
            points: (k, d) changed points or NaN, as of `first`.
            starts: how many points to start from; points in nearly the same direction count as one.
        """
        nearest_points, apart = [], _apart(points, starts)
        for place, point in enumerate(apart):
            with part(place / len(apart), (place + 1) / len(apart)):
                nearest_points.append(self.refined(point))
        return tuple(sorted(nearest_points, key=lambda point: float(np.linalg.norm(point))))

    def refined(self, point: FloatArray) -> FloatArray:
        """A changed point (d,) to which no nearer one is found, from one changed point.

        Args:
            point: (d,) where the property has changed.
        """
        for _ in range(ROUNDS):
            distance = float(np.linalg.norm(point))
            if distance == 0:
                break
            normal = self._normal(point)
            if not normal.any():  # level all around: no direction leads to a nearer change
                break
            foot = self._foot(normal, float(normal @ point))
            with part(0.0, 0.0):  # how many rounds there are is not known
                on_rays = self.first(np.array([(1 - step) * point + step * foot for step in STEPS]))
            distances = np.nan_to_num(np.linalg.norm(on_rays, axis=1), nan=np.inf)
            if distances.min() >= distance * (1 - GAIN):
                break
            point = on_rays[distances.argmin()]
        return point

    def _clipped(self, points: FloatArray) -> FloatArray:
        return np.clip(points, self.low, self.high)

    def _first(self, directions: FloatArray) -> FloatArray:
        units = directions / np.linalg.norm(directions, axis=1, keepdims=True)
        places = np.append(0.0, np.geomspace(NEAREST, 1.0, PLACES) * self.reach)
        rays = self._clipped(places[1:, None] * units[:, None]).reshape(-1, units.shape[1])
        changes = self.changed(rays).reshape(len(units), PLACES)
        ends = changes.argmax(axis=1)
        far = self._border(units, places[ends], places[ends + 1], clipped=True)
        points = self._clipped(far[:, None] * units)
        points[~changes.any(axis=1)] = np.nan
        return points

    def _border(self, rays: FloatArray, near: FloatArray, far: FloatArray, *, clipped: bool) -> FloatArray:
        """Distances (k,) along rays at which the property has just changed, between two distances."""
        for _ in range(HALVINGS):
            middle = (near + far) / 2
            points = middle[:, None] * rays
            changed = self.changed(self._clipped(points) if clipped else points)
            near, far = np.where(changed, near, middle), np.where(changed, middle, far)
        return far

    def _normal(self, point: FloatArray) -> FloatArray:
        """The gradient (d,) of the distance of the border, from rays turned aside by each coordinate.

        Where a ray u meets the border at t(u) u, the normal is proportional to the gradient of 1/t.
        """
        distance = float(np.linalg.norm(point))
        movable = np.flatnonzero(self.high > self.low)
        aside = ASIDE * np.eye(len(point))[movable]
        rays = point / distance + np.concatenate([aside, -aside])
        uneven = np.zeros(len(movable), np.bool_)
        for scale in (1 - LEVEL, 1 + LEVEL):
            uneven |= (self.changed(scale * distance * rays) != (scale > 1)).reshape(2, -1).any(axis=0)
        both = np.flatnonzero(np.tile(uneven, 2))
        distances = np.full(len(both), distance)
        border = self._border(rays[both], (1 - WITHIN) * distances, (1 + WITHIN) * distances, clipped=False)
        inverse = (1 / border).reshape(2, -1)
        normal = np.zeros(len(point))
        normal[movable[uneven]] = inverse[0] - inverse[1]
        return normal

    def _foot(self, normal: FloatArray, level: float) -> FloatArray:
        """The point of the box nearest to the origin with ``normal @ point == level``, as far as it goes."""
        if not np.any(normal):
            return np.zeros(len(normal))
        low, high = 0.0, 1.0
        for _ in range(200):
            if self._clipped(high * normal) @ normal >= level:
                break
            high *= 2
        for _ in range(100):
            middle = (low + high) / 2
            short = self._clipped(middle * normal) @ normal < level
            low, high = (middle, high) if short else (low, middle)
        return self._clipped(high * normal)


def _apart(points: FloatArray, starts: int) -> list[FloatArray]:
    """The points nearest to the origin, none in nearly the direction of a nearer one."""
    distances = np.linalg.norm(points, axis=1)
    chosen: list[FloatArray] = []
    for place in np.argsort(distances):
        point = points[place]
        if len(chosen) == starts or not np.isfinite(distances[place]):
            break
        sizes = [distances[place] * np.linalg.norm(nearer) for nearer in chosen]
        if all(point @ nearer < ALIKE * size for nearer, size in zip(chosen, sizes, strict=True)):
            chosen.append(point)
    return chosen
