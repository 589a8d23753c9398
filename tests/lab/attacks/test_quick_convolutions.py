"""Quick convolutions change nothing but the time, and are put aside where a network cannot work with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.attacks.quick_convolutions import quick_convolutions
from advgame.lab.evaluation.robust_accuracy import outcomes


def convolutional(channels: int = 3) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(channels, 6, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(6, 8, 3, stride=2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(8 * 7 * 7, 5),
        ).eval()


def normalised() -> nn.Sequential:
    """Convolutions with batch normalisation, one of them within a part; statistics as after a training."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1, bias=False),
            nn.BatchNorm2d(6),
            nn.ReLU(),
            nn.Sequential(nn.Conv2d(6, 8, 3, stride=2), nn.BatchNorm2d(8, affine=False), nn.ReLU()),
            nn.Flatten(),
            nn.Linear(8 * 7 * 7, 5),
        )
        for _ in range(5):
            network(2 * torch.rand(20, 3, 16, 16) - 0.5)
    return network.eval()


class NeedsTheUsual(nn.Module):
    """Written with ``view``, which refuses the quick layout."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = convolutional()[0], nn.Linear(6 * 16 * 16, 5)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.last(self.first(inputs).view(len(inputs), -1))


INPUTS = torch.rand(10, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def test_answers_and_gradients_are_the_same_and_weights_are_put_back() -> None:
    network = convolutional()
    weight, usual = network[2].weight, network[2].weight.data_ptr()
    asked = INPUTS.clone().requires_grad_()
    answers = network(asked)
    (gradient,) = torch.autograd.grad(answers.square().sum(), asked)
    with quick_convolutions([network], INPUTS):
        assert weight.is_contiguous(memory_format=torch.channels_last)
        assert weight.data_ptr() != usual
        quick = network(asked)
        (same,) = torch.autograd.grad(quick.square().sum(), asked)
    assert same.is_contiguous()
    torch.testing.assert_close(quick, answers)
    torch.testing.assert_close(same, gradient)
    assert weight.data_ptr() == usual
    assert not network._forward_pre_hooks


def test_input_gradients_of_the_first_convolution_are_computed_block_by_block() -> None:
    network = normalised().requires_grad_(False)
    asked = INPUTS.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(network(asked).square().sum(), asked)
    with quick_convolutions([network], INPUTS):
        assert ["forward" in vars(part) for part in (network[0], network[3][0])] == [True, False]
        (same,) = torch.autograd.grad(network(asked).square().sum(), asked)
    torch.testing.assert_close(same, gradient)
    assert not any("forward" in vars(part) for part in network.modules())


def test_convolutions_are_fused_with_their_normalisation_and_parts_are_put_back() -> None:
    network = normalised()
    parts = list(network.modules())
    state = {name: value.clone() for name, value in network.state_dict().items()}
    asked = INPUTS.clone().requires_grad_()
    answers = network(asked)
    (gradient,) = torch.autograd.grad(answers.square().sum(), asked)
    with quick_convolutions([network], INPUTS):
        assert not any(isinstance(part, nn.BatchNorm2d) for part in network.modules())
        quick = network(asked)
        (same,) = torch.autograd.grad(quick.square().sum(), asked)
    torch.testing.assert_close(quick, answers)
    torch.testing.assert_close(same, gradient)
    assert list(network.modules()) == parts
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())


def shared() -> nn.Sequential:
    """One convolution with two normalisations, and on its own."""
    network = normalised()
    convolution = nn.Conv2d(6, 6, 3, padding=1)
    doubled = nn.Sequential(convolution, nn.BatchNorm2d(6), convolution, normalised()[1], convolution)
    return nn.Sequential(network[:3], doubled.eval(), *network[3:]).eval()


def observed() -> nn.Sequential:
    """The first normalisation has a hook, which doubles what comes out."""
    network = normalised()
    network[1].register_forward_hook(lambda *facts: 2 * facts[2])
    return network


def by_batch() -> nn.Sequential:
    """The first normalisation has no statistics but those of the batch."""
    network = normalised()
    network[1] = nn.BatchNorm2d(6, track_running_stats=False)
    return network.eval()


@pytest.mark.parametrize(("made", "left"), [(shared, 0), (observed, 1), (by_batch, 1)])
def test_unusual_normalisations_answer_the_same(made: Callable[[], nn.Sequential], left: int) -> None:
    network = made()
    parts, answers = list(network.modules()), network(INPUTS)
    with quick_convolutions([network], INPUTS):
        assert sum(isinstance(part, nn.BatchNorm2d) for part in network.modules()) == left
        torch.testing.assert_close(network(INPUTS), answers)
    assert list(network.modules()) == parts


def test_normalisations_are_put_back_after_an_error() -> None:
    network = normalised()
    parts = list(network.modules())
    with pytest.raises(KeyError), quick_convolutions([network], INPUTS):
        raise KeyError
    assert list(network.modules()) == parts


@pytest.mark.parametrize(
    ("network", "inputs"),
    [(NeedsTheUsual(), INPUTS), (convolutional(), INPUTS[:, :, :15])],
    ids=["view", "small images"],
)
def test_a_network_that_cannot_or_need_not_is_left_alone(network: nn.Module, inputs: torch.Tensor) -> None:
    convolution = next(part for part in network.modules() if isinstance(part, nn.Conv2d))
    usual = convolution.weight.data_ptr()
    with quick_convolutions([network], inputs):
        assert convolution.weight.data_ptr() == usual
        assert not network._forward_pre_hooks


def test_weights_are_put_back_after_an_error() -> None:
    network = convolutional()
    usual = network[2].weight.data_ptr()
    with pytest.raises(KeyError), quick_convolutions([network], INPUTS):
        raise KeyError
    assert network[2].weight.data_ptr() == usual


@pytest.mark.parametrize("name", ["apgd_ce", "apgd_l2", "apgd_l1", "fab", "pgd", "ddn"])
def test_libraries_work_on_colour_images_in_the_quick_convolutions(name: str) -> None:
    network = convolutional()
    labels = network(INPUTS).argmax(dim=1)
    brief = {"apgd_l2": {"targets": 1}, "apgd_l1": {"targets": 1}, "fab": {"targets": 1}}
    attack = ATTACKS[name](steps=5, **brief.get(name, {}))
    radius = {"Linf": 0.1, "L2": 1.0, "L1": 10.0}[str(attack.norm)]
    found = outcomes(attack, Victim(network, network, {}, 0), INPUTS, labels, [radius])
    assert not [warning for warning in found.warnings if "failed" in warning]
    assert found.right.mean() < 1
