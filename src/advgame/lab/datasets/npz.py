"""Images and labels in an NPZ file, numpy's archive of arrays; arrays of objects are never opened."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.datasets.pinned import PinnedFile
from advgame.lab.datasets.source import Source
from advgame.lab.datasets.tensors import images, labels


@dataclass(frozen=True, kw_only=True)
class NpzImages(Source):
    """Images in one NPZ file."""

    classes: tuple[str, ...]
    file: PinnedFile
    arrays: tuple[str, str, str, str]  # names of the images and labels to train on, and of those to test on
    size: tuple[int, ...]  # height, width, and channels where there are several

    @property
    def files(self) -> tuple[PinnedFile, ...]:
        """The one file."""
        return (self.file,)

    def dataset_of(self, contents: tuple[bytes, ...]) -> Dataset:
        """The data set, pixels divided by 255."""
        arrays = read_npz(contents[0], self.arrays, self.file.name)
        return Dataset(self.name, *self._pair(arrays, 0), *self._pair(arrays, 2), self.classes)

    def _pair(self, arrays: list[NDArray[Any]], place: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Images and their labels, which stand beside each other."""
        first, second = (f"{self.arrays[index]} of {self.file.name}" for index in (place, place + 1))
        pixels = images(arrays[place], self.size, first)
        return pixels, labels(arrays[place + 1], len(pixels), len(self.classes), second)


def read_npz(content: bytes, names: tuple[str, ...], where: str) -> list[NDArray[Any]]:
    """The arrays of those names in an NPZ file.

    Args:
        content: the bytes of the file.
        names: the arrays wanted, in order.
        where: what the content was read from, named in error messages.

    Raises:
        LabError: for content that is no such file, an array that is missing, or one of objects (a pickle).
    """
    try:
        with np.load(BytesIO(content), allow_pickle=False) as archive:
            missing = sorted(set(names) - set(archive.files))
            if missing:
                raise LabError(
                    f"{where} holds the arrays {', '.join(archive.files)}; expected {', '.join(missing)} too."
                )
            return [archive[name] for name in names]
    except LabError:
        raise
    except (ValueError, OSError, EOFError, BadZipFile, AttributeError, TypeError) as mistake:
        raise LabError(f"{where} is not an NPZ file of plain arrays ({mistake}); replace it.") from None
