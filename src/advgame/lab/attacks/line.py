"""The last point on a straight line that still fools."""

from __future__ import annotations

from collections.abc import Callable

import torch

from advgame.lab.attacks.norms import beside, scaled


def nearest_on_the_line(
    wrong: Callable[[torch.Tensor], torch.Tensor],
    inputs: torch.Tensor,
    starts: torch.Tensor,
    halvings: int = 10,
) -> torch.Tensor:
    """Wrongly classified starts moved along the straight line to their inputs as far as they are still wrong.

    Args:
        wrong: returns which of the changed inputs are misclassified, (inputs,); true for all starts.
        inputs, starts: of one shape.
        halvings: of the stretch that the boundary lies in; each takes one query per input.

    >>> nearest_on_the_line(lambda x: x[:, 0] > 0.25, torch.zeros(1, 1), torch.ones(1, 1), halvings=4)
    tensor([[0.3125]])
    """
    way = starts - inputs
    near = torch.zeros(len(inputs), device=inputs.device)  # shares of the way that are right
    far = torch.ones_like(near)  # … that are wrong
    for _ in range(halvings):
        middle = (near + far) / 2
        fools = wrong(inputs + scaled(way, middle))
        near, far = torch.where(fools, near, middle), torch.where(fools, middle, far)
    # 0 + 1 · way need not be the start to the last digit, and the boundary may lie between
    return torch.where(beside(far == 1, starts), starts, inputs + scaled(way, far))
