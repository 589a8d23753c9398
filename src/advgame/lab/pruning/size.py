"""The size of a network before pruning, which later steps preserve."""

from __future__ import annotations

from torch import nn

from advgame.lab.networks.complexity import parameters_total

MEMORY = "parameters_before_pruning"


def remember_size(network: nn.Module) -> None:
    """Records the size of a network as an attribute, unless it is already recorded."""
    if not _remembered(network):
        setattr(network, MEMORY, parameters_total(network))


def size_before_pruning(network: nn.Module) -> int:
    """The number of parameters when the size was first recorded; the present number if it never was."""
    return max(_remembered(network), default=parameters_total(network))


def _remembered(network: nn.Module) -> list[int]:
    """The recorded sizes, also if the network is now part of another one."""
    return [getattr(module, MEMORY) for module in network.modules() if hasattr(module, MEMORY)]
