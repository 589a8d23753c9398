"""A design: at which values of which parameters a scenario is solved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar

from advgame.arrays import FloatArray
from advgame.errors import ScenarioError


class Design(ABC):
    """The cells of a sweep, numbered from 0. Any part is computed without the others.

    A design is described by a few numbers, so that a design of 10^12 cells needs no memory.
    """

    name: ClassVar[str]

    @property
    @abstractmethod
    def cells(self) -> int:
        """The number of cells."""

    @property
    @abstractmethod
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        """Address → least and greatest value."""

    @property
    @abstractmethod
    def description(self) -> dict[str, Any]:
        """Everything that determines the cells, as JSON values."""

    @abstractmethod
    def columns(self, first: int, last: int) -> dict[str, FloatArray]:
        """The values of each parameter in some cells.

        Args:
            first: number of the first cell.
            last: one more than the number of the last cell.

        Returns:
            Address → (last - first,) values.
        """


def check_addresses(addresses: Mapping[str, Any]) -> None:
    """Raises an error for a parameter that is varied both as a whole and by entry.

    Raises:
        ScenarioError: for such a pair.
    """
    for address in addresses:
        whole = address.partition("[")[0]
        if whole != address and whole in addresses:
            raise ScenarioError(
                f"The grid varies both {whole} and its entry {address}; vary only one of them."
            )


@dataclass(frozen=True)
class RangeDesign(Design):
    """A design of points spread over a box, one range for each parameter.

    Args:
        ranges: address → least and greatest value.
        size: number of cells.
        seed: of the random numbers.

    Raises:
        ScenarioError: for no ranges, a range that is reversed or not finite, a size below 1 or above that of
            the design, and a negative seed.
    """

    most: ClassVar[int]  # cells
    ranges: Mapping[str, tuple[float, float]]
    size: int
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.ranges:
            raise ScenarioError("The design varies nothing; give at least one parameter with its range.")
        check_addresses(self.ranges)
        for address, (low, high) in self.ranges.items():
            if not (isfinite(low) and isfinite(high)) or low > high:
                raise ScenarioError(
                    f"The range of {address} is {low:g} to {high:g}; expected two finite numbers, the "
                    "smaller first."
                )
        if not 1 <= self.size <= self.most:
            raise ScenarioError(
                f"The {self.name} design has {self.size:,} cells; expected 1 to {self.most:,}."
            )
        if self.seed < 0:
            raise ScenarioError(f"The seed is {self.seed}; expected a whole number of at least 0.")

    @property
    def cells(self) -> int:
        """The number of cells."""
        return self.size

    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        """The ranges."""
        return self.ranges

    @property
    def description(self) -> dict[str, Any]:
        """The ranges, the number of cells and the seed."""
        ranges = {address: [float(end) for end in ends] for address, ends in self.ranges.items()}
        return {"design": self.name, "ranges": ranges, "cells": self.size, "seed": self.seed}

    def columns(self, first: int, last: int) -> dict[str, FloatArray]:
        """Address → (last - first,) values."""
        points = self._points(first, last)
        return {
            address: low + (high - low) * points[:, place]
            for place, (address, (low, high)) in enumerate(self.ranges.items())
        }

    @abstractmethod
    def _points(self, first: int, last: int) -> FloatArray:
        """Points (last - first, parameters) of the unit cube."""
