"""Every random act of an attack follows from its seed, and leaves no trace in what comes after."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Inside, torch, numpy and Python draw from the seed; after it, they go on as if nothing had been.

    The attack libraries draw from the generators that all share.

    >>> before = torch.initial_seed()
    >>> with seeded(3, torch.device("cpu")):
    ...     first = torch.rand(2)
    >>> with seeded(3, torch.device("cpu")):
    ...     bool((torch.rand(2) == first).all())
    True
    >>> torch.initial_seed() == before
    True
    """
    arrays, plain = np.random.get_state(), random.getstate()
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        if devices:
            torch.manual_seed(seed)
        else:  # the same without a note for GPUs, which takes a millisecond and is kept for good
            torch.default_generator.manual_seed(seed)
        np.random.seed(seed % (1 << 32))
        random.seed(seed)
        try:
            yield
        finally:
            np.random.set_state(arrays)
            random.setstate(plain)
