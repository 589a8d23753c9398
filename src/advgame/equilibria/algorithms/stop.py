"""A stop flag for compiled code, which another thread sets when the time is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from threading import Timer

import numpy as np
from numpy.typing import NDArray

from advgame.equilibria.algorithms.deadline import Deadline


@contextmanager
def stopped_by(deadline: Deadline) -> Iterator[NDArray[np.uint8]]:
    """An array (1,) that is 0, and 1 after the deadline; kernels poll it."""
    stop = np.zeros(1, np.uint8)
    if deadline.seconds == inf:
        yield stop
        return
    timer = Timer(deadline.left, stop.fill, [1])
    timer.daemon = True
    timer.start()
    try:
        yield stop
    finally:
        timer.cancel()
