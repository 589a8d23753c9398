"""Averages over the outputs of a randomised network, for few or many inputs, on a CPU or a GPU.

Draws come from torch's global generator of the device, which the caller seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log

import torch
from torch.nn.functional import log_softmax

Answer = Callable[[torch.Tensor], torch.Tensor]

ROWS_ON_CPU = 250  # in one pass; larger batches leave the cache of a core and take almost twice as long
ROWS_ON_GPU = 8192


def repeated(inputs: torch.Tensor, draws: int) -> Iterator[torch.Tensor]:
    """The inputs repeated ``draws`` times, as batches (repetitions, inputs, ...) sized for the device.

    >>> [tuple(part.shape) for part in repeated(torch.zeros(100, 3), draws=5)]
    [(2, 100, 3), (2, 100, 3), (1, 100, 3)]
    """
    rows = ROWS_ON_CPU if inputs.device.type == "cpu" else ROWS_ON_GPU
    repetitions = max(1, rows // max(1, len(inputs)))
    for begin in range(0, draws, repetitions):
        yield inputs.expand(min(repetitions, draws - begin), *inputs.shape)


def log_mean_probabilities(answer: Answer, inputs: torch.Tensor, draws: int) -> torch.Tensor:
    """The logarithm of the class probabilities averaged over random draws, (inputs, classes).

    Sums are computed from logarithms: a probability that underflows keeps its gradient, so that an
    over-confident network does not look hard to attack.

    Args:
        answer: computes logits (rows, classes) of rows, with a new draw for each row.
        inputs: (inputs, ...); the result is differentiable if ``answer`` is.
        draws: number of draws, at least 1.

    >>> log_mean_probabilities(lambda rows: rows, torch.zeros(3, 2), draws=7).exp()[0]
    tensor([0.5000, 0.5000])
    """
    total: torch.Tensor | None = None
    for part in repeated(inputs, draws):
        rows = answer(part.flatten(0, 1))
        sums = log_softmax(rows, dim=1).view(*part.shape[:2], rows.shape[1]).logsumexp(dim=0)
        total = sums if total is None else torch.logaddexp(total, sums)
    assert total is not None  # there is at least one draw
    return total - log(draws)
