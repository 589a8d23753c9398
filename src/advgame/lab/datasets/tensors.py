"""Arrays of pixels and labels as the tensors a `Dataset` holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError


def images(pixels: NDArray[Any], shape: tuple[int, ...], where: str) -> torch.Tensor:
    """Pixels 0..255 as images in [0, 1], channels first: (inputs, channels, height, width) float32.

    >>> images(np.full((5, 2, 2), 255, np.uint8), (2, 2), "here").shape
    torch.Size([5, 1, 2, 2])
    >>> images(np.zeros((5, 2, 2, 3), np.uint8), (2, 2, 3), "here").shape
    torch.Size([5, 3, 2, 2])

    Args:
        pixels: (inputs, height, width) or (inputs, height, width, channels), uint8.
        shape: what one image must have.
        where: what it was read from, for messages.

    Raises:
        LabError: for another shape or another type.
    """
    if pixels.dtype != np.uint8 or pixels.shape[1:] != shape:
        raise LabError(
            f"{where} holds {pixels.dtype} of shape {pixels.shape}; expected uint8 of shape "
            f"(images, {', '.join(map(str, shape))})."
        )
    tensor = torch.from_numpy(pixels).float().div_(255)
    return tensor[:, None] if tensor.ndim == 3 else tensor.movedim(3, 1).contiguous()


def labels(numbers: NDArray[Any], inputs: int, classes: int, where: str) -> torch.Tensor:
    """Class numbers as labels, (inputs,) int64; a second axis of length 1 is dropped.

    Args:
        numbers: (inputs,) or (inputs, 1) class numbers.
        inputs: number of inputs.
        classes: number of classes.
        where: what the content was read from, named in error messages.

    Raises:
        LabError: where there is not one for each input, or one that is no class.
    """
    flat = numbers.reshape(-1) if numbers.shape[1:] == (1,) else numbers
    if flat.dtype.kind not in "iu" or flat.shape != (inputs,) or (inputs and int(flat.max()) >= classes):
        raise LabError(
            f"{where} holds {numbers.dtype} of shape {numbers.shape}; expected one class of 0..{classes - 1} "
            f"for each of {inputs:,} inputs."
        )
    return torch.from_numpy(flat.astype(np.int64))
