"""Single weights and whole kernels, set to 0 permanently; the layers keep their shapes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune

from advgame.lab.networks.complexity import parameters_left, prunable_layers
from advgame.lab.pruning.prunable_units import Removal, Units


class Masked(Units):
    """Single weights, or kernels: the weights from one channel to one filter. One group per layer.

    A linear layer counts as a 1 × 1 convolution, so that its kernels are single weights.
    """

    def __init__(self, network: nn.Module, *, kernels: bool) -> None:
        self._network = network
        self._layers = prunable_layers(network)
        # Weights of a unit
        self._width = [layer.weight[0, 0].numel() if kernels else 1 for layer in self._layers.values()]
        self._left = self.sums({f"{name}.weight": layer.weight != 0 for name, layer in self._layers.items()})

    @property
    def sizes(self) -> list[torch.Tensor]:
        """The number of weights of each unit, including those that are already 0."""
        return [torch.full_like(left, width) for left, width in zip(self._left, self._width, strict=True)]

    def sums(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """The sum over each unit, by layer."""
        sums = []
        for (name, layer), width in zip(self._layers.items(), self._width, strict=True):
            given = values.get(f"{name}.weight")
            of_layer = torch.zeros_like(layer.weight) if given is None else given
            sums.append(of_layer.detach().double().reshape(-1, width).sum(dim=1))
        return sums

    def contributions(self, values: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        """The same: the effect of a weight passes through it alone."""
        return self.sums(values)

    def views(self, group: int, place: int) -> list[torch.Tensor]:
        """The weight, or the kernel."""
        weight = list(self._layers.values())[group].weight.data
        shape = weight.shape if self._width[group] == 1 else weight.shape[:2]
        return [weight[tuple(int(index) for index in np.unravel_index(place, shape))]]

    def parameters_left(self, removal: Removal, count: int) -> int:
        """The parameters that are not 0 now, less those that would be removed."""
        removed = sum(
            int(self._left[group][torch.from_numpy(places)].sum())
            for group, places in removal.first(count).items()
        )
        return parameters_left(self._network) - removed

    def remove(self, removal: Removal, count: int) -> None:
        """Sets the weights to 0."""
        removed = removal.first(count)
        for group, layer in enumerate(self._layers.values()):
            kept = torch.ones(len(self._left[group]), dtype=torch.bool)
            if group in removed:
                kept[torch.from_numpy(removed[group])] = False
            mask = kept[:, None].expand(-1, self._width[group]).reshape(layer.weight.shape)
            mask = mask.to(layer.weight.device) & (layer.weight != 0)
            prune.custom_from_mask(layer, "weight", mask)  # type: ignore[no-untyped-call]
            prune.remove(layer, "weight")  # type: ignore[no-untyped-call]
