"""Removes filters of convolutions and neurons of linear layers with everything that depends on them.

The network becomes smaller and faster. Layers whose outputs are added lose the same filters.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import torch
import torch_pruning
from torch import nn

from advgame.errors import LabError
from advgame.lab.networks.complexity import parameters_left, prunable_layers
from advgame.lab.pruning.prunable_units import Removal, Units


class Filters(Units):
    """All filters and neurons except those of the last layer, which are the classes.

    Raises:
        LabError: for a network whose layers cannot be traced from input to output.
    """

    def __init__(self, network: nn.Module, shape: tuple[int, ...]) -> None:
        self._network = network
        self._shape = shape
        self._groups = _groups(network, shape)
        self._names = {module: name for name, module in network.named_modules()}

    @property
    def sizes(self) -> list[torch.Tensor]:
        """The number of weights of each filter, without those that the next layer loses."""
        layers = prunable_layers(self._network)
        return self.sums({f"{name}.weight": torch.ones_like(layer.weight) for name, layer in layers.items()})

    def sums(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """The sum over each filter and over all layers that lose it together."""
        return [self._sum(group, values, nn.Module) for group in self._groups]

    def contributions(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """The sum over the last parameters that scale and shift a filter's output.

        These are the parameters of a following normalisation (Molchanov et al. 2019), else the filter's own.
        """
        return [self._sum(group, values, _acting(group)) for group in self._groups]

    def views(self, group: int, place: int) -> list[torch.Tensor]:
        """The same parameters."""
        layers = _losing(self._groups[group])
        kind = _acting(self._groups[group])
        views = []
        for module, places in layers:
            if isinstance(module, kind):
                parameters = (module._parameters.get(name) for name in ("weight", "bias"))
                views += [values.data[places[place]] for values in parameters if values is not None]
        return views

    def parameters_left(self, removal: Removal, count: int) -> int:
        """Computed by removing the units from a copy."""
        trial = deepcopy(self._network)
        Filters(trial, self._shape).remove(removal, count)
        return parameters_left(trial)

    def remove(self, removal: Removal, count: int) -> None:
        """Makes the layers narrower."""
        for number, places in removal.first(count).items():
            self._groups[number].prune(places.tolist())
        self._groups = _groups(self._network, self._shape)

    def _sum(self, group: Any, values: Mapping[str, torch.Tensor], kind: Any) -> torch.Tensor:
        total: torch.Tensor | None = None
        for module, places in _losing(group):
            for member in ("weight", "bias"):
                value = values.get(f"{self._names[module]}.{member}".removeprefix("."))
                if value is not None and isinstance(module, kind):
                    part = value.detach().double().reshape(len(value), -1).sum(dim=1)[places]
                    total = part if total is None else total + part
        assert total is not None  # every group has a layer with weights
        return total


NORMALISATION = nn.modules.batchnorm._BatchNorm


def _losing(group: Any) -> list[tuple[nn.Module, list[int]]]:
    """The layers that lose outputs when a group is removed, and the indices of these outputs."""
    graph = group._DG
    return [
        (item.dep.target.module, list(item.idxs))
        for item in group.items
        if graph.is_out_channel_pruning_fn(item.dep.handler)
        and isinstance(item.dep.target.module, nn.Conv2d | nn.Linear | NORMALISATION)
    ]


def _with_weights(group: Any) -> list[nn.Conv2d | nn.Linear]:
    return [module for module, _ in _losing(group) if isinstance(module, nn.Conv2d | nn.Linear)]


def _acting(group: Any) -> type[nn.Module]:
    """The type of layer through which the whole effect of a unit passes exactly once."""
    normalised = any(isinstance(module, NORMALISATION) for module, _ in _losing(group))
    return NORMALISATION if normalised else nn.Module


def _groups(network: nn.Module, shape: tuple[int, ...]) -> list[Any]:
    layers = list(prunable_layers(network).values())
    unsupported = [type(layer).__name__ for layer in layers if type(layer) not in (nn.Conv2d, nn.Linear)]
    if unsupported:
        raise LabError(
            f"Filters cannot be removed from a network with a layer of type {unsupported[0]}; prune it "
            "before that layer is added, or use the structure 'unstructured'."
        )
    first = next(network.parameters())
    inputs = torch.zeros(1, *shape, device=first.device, dtype=first.dtype)
    last = _last_layer(network, inputs)
    try:
        with torch.enable_grad():
            graph = torch_pruning.DependencyGraph().build_dependency(network, inputs, verbose=False)
        groups = list(graph.get_all_groups(ignored_layers=[last], root_module_types=(nn.Conv2d, nn.Linear)))
    except Exception as mistake:  # the library raises many types of exception
        raise LabError(
            f"The layers of the network cannot be traced from input to output ({mistake}); remove filters "
            "before another defence wraps the network, or use the structure 'unstructured'."
        ) from mistake
    if not groups:
        raise LabError(
            "No filter can be removed: there is no layer before the last one, or the network has no "
            "gradient. Remove filters before another defence wraps the network, or use another structure."
        )
    return sorted(groups, key=lambda group: min(layers.index(layer) for layer in _with_weights(group)))


def _last_layer(network: nn.Module, inputs: torch.Tensor) -> nn.Module:
    """The last layer with weights in the forward pass."""
    executed: list[nn.Module] = []
    hooks = [
        layer.register_forward_hook(lambda layer, *_: executed.append(layer))
        for layer in prunable_layers(network).values()
    ]
    try:
        with torch.no_grad():
            network(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return executed[-1]
