from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    torch.set_num_threads(1)


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
