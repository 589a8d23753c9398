"""The point nearest to the origin at which a property changes."""

from __future__ import annotations

import numpy as np
import pytest

from advgame.studies.nearest_change import Search

BOX = np.full(3, 50.0)


def beyond_ellipsoid(points: np.ndarray) -> np.ndarray:
    """Around (0.3, 0, 0) with the half-axes 1, 3 and 2: it crosses the first axis at 1.3 and −0.7."""
    return (points[:, 0] - 0.3) ** 2 + (points[:, 1] / 3) ** 2 + (points[:, 2] / 2) ** 2 > 1


@pytest.mark.parametrize("start", [(-1.0, 2.0, 1.0), (0.1, 5.0, 1.0), (-0.2, -0.3, 4.0)])
def test_a_curved_border_is_reached_at_its_nearest_point(start: tuple[float, ...]) -> None:
    search = Search(beyond_ellipsoid, -BOX, BOX, 20.0)
    end = search.refined(search.first(np.array([start]))[0])
    np.testing.assert_allclose(end, [-0.7, 0, 0], atol=2e-3)
    assert np.linalg.norm(end) == pytest.approx(0.7, abs=1e-5)


def test_several_starts_find_the_nearer_of_two_local_minima() -> None:
    search = Search(beyond_ellipsoid, -BOX, BOX, 20.0)
    ends = search.nearest(search.first(np.array([[1.0, 0, 0], [-1.0, 1, 0]])), starts=2)
    assert [round(float(np.linalg.norm(end)), 3) for end in ends] == [0.7, 1.3]


def test_the_nearest_point_of_a_plane_within_a_box_is_the_clipped_foot() -> None:
    """x + y + z = 3 with x ≤ 1/2 is nearest at (1/2, 5/4, 5/4)."""
    high = np.array([0.5, 50, 50])
    search = Search(lambda points: points.sum(axis=1) > 3, -BOX, high, 20.0)
    end = search.refined(search.first(np.array([[1.0, 2.0, 0.5]]))[0])
    np.testing.assert_allclose(end, [0.5, 1.25, 1.25], atol=1e-3)


def test_a_ray_without_a_change_is_answered_with_nan() -> None:
    search = Search(beyond_ellipsoid, -BOX, BOX, reach=0.5)
    assert np.isnan(search.first(np.eye(3))).all()
    assert search.nearest(search.first(np.eye(3)), starts=3) == ()


def test_a_border_that_is_level_all_around_leaves_the_point_where_it_is() -> None:
    """Changed at x = 1 alone, where the box ends: no neighbouring ray says where a nearer change could be."""
    high = np.array([1.0, 50, 50])
    search = Search(lambda points: points[:, 0] == 1.0, -BOX, high, 20.0)
    start = search.first(np.array([[1.0, 0, 0]]))[0]
    with np.errstate(invalid="raise"):
        assert search.refined(start).tolist() == [1.0, 0, 0]
