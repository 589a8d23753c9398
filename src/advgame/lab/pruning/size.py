"""The size of a network before pruning, kept through all later steps."""

from __future__ import annotations

from torch import nn

from advgame.lab.networks.complexity import parameters_total

MEMORY = "parameters_before_pruning"


def remember_size(network: nn.Module) -> None:
    """Notes the size of a network on it, unless it was pruned before."""
    if not _remembered(network):
        setattr(network, MEMORY, parameters_total(network))


def size_before_pruning(network: nn.Module) -> int:
    """The parameters a network had when its size was first noted; those it has now where it never was."""
    return max(_remembered(network), default=parameters_total(network))


def _remembered(network: nn.Module) -> list[int]:
    """It may be inside another one by now."""
    return [getattr(module, MEMORY) for module in network.modules() if hasattr(module, MEMORY)]
