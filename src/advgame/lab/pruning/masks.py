"""Single weights and whole kernels, set to 0 for good; the layers keep their shapes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune

from advgame.lab.networks.complexity import parameters_left, prunable_layers
from advgame.lab.pruning.prunable_units import Removal, Units


class Masked(Units):
    """Weights, or kernels: the weights that lead from one channel to one filter. One group per layer.

    A connected layer counts as a convolution of 1 × 1, so that its kernels are single weights.
    """

    def __init__(self, network: nn.Module, *, kernels: bool) -> None:
        self._network = network
        self._layers = prunable_layers(network)
        self._width = [
            layer.weight[0, 0].numel() if kernels else 1 for layer in self._layers.values()
        ]  # weights of a unit
        self._left = self.sums({f"{name}.weight": layer.weight != 0 for name, layer in self._layers.items()})

    @property
    def sizes(self) -> list[torch.Tensor]:
        """The weights of each unit, those that are 0 already included."""
        return [torch.full_like(left, width) for left, width in zip(self._left, self._width, strict=True)]

    def sums(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """The sum over each unit, by layer."""
        found = []
        for (name, layer), width in zip(self._layers.items(), self._width, strict=True):
            given = values.get(f"{name}.weight")
            each = torch.zeros_like(layer.weight) if given is None else given
            found.append(each.detach().double().reshape(-1, width).sum(dim=1))
        return found

    def contributions(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """The same: the effect of a weight passes through it alone."""
        return self.sums(values)

    def views(self, group: int, place: int) -> list[torch.Tensor]:
        """The weight, or the kernel."""
        weight = list(self._layers.values())[group].weight.data
        shape = weight.shape if self._width[group] == 1 else weight.shape[:2]
        return [weight[tuple(int(each) for each in np.unravel_index(place, shape))]]

    def parameters_left(self, removal: Removal, count: int) -> int:
        """What is left counts only weights that were not 0 before."""
        gone = sum(
            int(self._left[group][torch.from_numpy(places)].sum())
            for group, places in removal.first(count).items()
        )
        return parameters_left(self._network) - gone

    def remove(self, removal: Removal, count: int) -> None:
        """Sets the weights to 0."""
        going = removal.first(count)
        for group, layer in enumerate(self._layers.values()):
            stays = torch.ones(len(self._left[group]), dtype=torch.bool)
            if group in going:
                stays[torch.from_numpy(going[group])] = False
            whole = stays[:, None].expand(-1, self._width[group]).reshape(layer.weight.shape)
            whole = whole.to(layer.weight.device) & (layer.weight != 0)
            prune.custom_from_mask(layer, "weight", whole)  # type: ignore[no-untyped-call]
            prune.remove(layer, "weight")  # type: ignore[no-untyped-call]
