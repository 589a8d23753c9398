"""CIFAR-10: 50,000 and 10,000 colour images of ten classes, 32 × 32 pixels (Krizhevsky 2009)."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.datasets.pinned import PinnedFile
from advgame.lab.datasets.source import Source
from advgame.lab.datasets.tensors import images, labels

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIZE = (32, 32, 3)  # height, width, channels
FOLDER = "cifar-10-batches-bin"
TRAIN = tuple(f"{FOLDER}/data_batch_{number}.bin" for number in range(1, 6))
TEST = (f"{FOLDER}/test_batch.bin",)


@dataclass(frozen=True, kw_only=True)
class BinaryBatches(Source):
    """Colour images in the binary batches of CIFAR-10, inside the archive in which they are published."""

    file: PinnedFile
    classes: tuple[str, ...] = CLASSES

    @property
    def files(self) -> tuple[PinnedFile, ...]:
        """The archive."""
        return (self.file,)

    def dataset_of(self, contents: tuple[bytes, ...]) -> Dataset:
        """The data set, pixels divided by 255."""
        return Dataset(
            self.name, *self._joined(contents[0], TRAIN), *self._joined(contents[0], TEST), self.classes
        )

    def _joined(self, archive: bytes, names: tuple[str, ...]) -> tuple[torch.Tensor, torch.Tensor]:
        """Images and labels of several batches, one after the other."""
        where = f"{', '.join(names)} of {self.file.name}"
        batches = [read_batch(content, where) for content in members(archive, names, self.file.name)]
        pixels = images(np.concatenate([pixels for pixels, _ in batches]), SIZE, where)
        numbers = np.concatenate([numbers for _, numbers in batches])
        return pixels, labels(numbers, len(pixels), len(self.classes), where)


def members(archive: bytes, names: tuple[str, ...], where: str) -> list[bytes]:
    """The content of files in a gzipped tar archive; nothing is written to the disk.

    Args:
        archive: the bytes of the archive.
        names: the paths of the files wanted, in order.
        where: what the archive was read from, named in error messages.

    Raises:
        LabError: for content that is no such archive, and for a file that it does not contain.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            contents = {
                member.name: file.read()
                for member in tar
                if member.name in names and (file := tar.extractfile(member)) is not None
            }
    except (tarfile.TarError, EOFError, OSError) as problem:
        raise LabError(f"{where} is not a complete .tar.gz archive ({problem}); replace it.") from None
    missing = [name for name in names if name not in contents]
    if missing:
        raise LabError(f"{where} does not contain {', '.join(missing)}; replace it.")
    return [contents[name] for name in names]


def read_batch(content: bytes, where: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images (inputs, height, width, channels) and labels (inputs,) of a binary batch.

    A record is one byte with the label, then 1,024 bytes of red, green and blue, each row by row.

    >>> pixels, labels = read_batch(bytes([3]) + bytes([9]) * 1024 + bytes(2048), "here")
    >>> labels.tolist(), pixels.shape, pixels[0, 0, 0].tolist()
    ([3], (1, 32, 32, 3), [9, 0, 0])

    Args:
        content: the bytes of the batch.
        where: what the content was read from, named in error messages.

    Raises:
        LabError: for a length that is no multiple of a record's.
    """
    height, width, channels = SIZE
    length = 1 + height * width * channels
    if len(content) == 0 or len(content) % length:
        raise LabError(
            f"{where} has a batch of {len(content):,} bytes; expected records of {length:,} bytes. Replace "
            "the file."
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, length)
    planes = records[:, 1:].reshape(-1, channels, height, width)
    return planes.transpose(0, 2, 3, 1), records[:, 0]


CIFAR10 = BinaryBatches(
    name="cifar10",
    page="https://www.cs.toronto.edu/~kriz/cifar.html",
    licence="none stated; its maker asks for a citation of Krizhevsky 2009",
    file=PinnedFile(
        "cifar-10-binary.tar.gz",
        170_052_171,
        "sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        (
            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            "https://cave.cs.toronto.edu/kriz/cifar-10-binary.tar.gz",
        ),
    ),
)
