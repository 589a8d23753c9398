"""Images and labels in IDX files, the format of MNIST: a short header, then bytes."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.datasets.pinned import PinnedFile
from advgame.lab.datasets.source import Source
from advgame.lab.datasets.tensors import images, labels

UNSIGNED_BYTES = 8  # the type code of the only kind read here


@dataclass(frozen=True, kw_only=True)
class IdxImages(Source):
    """Grey images in four IDX files."""

    classes: tuple[str, ...]
    train_images: PinnedFile
    train_labels: PinnedFile
    test_images: PinnedFile
    test_labels: PinnedFile
    size: tuple[int, int] = (28, 28)  # height, width

    @property
    def files(self) -> tuple[PinnedFile, ...]:
        """Images and labels to train on, then those to test on."""
        return self.train_images, self.train_labels, self.test_images, self.test_labels

    def dataset_of(self, contents: tuple[bytes, ...]) -> Dataset:
        """The data set, pixels divided by 255."""
        return Dataset(self.name, *self._pair(contents, 0), *self._pair(contents, 2), self.classes)

    def _pair(self, contents: tuple[bytes, ...], place: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Images and their labels, which stand beside each other."""
        first, second = (self.files[index].name for index in (place, place + 1))
        pixels = images(read_idx(contents[place], first), self.size, first)
        return pixels, labels(read_idx(contents[place + 1], second), len(pixels), len(self.classes), second)


def read_idx(content: bytes, where: str) -> NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes.

    >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]), "here")
    array([7, 8, 9], dtype=uint8)

    Raises:
        LabError: for content that is no such file, or whose header promises another length.
    """
    if len(content) < 4 or content[:3] != bytes([0, 0, UNSIGNED_BYTES]):
        raise LabError(
            f"{where} begins with {content[:4].hex(' ')}; expected an IDX file of bytes, 00 00 08."
        )
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise LabError(f"{where} is truncated in its header of {start} bytes. Replace it.")
    shape = tuple(int(length) for length in np.frombuffer(content[4:start], ">u4"))
    if len(content) - start != prod(shape):
        raise LabError(
            f"{where} declares an array of shape {shape} but contains {len(content) - start:,} bytes; "
            f"expected {prod(shape):,}. Replace it."
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()
