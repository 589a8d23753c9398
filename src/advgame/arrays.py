"""Array types, and the name of the column without an attack."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ExactMatrix = tuple[tuple[Fraction, ...], ...]


NO_ATTACK = "none"
