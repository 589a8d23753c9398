"""Every combination of the values of some parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.errors import ScenarioError
from advgame.jobs.designs.design import Design, check_addresses


@dataclass(frozen=True, eq=False)
class FullGrid(Design):
    """Every combination of values; the first parameter varies slowest.

    >>> FullGrid({"largest_share": [0.1, 0.3], "attack_cost": [0.2, 0.6]}).columns(1, 3)
    {'largest_share': array([0.1, 0.3]), 'attack_cost': array([0.6, 0.2])}

    Args:
        axes: address → values.

    Raises:
        ScenarioError: for a grid without values, or values that are not finite numbers.
    """

    name: ClassVar[str] = "grid"
    axes: Mapping[str, Sequence[float]]

    def __post_init__(self) -> None:
        if not self.axes or any(len(values) == 0 for values in self.axes.values()):
            raise ScenarioError("The grid is empty; give at least one parameter with at least one value.")
        check_addresses(self.axes)
        for address, values in self._arrays.items():
            if values.ndim != 1 or not np.isfinite(values).all():
                raise ScenarioError(f"The values of {address} are not a list of finite numbers.")

    @cached_property
    def _arrays(self) -> dict[str, FloatArray]:
        try:
            return {address: np.asarray(values, np.float64) for address, values in self.axes.items()}
        except (TypeError, ValueError):
            raise ScenarioError("The values of the grid are not numbers; give lists of floats.") from None

    @property
    def cells(self) -> int:
        """The product of the numbers of values."""
        return prod(len(values) for values in self.axes.values())

    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        """Address → least and greatest value."""
        return {name: (float(values.min()), float(values.max())) for name, values in self._arrays.items()}

    @property
    def description(self) -> dict[str, Any]:
        """The values of each parameter, in order."""
        return {"design": self.name, "axes": {name: values.tolist() for name, values in self._arrays.items()}}

    def columns(self, first: int, last: int) -> dict[str, FloatArray]:
        """Address → (last - first,) values."""
        step, columns = self.cells, {}
        for address, values in self._arrays.items():
            step //= len(values)
            columns[address] = _repeated(values, step, first, last)
        return columns


def _repeated(values: FloatArray, times: int, first: int, last: int) -> FloatArray:
    """A part of an endless column that has each value so many times in a row, again and again."""
    begin, end = first // times, (last - 1) // times + 1
    turn = begin // len(values)
    turns = (end - 1) // len(values) + 1 - turn
    several = values if turns == 1 else np.tile(values, turns)
    within = several[begin - turn * len(values) : end - turn * len(values)]
    if times == 1:
        return within
    ends = np.clip(np.arange(begin, end + 1) * times, first, last)
    return np.repeat(within, np.diff(ends))
