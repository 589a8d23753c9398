"""How large a change is, in the norms that attacks are bounded by."""

from __future__ import annotations

from collections.abc import Callable

import torch

NORMS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "Linf": lambda change: change.abs().amax(dim=1),
    "L2": lambda change: change.square().sum(dim=1).sqrt(),
    "L1": lambda change: change.abs().sum(dim=1),
    "L0": lambda change: (change.abs() > NO_CHANGE).sum(dim=1).double(),
}
NO_CHANGE = 1e-6  # a value moved by less is not counted as changed
WITHIN = 1e-5  # how far, relative to the radius, rounding may carry a change beyond it


def size(changed: torch.Tensor, inputs: torch.Tensor, norm: str) -> torch.Tensor:
    """The norm of each input's change, (inputs,) in double precision; L0 counts values, not pixels.

    >>> size(torch.tensor([[0.5, 0.25]]), torch.tensor([[0.0, 0.0]]), "L1").item()
    0.75

    Args:
        changed: (inputs, channels, height, width) in [0, 1], the inputs after the change.
        inputs: (inputs, channels, height, width) in [0, 1].
        norm: "L0", "L1", "L2" or "Linf".
    """
    return NORMS[norm]((changed.double() - inputs.double()).flatten(1))


def scaled(change: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Each input's change times its own factor, (inputs,)."""
    return change * beside(factor.to(change.dtype), change)


def beside(values: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
    """One value per input, (inputs,), shaped so that it meets all values of that input."""
    return values.reshape(-1, *[1] * (inputs.dim() - 1))


def pulled_inside(changed: torch.Tensor, inputs: torch.Tensor, norm: str, radius: float) -> torch.Tensor:
    """Changes that are larger than the radius by rounding alone, shortened to it; others as they are.

    The libraries compute in single precision and bound a sum of squares, or of many small
    changes, only so closely. In L0 there is nothing to shorten.

    Args:
        changed: (inputs, channels, height, width) in [0, 1], the inputs after the change.
        inputs: (inputs, channels, height, width) in [0, 1].
        norm: "L0", "L1", "L2" or "Linf".
        radius: largest change, at least 0, in that norm, for inputs in [0, 1].
    """
    if norm == "L0":
        return changed
    norms = size(changed, inputs, norm)
    rounded = (norms > radius) & (norms <= radius * (1 + ROUNDING))
    factor = torch.where(rounded, radius / norms.clamp_min(1e-300), torch.ones_like(norms))
    return torch.where(beside(rounded, inputs), inputs + scaled(changed - inputs, factor), changed)


ROUNDING = 1e-3


def random_changes(
    inputs: torch.Tensor, norm: str, radius: float, generator: torch.Generator
) -> torch.Tensor:
    """The inputs after a random change of the radius, kept in [0, 1]: what an attack must do better than.

    In L∞ every value moves by the radius up or down; in L2 and L1 the direction is uniform on the
    sphere; in L0 as many values as fit become 0 or 1.

    Args:
        inputs: (inputs, channels, height, width) in [0, 1].
        norm: "L0", "L1", "L2" or "Linf".
        radius: largest change, at least 0, in that norm, for inputs in [0, 1].
        generator: the source of random numbers.
    """
    shape = inputs.shape
    flat = torch.randn(len(inputs), inputs[0].numel(), generator=generator).to(inputs.device)
    if norm == "L0":
        rank = flat.argsort(dim=1).argsort(dim=1)
        noise = torch.where(rank < int(radius), flat.sign(), torch.zeros_like(flat))
    elif norm == "Linf":
        noise = radius * flat.sign()
    else:
        if norm == "L1":  # signed exponential values over their sum are uniform on the L1 sphere
            exponential = torch.empty(flat.shape).exponential_(generator=generator).to(inputs.device)
            flat = flat.sign() * exponential
        noise = scaled(flat, radius / NORMS[norm](flat))
    return (inputs + noise.reshape(shape)).clamp(0, 1)
