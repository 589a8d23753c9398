"""Input gradients of convolutions with few input channels, computed block by block.

The usual computation has one output channel per input channel, which leaves vector units almost idle for grey
and colour images. Here all pixels of a block are output channels of one convolution, whose stride is the side
of the block: more multiplications, in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.functional import conv2d, pad, pixel_shuffle

SIDES = {1: 4, 2: 2, 3: 2}  # of a block, by input channels: 16, 8 or 12 output channels


class BlockGradient:
    """The input gradient of a convolution of stride 1.

    A gradient g of the outputs gives ``dx[i] = Σ_u w[u] g[i + p − u]`` for padding p and kernel positions u.
    Pixel r of the block that begins at b reads g from b + r + p − (k − 1) to b + r + p. A kernel of B + k − 1
    positions covers this for all pixels of a block of side B.

    Args:
        weight: (out_channels, in_channels, k, k), constant.
        padding: p, at most k − 1.
    """

    def __init__(self, weight: torch.Tensor, padding: int) -> None:
        outputs, inputs, kernel, _ = weight.shape
        side = SIDES[inputs]
        covering = side + kernel - 1
        blocks = weight.new_zeros(inputs, side, side, outputs, covering, covering)
        flipped = weight.flip(2, 3).transpose(0, 1)
        for row in range(side):
            for column in range(side):
                blocks[:, row, column, :, row : row + kernel, column : column + kernel] = flipped
        self._weight = blocks.reshape(-1, outputs, covering, covering).contiguous(
            memory_format=torch.channels_last
        )
        self._side, self._covering, self._before = side, covering, kernel - 1 - padding

    def __call__(self, gradient: torch.Tensor, size: Sequence[int]) -> torch.Tensor:
        """The gradient of the inputs, (inputs, in_channels, height, width).

        Args:
            gradient: of the outputs, (inputs, out_channels, …).
            size: height and width of the inputs.
        """
        after = [
            (-(-length // self._side) - 1) * self._side + self._covering - outputs - self._before
            for length, outputs in zip(size, gradient.shape[2:], strict=True)
        ]
        gradient = gradient.contiguous(memory_format=torch.channels_last)
        if after == [self._before] * 2:
            blocks = conv2d(gradient, self._weight, stride=self._side, padding=self._before)
        else:
            padded = pad(gradient, (self._before, after[1], self._before, after[0]))
            blocks = conv2d(padded, self._weight, stride=self._side)
        return pixel_shuffle(blocks, self._side)[:, :, : size[0], : size[1]].contiguous()


class _Convolution(torch.autograd.Function):
    """A convolution whose weights are constant."""

    @staticmethod
    def forward(
        context: Any, inputs: torch.Tensor, convolution: nn.Conv2d, gradient: BlockGradient
    ) -> torch.Tensor:
        context.gradient, context.size = gradient, inputs.shape[2:]
        return conv2d(inputs, convolution.weight, convolution.bias, padding=convolution.padding)

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        return context.gradient(gradient, context.size), None, None


@contextmanager
def block_gradients(modules: Sequence[nn.Module]) -> Iterator[None]:
    """Inside, input gradients of convolutions with few input channels are computed block by block.

    Convolutions whose weights have gradients are unchanged. Afterwards all are as before.

    Args:
        modules: the networks.
    """
    convolutions = {
        id(part): part
        for module in modules
        for part in module.modules()
        if isinstance(part, nn.Conv2d) and _fits(part)
    }
    for part in convolutions.values():
        gradient = BlockGradient(part.weight.data, int(part.padding[0]))
        part.forward = partial(_convolved, part, gradient)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for part in convolutions.values():
            del part.forward


def _convolved(convolution: nn.Conv2d, gradient: BlockGradient, inputs: torch.Tensor) -> torch.Tensor:
    return _Convolution.apply(inputs, convolution, gradient)  # type: ignore[no-untyped-call,no-any-return]


def _fits(part: nn.Conv2d) -> bool:
    """Whether the gradient of a convolution can be computed block by block, and is then faster."""
    return (
        type(part) is nn.Conv2d
        and "forward" not in vars(part)
        and isinstance(part.weight, nn.Parameter)
        and not any(parameter.requires_grad for parameter in part.parameters())
        and part.in_channels in SIDES
        and part.out_channels > part.in_channels
        and part.groups == 1
        and part.padding_mode == "zeros"
        and not isinstance(part.padding, str)
        and len({*part.padding}) == 1
        and len({*part.kernel_size}) == 1
        and {*part.stride, *part.dilation} == {1}
        and int(part.padding[0]) < part.kernel_size[0]
    )
