"""A small convolutional network on the digits, trained in a second, and an attack of a few lines."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import Any

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

from advgame.lab.datasets.dataset import Dataset
from advgame.lab.fitting.task import Task
from advgame.lab.networks.classifier import predictions


@lru_cache(maxsize=1)
def digits() -> Dataset:
    """The digits of scikit-learn, 8 × 8 pixels, 500 of them for testing."""
    found = load_digits()
    inputs = torch.tensor(found.images / 16, dtype=torch.float32)[:, None]
    labels = torch.tensor(found.target, dtype=torch.int64)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, test = order[500:], order[:500]
    names = tuple(str(digit) for digit in range(10))
    return Dataset("digits", inputs[train], labels[train], inputs[test], labels[test], names)


def task(seed: int = 0) -> Task:
    return Task(digits(), seed)


def fresh(seed: int = 0) -> nn.Module:
    """Two convolutions and two connected layers, about 19,000 weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(512, 32),
            nn.ReLU(),
            nn.Linear(32, 10),
        )


@lru_cache(maxsize=4)
def _trained(seed: int, noise: float) -> nn.Module:
    network, data = fresh(seed), digits()
    generator = torch.Generator().manual_seed(seed)
    steps = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(15):
        for places in torch.randperm(len(data.train_labels), generator=generator).split(64):
            inputs = data.train_inputs[places]
            noisy = inputs + noise * torch.randn(inputs.shape, generator=generator)
            loss = cross_entropy(network(noisy), data.train_labels[places])
            steps.zero_grad()
            loss.backward()
            steps.step()
    return network.eval()


def trained(seed: int = 0, noise: float = 0.0) -> nn.Module:
    """A network trained on the digits, under noise if asked; a copy, to be done with as one likes."""
    return deepcopy(_trained(seed, noise))


def some_digits(count: int = 200) -> tuple[torch.Tensor, torch.Tensor]:
    """The first test images and their labels."""
    return digits().test_inputs[:count], digits().test_labels[:count]


def accuracy(network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int = 0) -> float:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return float((predictions(network, inputs) == labels).float().mean())


def pgd(
    differentiated: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    radius: float,
    *,
    norm: str = "Linf",
    steps: int = 20,
    seed: int = 0,
) -> torch.Tensor:
    """Images changed within the radius to raise the loss of a network, by projected gradient steps."""

    def projected(change: torch.Tensor) -> torch.Tensor:
        if norm == "Linf":
            return change.clamp(-radius, radius)
        sizes: Any = change.flatten(1).norm(dim=1).clamp_min(1e-12)[:, None, None, None]
        return change * (radius / sizes).clamp_max(1)

    changed = inputs.clone()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for _ in range(steps):
            changed.requires_grad_(True)
            loss = cross_entropy(differentiated(changed), labels, reduction="sum")
            (gradient,) = torch.autograd.grad(loss, changed)
            way = (
                gradient.sign()
                if norm == "Linf"
                else gradient / gradient.flatten(1).norm(dim=1).clamp_min(1e-12)[:, None, None, None]
            )
            change = projected(changed.detach() + 4 * radius / steps * way - inputs)
            changed = (inputs + change).clamp(0, 1).detach()
    return changed
