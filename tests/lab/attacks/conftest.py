"""Networks that attacks are tried on: linear ones, whose nearest attacker is known, and some of digits."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch


@dataclass(frozen=True, eq=False)
class Linear:
    """A linear classifier and inputs whose smallest adversarial change is known in closed form."""

    network: torch.nn.Module
    inputs: torch.Tensor
    labels: torch.Tensor

    def smallest(self, norm: str) -> torch.Tensor:
        """The distance to the nearest other class: margin over dual norm of the weights' difference."""
        weight, bias = self.network[-1].weight.detach().double(), self.network[-1].bias.detach().double()
        logits = self.inputs.double().flatten(1) @ weight.T + bias
        dual = {"Linf": 1, "L2": 2, "L1": torch.inf}[norm]
        margins = logits.gather(1, self.labels[:, None]) - logits
        apart = torch.linalg.vector_norm(
            weight[self.labels][:, None, :] - weight[None, :, :], ord=dual, dim=2
        )
        distances = torch.where(apart > 0, margins / apart.clamp_min(1e-30), torch.inf)
        return distances.amin(dim=1)

    def fewest(self) -> torch.Tensor:
        """With two classes: the fewest values that must change, those that lower the margin most first."""
        weight, bias = self.network[-1].weight.detach().double(), self.network[-1].bias.detach().double()
        values = self.inputs.double().flatten(1)
        sign = torch.where(self.labels == 0, 1.0, -1.0)
        direction = (weight[1] - weight[0]) * sign[:, None]
        margin = -(direction * values).sum(dim=1) - (bias[1] - bias[0]) * sign
        gains = torch.maximum(direction * (1 - values), -direction * values)
        most = gains.sort(dim=1, descending=True).values.cumsum(dim=1)
        return (most < margin[:, None]).sum(dim=1) + 1


def linear(classes: int, shape: tuple[int, ...], count: int, seed: int = 0) -> Linear:
    """Random weights, and inputs of all classes far enough from 0 and 1 that no change is cut off."""
    generator = torch.Generator().manual_seed(seed)
    network = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(int(torch.tensor(shape).prod()), classes)
    )
    with torch.no_grad():
        network[1].weight.copy_(torch.randn(network[1].weight.shape, generator=generator))
        middle = torch.full((1, *shape), 0.5)
        network[1].bias.copy_(-network[1].weight @ middle.flatten())
    inputs = 0.5 + 0.2 * (torch.rand(count, *shape, generator=generator) - 0.5)
    return Linear(network.eval(), inputs, network(inputs).argmax(dim=1))


@pytest.fixture(scope="session")
def five_classes() -> Linear:
    return linear(classes=5, shape=(1, 6, 6), count=40)


@pytest.fixture(scope="session")
def two_classes() -> Linear:
    return linear(classes=2, shape=(24,), count=40)


@dataclass(frozen=True, eq=False)
class Digits:
    """Networks trained on scikit-learn's digits, and inputs that they were not trained on."""

    plain: torch.nn.Module
    robust: torch.nn.Module
    inputs: torch.Tensor
    labels: torch.Tensor


@pytest.fixture(scope="session")
def digits() -> Digits:
    from sklearn.datasets import load_digits

    loaded = load_digits()
    inputs = torch.from_numpy(loaded.images / 16).float()[:, None]
    labels = torch.from_numpy(loaded.target).long()
    return Digits(
        _trained(inputs[:700], labels[:700], radius=0.0),
        _trained(inputs[:700], labels[:700], radius=0.1),
        inputs[1200:],
        labels[1200:],
    )


def _trained(inputs: torch.Tensor, labels: torch.Tensor, radius: float) -> torch.nn.Module:
    """A small network after a few epochs; with a radius, on one signed step each."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = torch.nn.Sequential(
            torch.nn.Conv2d(1, 12, 3, padding=1),
            torch.nn.ReLU(),
            torch.nn.Conv2d(12, 16, 3, stride=2, padding=1),
            torch.nn.ReLU(),
            torch.nn.Flatten(),
            torch.nn.Linear(256, 32),
            torch.nn.ReLU(),
            torch.nn.Linear(32, 10),
        )
        steps = torch.optim.Adam(network.parameters(), lr=3e-3)
        for _ in range(10):
            for batch in torch.split(torch.randperm(len(inputs)), 64):
                given, goal = inputs[batch], labels[batch]
                if radius:
                    start = (given + radius * (2 * torch.rand_like(given) - 1)).requires_grad_()
                    loss = torch.nn.functional.cross_entropy(network(start), goal)
                    step = torch.autograd.grad(loss, start)[0].sign()
                    moved = start.detach() + 1.25 * radius * step
                    given = torch.min(torch.max(moved, given - radius), given + radius).clamp(0, 1)
                loss = torch.nn.functional.cross_entropy(network(given), goal)
                steps.zero_grad()
                loss.backward()
                steps.step()
    return network.eval()


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack of Brendel & Bethge with foolbox's optimiser uncompiled: compiling takes a minute."""
    from foolbox.attacks import brendel_bethge as library

    def plain(compiled: type) -> type:
        methods = {name: method.py_func for name, method in compiled.class_type.jit_methods.items()}
        return type(compiled.__name__, (), methods)

    optimiser, inner = plain(library.L0Optimizer), plain(library.BFGSB)

    def instantiate(_: object) -> object:
        made = optimiser.__new__(optimiser)
        made.bfgsb = inner()
        return made

    monkeypatch.setattr(library.L0BrendelBethgeAttack, "instantiate_optimizer", instantiate)
