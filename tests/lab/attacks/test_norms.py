"""Changes are measured, shortened and drawn in each norm."""

from __future__ import annotations

import pytest
import torch

from advgame.lab.attacks.norms import NORMS, pulled_inside, random_changes, size

ORDERS = {"Linf": torch.inf, "L2": 2, "L1": 1, "L0": 0}


@pytest.mark.parametrize("norm", NORMS)
def test_a_change_has_the_size_that_torch_gives_it(norm: str) -> None:
    inputs, changed = torch.rand(2, 5, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    changed[0] = inputs[0]
    expected = torch.linalg.vector_norm(
        (changed.double() - inputs.double()).flatten(1), ord=ORDERS[norm], dim=1
    )
    torch.testing.assert_close(size(changed, inputs, norm), expected)
    assert size(changed, inputs, norm)[0] == 0


def test_l0_counts_no_change_of_rounding() -> None:
    inputs = torch.zeros(1, 4)
    assert size(inputs + torch.tensor([[1e-7, 1e-3, 0, 0.5]]), inputs, "L0").item() == 2


@pytest.mark.parametrize("norm", ["Linf", "L2", "L1"])
def test_only_what_is_too_large_by_rounding_is_shortened(norm: str) -> None:
    inputs = torch.full((3, 6), 0.5)
    direction = torch.linspace(-1, 1, 6).expand(3, 6)
    lengths = torch.tensor([0.1, 0.10005, 0.2])
    changed = inputs + direction / NORMS[norm](direction)[:, None] * lengths[:, None]
    shortened = pulled_inside(changed, inputs, norm, 0.1 + 1e-8)
    torch.testing.assert_close(
        size(shortened, inputs, norm), torch.tensor([0.1, 0.1, 0.2]).double(), rtol=1e-5, atol=0
    )


@pytest.mark.parametrize("norm", NORMS)
def test_random_changes_have_the_radius_and_stay_in_range(norm: str) -> None:
    radius = 3.0 if norm == "L0" else 0.2
    middle = torch.full((50, 1, 4, 4), 0.5)
    drawn = random_changes(middle, norm, radius, torch.Generator().manual_seed(0))
    torch.testing.assert_close(
        size(drawn, middle, norm), torch.full((50,), radius).double(), rtol=1e-5, atol=1e-6
    )
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert len({tuple(row.tolist()) for row in drawn.flatten(1)}) > 40
