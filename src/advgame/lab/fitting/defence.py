"""The contract of a defence: it transforms a network into one that is more robust or cheaper."""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from advgame.lab.fitting.task import Task


@dataclass(frozen=True)
class Defence(ABC):
    """One step from a network to a defended one; its fields are its settings.

    Defences can follow each other: pruning after adversarial training is two steps. A defence that changes
    the structure of the network (a stochastic last layer, a low-pass filter in front) does so in
    ``prepared``, which depends only on the settings, so that stored weights can be loaded into the result.
    A defence that learns from data does so in ``fit``.
    """

    name: ClassVar[str]  # as in the catalogue
    learns: ClassVar[bool] = True  # False: fit does nothing, and there are no weights to store

    def prepared(self, network: nn.Module) -> nn.Module:
        """The network with this defence's structure, keeping weights if possible; by default unchanged."""
        return network

    def fit(self, network: nn.Module, task: Task) -> nn.Module:
        """The prepared network after training or pruning on the task's training inputs.

        The network may be changed in place and may have smaller layers; it is returned in evaluation mode.
        Weights that an earlier pruning has set to 0 stay 0.
        """
        return network.eval()
