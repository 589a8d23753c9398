"""A network that another experiment has trained, instead of training it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from advgame.errors import LabError
from advgame.lab.fitting.defence import Defence


@dataclass(frozen=True)
class Stored(Defence):
    """Takes a trained network from the journal of another experiment, by its name there; no training.

    The data set, the network and the seed are those of the experiment that uses it. Like the settings of
    any defence, these determine what it is: whoever builds the networks looks it up in place of ``prepared``
    and ``fit``.
    """

    name: ClassVar[str] = "stored"
    learns: ClassVar[bool] = False
    experiment: str  # a bundled experiment, or the path of its TOML file
    defence: str  # its name in that experiment
    table: str = "rows.csv"  # the table into which it was measured; its journal is beside it

    def __post_init__(self) -> None:
        for setting in ("experiment", "defence", "table"):
            if not getattr(self, setting).strip():
                raise LabError(f"The setting {setting!r} is empty; give a name.")
