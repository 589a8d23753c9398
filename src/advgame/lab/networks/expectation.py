"""Averages over random answers of a network, few inputs or many, on a CPU or a GPU.

Draws come from torch's own generator of the device, which whoever measures has seeded.
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
    """The inputs ``draws`` times over, as batches (repetitions, inputs, ...) of a size the device likes.

    >>> [tuple(part.shape) for part in repeated(torch.zeros(100, 3), draws=5)]
    [(2, 100, 3), (2, 100, 3), (1, 100, 3)]
    """
    rows = ROWS_ON_CPU if inputs.device.type == "cpu" else ROWS_ON_GPU
    at_once = max(1, rows // max(1, len(inputs)))
    for begin in range(0, draws, at_once):
        yield inputs.expand(min(at_once, draws - begin), *inputs.shape)


def log_mean_probabilities(answer: Answer, inputs: torch.Tensor, draws: int) -> torch.Tensor:
    """The logarithm of the class probabilities averaged over random answers, (inputs, classes).

    Args:
        answer: logits (rows, classes) of rows; random, anew for each row.
        inputs: (inputs, ...); differentiable, if ``answer`` is.

    Sums are formed from logarithms: a probability that underflows keeps its gradient, so that an
    over-confident network does not look hard to attack.

    >>> log_mean_probabilities(lambda rows: rows, torch.zeros(3, 2), draws=7).exp()[0]
    tensor([0.5000, 0.5000])
    """
    total: torch.Tensor | None = None
    for part in repeated(inputs, draws):
        rows = answer(part.flatten(0, 1))
        sums = log_softmax(rows, dim=1).view(*part.shape[:2], rows.shape[1]).logsumexp(dim=0)
        total = sums if total is None else torch.logaddexp(total, sums)
    assert total is not None  # settings ask for at least one draw
    return total - log(draws)
