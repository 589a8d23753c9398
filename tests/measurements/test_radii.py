"""Radii are read as people write them, and written so that they read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advgame.errors import MeasurementError
from advgame.measurements import radius_text, read_radius
from advgame.measurements.radii import same_radius


@pytest.mark.parametrize(
    ("text", "radius"),
    [
        ("8/255", 8 / 255),
        (" 8 / 255 ", 8 / 255),
        ("0.5/255", 0.5 / 255),
        ("0.3", 0.3),
        ("1e-3", 0.001),
        (4, 4.0),
    ],
)
def test_a_decimal_and_a_fraction_are_radii(text: str | float, radius: float) -> None:
    assert read_radius(text) == radius


@pytest.mark.parametrize("given", ["eight", "8/0", "8/", "1/2/3", "nan", "inf", "-1", True, "1e999"])
def test_an_invalid_radius_is_refused_with_the_value_given(given: object) -> None:
    with pytest.raises(MeasurementError, match="radius"):
        read_radius(given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("radius", "norm", "text"),
    [
        (8 / 255, "Linf", "8/255"),
        (0.031373, "Linf", "8/255"),
        (0.125 / 255, "Linf", "0.125/255"),
        (0.031, "Linf", "0.031"),
        (0.1, "Linf", "0.1"),
        (0.2, "Linf", "0.2"),
        (0.3, "Linf", "0.3"),
        (0.0, "Linf", "0"),
        (8 / 255, "L2", "0.03137254902"),
        (12.0, "L1", "12"),
    ],
)
def test_only_whole_pixel_values_and_simple_parts_of_one_are_written_in_255ths(
    radius: float, norm: str, text: str
) -> None:
    assert radius_text(radius, norm) == text


@given(st.floats(0, 100), st.sampled_from(["Linf", "L2", None]))
def test_the_text_of_a_radius_means_the_same_radius(radius: float, norm: str | None) -> None:
    assert same_radius(read_radius(radius_text(radius, norm)), radius)


def test_whole_numbers_are_counts_and_never_rounded() -> None:
    assert not same_radius(2000, 2001)
    assert same_radius(2000, 2000.0)


def test_radii_one_percent_apart_are_two() -> None:
    assert not same_radius(0.031, 8 / 255)
    assert same_radius(None, None)
    assert not same_radius(None, 0.0)
