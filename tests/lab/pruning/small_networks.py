"""Networks on the digits: fresh ones of every kind, and one trained in a second."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache

import torch
from torch import nn

from advgame.lab.datasets import DATASETS, Dataset
from advgame.lab.fitting.loop import Recipe, fit
from advgame.lab.fitting.task import Task
from advgame.lab.networks import NETWORKS


@lru_cache(maxsize=1)
def digits() -> Dataset:
    return DATASETS["digits"].load()


def task(seed: int = 0) -> Task:
    return Task(digits(), seed)


def fresh(name: str = "small_cnn", seed: int = 0) -> nn.Module:
    """A network whose normalisations, if any, do something."""
    network = NETWORKS[name](digits().shape, 10, seed)
    generator = torch.Generator().manual_seed(seed)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            for tensor in (layer.weight.data, layer.bias.data, layer.running_mean, layer.running_var):
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.1)
    return network


@lru_cache(maxsize=1)
def _trained() -> nn.Module:
    return fit(fresh(), task(), Recipe(epochs=8))


def trained() -> nn.Module:
    return deepcopy(_trained())


def accuracy(network: nn.Module) -> float:
    with torch.no_grad():
        right = network(digits().test_inputs).argmax(dim=1) == digits().test_labels
    return float(right.float().mean())
