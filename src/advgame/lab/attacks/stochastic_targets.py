"""Examples for randomised networks: the most reliable one within a radius, not the nearest that fooled once.

The smallest perturbation ends on the decision boundary, where a randomised network is correct half of the
time. The attack therefore continues in the same direction, as far as the radius allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

import torch
from torch import nn

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.norms import NO_CHANGE, ROUNDING, scaled, size
from advgame.lab.networks.classifier import draws_per_answer, predictions
from advgame.lab.networks.expectation import repeated

DRAWS = 16  # of the network, to estimate how reliably it errs
DRAWS_TO_COMPARE = 320  # behind the answers that decide between two examples
ALWAYS = (1, 3, 12, 48)  # further draws of the network, for what it got wrong in all before
WAYS_FURTHER = (1.0, 0.5, 0.25, 0.0)  # shares of the way from the example to the radius; the surest is kept

Sureness = Callable[[torch.Tensor], torch.Tensor]  # inputs to how surely each fools, (inputs,)


def surest_within(
    candidates: Sequence[torch.Tensor],
    inputs: torch.Tensor,
    norm: str,
    radii: Sequence[float],
    sureness: Sureness,
) -> list[torch.Tensor]:
    """For each radius the surest of the examples found and of those further along the same ways.

    Args:
        candidates: tensors of the shape of ``inputs``; an example that was not found is its input.
        sureness: of changed inputs.

    Returns:
        As many tensors as there are radii; an input stays as it is where nothing within the radius is surer.

    >>> inputs, found = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.6, 0.5]])
    >>> surest_within([found], inputs, "L2", [0.05, 0.3], lambda changed: changed[:, 0])
    [tensor([[0.5500, 0.5000]]), tensor([[0.8000, 0.5000]])]
    """
    kept, best = [inputs.clone() for _ in radii], [sureness(inputs)] * len(radii)
    for examples in candidates:
        sizes = size(examples, inputs, norm)
        for place, radius in enumerate(radii):
            for way in WAYS_FURTHER:
                further = moved(examples, inputs, norm, sizes, radius, way)
                sure = sureness(further)
                fits = size(further, inputs, norm) <= radius * (1 + ROUNDING)
                surer = fits & (sure > best[place])
                kept[place][surer] = further[surer]
                best[place] = torch.where(surer, sure, best[place])
    return kept


def moved(
    examples: torch.Tensor, inputs: torch.Tensor, norm: str, sizes: torch.Tensor, radius: float, way: float
) -> torch.Tensor:
    """Changes enlarged by a share of what the radius leaves, or shortened to it.

    In L0 as many values stay changed, nearer to 0 or 1.

    Args:
        examples: (inputs, channels, height, width) in [0, 1], adversarial examples.
        inputs: (inputs, channels, height, width) in [0, 1].
        norm: "L0", "L1", "L2" or "Linf".
        sizes: (inputs,) sizes of the changes, in the norm.
        radius: largest change, at least 0, in that norm, for inputs in [0, 1].
        way: share of the remaining radius to move by, 0..1; changes beyond the radius are shortened to it.
    """
    change = examples - inputs
    if norm == "L0":
        end = torch.where(change > 0, 1.0, 0.0)
        return torch.where(change.abs() > NO_CHANGE, examples + way * (end - examples), inputs)
    goals = torch.where(sizes > radius, radius, sizes + way * (radius - sizes))
    return (inputs + scaled(change, goals / sizes.clamp_min(NO_CHANGE))).clamp(0, 1)


def always_errs(victim: Victim, changed: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Where a randomised network errs in every one of `ALWAYS` draws, (inputs,).

    One that is right in a twentieth of its answers passes in 4 of 100 cases.

    Args:
        victim: the network under attack, with the gradients and answers an attack may use.
        changed: (inputs, channels, height, width) in [0, 1], the inputs after the change.
        labels: (inputs,) int64, the true classes.
    """
    wrong = torch.ones_like(labels, dtype=torch.bool)
    for draws in ALWAYS:
        if wrong.any():
            wrong[wrong.clone()] = share_of_errors(victim, labels[wrong], draws)(changed[wrong]) == 1
    return wrong


def answers_to_compare(network: nn.Module) -> int:
    """How many answers of a randomised network distinguish two good examples: more where each varies more.

    >>> answers_to_compare(nn.Identity())
    320
    """
    return max(DRAWS, ceil(DRAWS_TO_COMPARE / draws_per_answer(network)))


def share_of_errors(victim: Victim, labels: torch.Tensor, draws: int = DRAWS) -> Sureness:
    """The share of errors among some answers of the network, which needs nothing but its answers.

    Args:
        victim: the network under attack, with the gradients and answers an attack may use.
        labels: (inputs,) int64, the true classes.
        draws: answers of a randomised network that are averaged; 1 for a deterministic one.
    """

    def sureness(changed: torch.Tensor) -> torch.Tensor:
        errors = torch.zeros(len(changed), dtype=torch.float64, device=changed.device)
        for part in repeated(changed, draws):
            answers = predictions(victim.network, part.flatten(0, 1)).view(part.shape[:2])
            errors += (answers != labels).sum(dim=0)
        return errors / draws

    return sureness


def errors_and_margin(victim: Victim, labels: torch.Tensor, draws: int = DRAWS) -> Sureness:
    """The same for a white-box attacker: of equal shares, by how much another class is likelier.

    Args:
        victim: the network under attack, with the gradients and answers an attack may use.
        labels: (inputs,) int64, the true classes.
        draws: answers of the network that are counted.
    """
    errors = share_of_errors(victim, labels, draws)

    def sureness(changed: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            shares = victim.stand_in(changed).softmax(dim=1).double()
        own = shares.gather(1, labels[:, None]).squeeze(1)
        margin = shares.scatter(1, labels[:, None], -torch.inf).amax(dim=1) - own
        score: torch.Tensor = errors(changed) + margin / (4 * draws)
        return score

    return sureness
