"""Networks that attacks are tried on: linear ones, whose nearest adversarial input is known."""

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
        """The fewest values that must change: those that lower the margin to a class most, first."""
        weight, bias = self.network[-1].weight.detach().double(), self.network[-1].bias.detach().double()
        values = self.inputs.double().flatten(1)
        logits = values @ weight.T + bias
        counts = []
        for other in range(len(weight)):
            direction = weight[other] - weight[self.labels]
            margin = logits.gather(1, self.labels[:, None]).squeeze(1) - logits[:, other]
            gains = torch.maximum(direction * (1 - values), -direction * values)
            most = gains.sort(dim=1, descending=True).values.cumsum(dim=1)
            count = (most < margin[:, None]).sum(dim=1) + 1
            counts.append(torch.where(self.labels == other, values.shape[1] + 1, count))
        return torch.stack(counts).amin(dim=0)


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
