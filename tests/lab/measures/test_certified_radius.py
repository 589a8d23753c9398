"""Certified radii as an experiment takes them: by hand for a linear classifier under noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from advgame.errors import LabError
from advgame.lab.defences.smoothing import Smoothed
from advgame.lab.measures import MEASURES


def line() -> torch.nn.Module:
    """The second class where the first value is above a half; under noise its probability is known."""
    layer = torch.nn.Linear(1, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.0], [1.0]]))
        layer.bias.copy_(torch.tensor([0.5, 0.0]))
    return layer.eval()


def test_the_radius_is_a_little_less_than_the_distance_and_0_where_the_class_is_wrong() -> None:
    smoothed = Smoothed(line(), noise=0.2, draws=10)
    inputs, labels = torch.tensor([[0.7], [0.9], [0.7], [0.5]]), torch.tensor([1, 1, 0, 1])
    measure = MEASURES["certified_radius"](draws=4000, radii=(0.15, 0.3))
    found = measure.values(smoothed, smoothed, inputs, labels, seed=0)
    # A linear boundary at distance d is crossed with probability Φ(−d/σ): the true radius is d.
    radius = found["certified_radius"]
    assert 0.15 < radius[0] < 0.2
    assert 0.3 < radius[1] < 0.4
    assert list(radius[2:]) == [0.0, pytest.approx(0.0, abs=0.02)]
    np.testing.assert_array_equal(found["certified_accuracy_0.15"], [1, 1, 0, 0])
    np.testing.assert_array_equal(found["certified_accuracy_0.3"], [0, 1, 0, 0])


def test_a_network_without_noise_is_refused() -> None:
    with pytest.raises(LabError, match="cannot be certified"):
        MEASURES["certified_radius"]().values(
            line(), line(), torch.tensor([[0.7]]), torch.tensor([1]), seed=0
        )


@pytest.mark.parametrize("settings", [{"radii": ()}, {"radii": (-0.1,)}, {"draws": 0}, {"risk": 0.7}])
def test_settings_out_of_range_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(LabError):
        MEASURES["certified_radius"](**settings)
