"""Input gradients computed block by block are those of the convolution."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from advgame.lab.attacks.block_gradients import BlockGradient, block_gradients


def convolution(channels: int, kernel: int = 3, padding: int = 1) -> nn.Conv2d:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Conv2d(channels, 5, kernel, padding=padding).double().requires_grad_(False)


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize(
    ("kernel", "padding"), [(kernel, padding) for kernel in (1, 3, 4, 5) for padding in range(min(kernel, 3))]
)
@pytest.mark.parametrize("size", [(5, 5), (7, 8), (8, 7), (9, 12)])
def test_gradients_are_those_of_the_convolution(
    channels: int, kernel: int, padding: int, size: tuple[int, int]
) -> None:
    part = convolution(channels, kernel, padding)
    inputs = torch.rand(2, channels, *size, dtype=torch.float64, requires_grad=True)
    outputs = part(inputs)
    upstream = torch.randn(outputs.shape, dtype=torch.float64)
    (expected,) = torch.autograd.grad(outputs, inputs, upstream)
    computed = BlockGradient(part.weight, padding)(upstream, size)
    assert computed.is_contiguous()
    torch.testing.assert_close(computed, expected)


def test_inside_outputs_and_both_derivatives_are_the_same() -> None:
    part = convolution(1)
    inputs = torch.rand(2, 1, 9, 9, dtype=torch.float64, requires_grad=True)
    outputs = part(inputs)
    with block_gradients([nn.Sequential(part, nn.Tanh())]):
        assert "forward" in vars(part)
        torch.testing.assert_close(part(inputs), outputs)
        assert torch.autograd.gradcheck(part, inputs)
        assert torch.autograd.gradgradcheck(part, inputs)
    assert "forward" not in vars(part)


class Doubled(nn.Conv2d):
    """A convolution with code of its own."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return 2 * super().forward(inputs)


@pytest.mark.parametrize(
    "part",
    [
        nn.Conv2d(4, 5, 3),
        nn.Conv2d(1, 5, 3, stride=2),
        nn.Conv2d(1, 5, 3, dilation=2),
        nn.Conv2d(1, 5, (3, 5)),
        nn.Conv2d(1, 5, 3, padding=(0, 1)),
        nn.Conv2d(1, 5, 3, padding="same"),
        nn.Conv2d(1, 5, 3, padding=3),
        nn.Conv2d(1, 5, 3, padding=1, padding_mode="circular"),
        nn.Conv2d(2, 4, 3, groups=2),
        nn.Conv2d(3, 3, 3),
        Doubled(1, 5, 3),
    ],
    ids=str,
)
def test_other_convolutions_are_unchanged(part: nn.Conv2d) -> None:
    part.requires_grad_(False)
    inputs = torch.rand(2, part.in_channels, 9, 9)
    outputs = part(inputs)
    with block_gradients([part]):
        assert "forward" not in vars(part)
        assert torch.equal(part(inputs), outputs)


def test_a_convolution_that_is_changed_already_is_unchanged() -> None:
    part = convolution(1)
    with block_gradients([part]):
        forward = part.forward
        with block_gradients([part]):
            assert part.forward is forward
        assert part.forward is forward
    assert "forward" not in vars(part)


def test_convolutions_whose_weights_have_gradients_are_unchanged() -> None:
    part = convolution(1).requires_grad_()
    with block_gradients([part]):
        assert "forward" not in vars(part)


def test_convolutions_are_as_before_after_an_error() -> None:
    part = convolution(1)
    with pytest.raises(KeyError), block_gradients([part]):
        raise KeyError
    assert "forward" not in vars(part)
