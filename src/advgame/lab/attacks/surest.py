"""Examples for a network that is random: not the nearest that fooled once, but the surest within a radius.

The smallest change ends on the decision boundary, where a randomised network is right every other time. An
adversary who knows that goes on in the same direction, as far as the radius allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.norms import NO_CHANGE, scaled, size
from advgame.lab.classifier import predictions

DRAWS = 8  # of the network, to tell how surely it errs
WAYS_FURTHER = (1.0, 0.5, 0.25, 0.0)  # shares of the way from the example to the radius; the surest is kept

Sureness = Callable[[torch.Tensor], torch.Tensor]  # inputs to how surely each fools, (inputs,)


def surest_within(
    found: Sequence[torch.Tensor],
    inputs: torch.Tensor,
    norm: str,
    radii: Sequence[float],
    sureness: Sureness,
) -> list[torch.Tensor]:
    """For each radius the surest of the examples found and of those further along the same ways.

    Args:
        found: tensors of the shape of ``inputs``; an example that was not found is its input.
        sureness: of changed inputs.

    Returns:
        As many tensors as there are radii; an input stays as it is where nothing within the radius is surer.

    >>> inputs, found = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.6, 0.5]])
    >>> surest_within([found], inputs, "L2", [0.05, 0.3], lambda changed: changed[:, 0])
    [tensor([[0.5000, 0.5000]]), tensor([[0.8000, 0.5000]])]
    """
    kept, best = [inputs.clone() for _ in radii], [sureness(inputs)] * len(radii)
    for examples in found:
        sizes = size(examples, inputs, norm)
        for place, radius in enumerate(radii):
            for way in WAYS_FURTHER:
                further = _further(examples, inputs, norm, sizes, radius, way)
                sure = sureness(further)
                surer = (sizes <= radius) & (sure > best[place])
                kept[place][surer] = further[surer]
                best[place] = torch.where(surer, sure, best[place])
    return kept


def _further(
    examples: torch.Tensor, inputs: torch.Tensor, norm: str, sizes: torch.Tensor, radius: float, way: float
) -> torch.Tensor:
    """Changes enlarged by a share of what the radius leaves; in L0 as many values, nearer to 0 or 1."""
    change = examples - inputs
    if norm == "L0":
        end = torch.where(change > 0, 1.0, 0.0)
        return torch.where(change.abs() > NO_CHANGE, examples + way * (end - examples), inputs)
    goals = sizes + way * (radius - sizes).clamp_min(0)
    return (inputs + scaled(change, goals / sizes.clamp_min(NO_CHANGE))).clamp(0, 1)


def share_of_errors(victim: Victim, labels: torch.Tensor) -> Sureness:
    """How often the network errs when asked a few times, which needs nothing but its answers."""

    def sureness(changed: torch.Tensor) -> torch.Tensor:
        wrong = [predictions(victim.network, changed) != labels for _ in range(DRAWS)]
        return torch.stack(wrong).double().mean(dim=0)

    return sureness


def expected_margin(victim: Victim, labels: torch.Tensor) -> Sureness:
    """By how much the likeliest other class is likelier than the right one, over a few draws."""

    def sureness(changed: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            draws = [victim.surrogate(changed).softmax(dim=1) for _ in range(DRAWS)]
        shares = torch.stack(draws).mean(dim=0)
        own = shares.gather(1, labels[:, None]).squeeze(1)
        return shares.scatter(1, labels[:, None], -torch.inf).amax(dim=1) - own

    return sureness
