"""What would change the answer: for every number, the nearest values at which something else is deployed."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.equilibria import Concept
from advgame.scenarios import Scenario


@dataclass(frozen=True)
class Threshold:
    """Where one number of a scenario would change what is deployed.

    The answer stays what it is between ``below`` and ``above``; None there means that it does so down
    to ``low`` or up to ``high``.
    """

    parameter: str  # its address
    value: float  # where we stand
    below: float | None
    above: float | None
    low: float  # the range that was searched
    high: float
    deploy: tuple[str, ...]  # the defences deployed where we stand
    deploy_below: tuple[str, ...] | None
    deploy_above: tuple[str, ...] | None
    resolved: bool  # True: the game was solved anew; False: the opponent's mix was held fixed


def thresholds(scenario: Scenario, concept: str | Concept | None = None) -> tuple[Threshold, ...]:
    """The break-even values of the largest share, of each cost and of each accuracy."""
    raise NotImplementedError
