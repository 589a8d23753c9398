"""Where attacks begin that need a wrongly classified point first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from advgame.lab.attacks.line import nearest_on_the_line
from advgame.lab.attacks.norms import beside
from advgame.lab.networks.classifier import predictions

Asked = Callable[[torch.Tensor], torch.Tensor]  # inputs to labels
NOISE_LEVELS = 20
NOISE_DRAWS = 3
PLAIN = (0.0, 1.0, 0.5)  # values of images without any pattern
MORE_NOISE = 10  # of values 0 and 1, where nothing else is put into another class
MOVES = 6  # of a start that another draw of a randomised network puts right
FURTHER = 1.3  # times the way from the input, at each move


def from_neighbours(
    ask: Asked, inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """For each input the nearest other one that the network puts into another class, moved towards it.

    Args:
        ask: returns the predicted class of each input; counts as one query per input.
        inputs: (inputs, channels, height, width) in [0, 1].
        labels: (inputs,) int64, the true classes.

    Returns:
        Points on the boundary, of the shape of the inputs, and for which inputs there is one, (inputs,).
        An input whose class is the answer to all others is tried with noise, with its negative and with
        plain images.
    """
    answers = ask(inputs)
    distances = torch.cdist(inputs.flatten(1), inputs.flatten(1))
    distances[answers[None, :] == labels[:, None]] = torch.inf
    nearest = distances.argmin(dim=1)
    there = torch.isfinite(distances.gather(1, nearest[:, None]).squeeze(1))
    starts = torch.where(beside(there, inputs), inputs[nearest], inputs)
    if not there.all():
        for candidates in _candidates(inputs):
            adversarial = ~there & (ask(candidates) != labels)
            starts, there = torch.where(beside(adversarial, inputs), candidates, starts), there | adversarial
            if there.all():
                break
    wrong = nearest_on_the_line(lambda changed: ask(changed) != labels, inputs, starts)
    return wrong, there


def _candidates(inputs: torch.Tensor) -> Iterator[torch.Tensor]:
    """Points of the shape of the inputs: noise, their negatives, plain ones, more noise."""
    yield torch.rand(inputs.shape, device=inputs.device)
    yield 1 - inputs
    for level in PLAIN:
        yield torch.full_like(inputs, level)
    for _ in range(MORE_NOISE):
        yield torch.rand(inputs.shape, device=inputs.device).round()


def from_noise(ask: Asked, inputs: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """For each input a version of it with as few values as fool set to 0 or 1.

    Args:
        ask: returns the predicted class of each input; counts as one query per input.
        inputs: (inputs, channels, height, width) in [0, 1].
        labels: (inputs,) int64, the true classes.

    Returns:
        Wrongly classified points, of the shape of the inputs, and for which inputs there is one,
        (inputs,). Where no noise fools, the nearest input of another class is taken.
    """
    starts, there = inputs.clone(), torch.zeros(len(inputs), dtype=torch.bool, device=inputs.device)
    for level in range(1, NOISE_LEVELS + 1):
        for _ in range(NOISE_DRAWS):
            draw = torch.rand(inputs.shape, device=inputs.device)
            share = (level / NOISE_LEVELS) ** 2  # small shares are distinguished more finely
            noisy = torch.where(draw < share / 2, 0.0, torch.where(draw < share, 1.0, inputs))
            adversarial = ~there & (ask(noisy) != labels)
            starts, there = torch.where(beside(adversarial, inputs), noisy, starts), there | adversarial
        if there.all():
            return starts, there
    neighbours, known = from_neighbours(ask, inputs, labels)
    adversarial = ~there & known
    return torch.where(beside(adversarial, inputs), neighbours, starts), there | known


def firmly_wrong(
    ask: Asked, inputs: torch.Tensor, starts: torch.Tensor, labels: torch.Tensor, there: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Starts that are misclassified in a batch without the inputs that have none, and which those are.

    A randomised network draws by the place in the batch, so that a start on the boundary may be right at
    its new place, and foolbox gives up on all where one is. Such a start is moved further from its input.

    Args:
        ask: returns the predicted class of each input; counts as one query per input.
        inputs: (inputs, channels, height, width) in [0, 1].
        starts: (inputs, channels, height, width) in [0, 1], misclassified points to start from.
        labels: (inputs,) int64, the true classes.
        there: (inputs,) bool, where there is a start.
    """
    starts = starts.clone()
    for _ in range(MOVES):
        right = there.nonzero().squeeze(1)[ask(starts[there]) == labels[there]]
        if len(right) == 0:
            break
        starts[right] = (inputs[right] + FURTHER * (starts[right] - inputs[right])).clamp(0, 1)
    while there.any():
        wrong = ask(starts[there]) != labels[there]
        if wrong.all():
            break
        there = there.clone()
        there[there.nonzero().squeeze(1)[~wrong]] = False
    return starts, there


def labels_of(network: torch.nn.Module) -> Asked:
    """The network as a function that returns only labels."""
    # In one batch: fixed draws depend on the place in the batch, and the attacks pass whole batches.
    return lambda inputs: predictions(network, inputs, batch=max(len(inputs), 1))
