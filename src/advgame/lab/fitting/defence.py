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

    Steps follow each other: pruning after adversarial training is two steps. A step that changes what
    the network is made of (a stochastic last layer, a low-pass in front) does so in ``prepared``,
    which depends on nothing but the settings, so that stored weights can be loaded into it; a
    step that learns from data does so in ``fit``.
    """

    name: ClassVar[str]  # as in the catalogue
    learns: ClassVar[bool] = True  # False: fit does nothing, and there are no weights to store

    def prepared(self, network: nn.Module) -> nn.Module:
        """The network in the form this defence needs, weights kept where they can be; by default as it is."""
        return network

    def fit(self, network: nn.Module, task: Task) -> nn.Module:
        """The prepared network after training or pruning on the task's training inputs.

        It may be changed in place or come back with smaller layers; it comes back in evaluation mode.
        Weights that an earlier pruning has set to 0 stay 0.
        """
        return network.eval()
