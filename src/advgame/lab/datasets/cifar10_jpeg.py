"""JPEG copies of the images of CIFAR-10, for machines on which the published batches cannot be had.

Compression changed every pixel: figures measured on these images are no figures of CIFAR-10.
"""

from __future__ import annotations

import io
import lzma
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError
from advgame.lab.datasets.cifar10 import CLASSES, SIZE
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.datasets.pinned import PinnedFile
from advgame.lab.datasets.source import Source
from advgame.lab.datasets.tensors import images, labels

TRAIN, TEST = "train", "test"  # the folders of the archive


@dataclass(frozen=True, kw_only=True)
class JpegArchive(Source):
    """Colour images as JPEG files ``train/<class>/<number>.jpg`` and ``test/…`` in a .tar.xz archive."""

    file: PinnedFile
    classes: tuple[str, ...]
    size: tuple[int, int, int]  # height, width, channels

    @property
    def files(self) -> tuple[PinnedFile, ...]:
        """The archive."""
        return (self.file,)

    def dataset_of(self, contents: tuple[bytes, ...]) -> Dataset:
        """The data set, pixels divided by 255, in the order of the archive."""
        pixels: dict[str, list[NDArray[np.uint8]]] = {TRAIN: [], TEST: []}
        numbers: dict[str, list[int]] = {TRAIN: [], TEST: []}
        for folder, label, image in self._images(contents[0]):
            pixels[folder].append(image)
            numbers[folder].append(label)
        train, test = (self._stacked(pixels[folder], numbers[folder], folder) for folder in (TRAIN, TEST))
        return Dataset(self.name, *train, *test, self.classes)

    def _stacked(
        self, pixels: list[NDArray[np.uint8]], numbers: list[int], folder: str
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Images and labels of a folder."""
        where = f"the folder {folder} of {self.file.name}"
        if not pixels:
            raise LabError(f"{where} contains no images; replace the file.")
        stacked = images(np.stack(pixels), self.size, where)
        return stacked, labels(np.array(numbers), len(stacked), len(self.classes), where)

    def _images(self, archive: bytes) -> Iterator[tuple[str, int, NDArray[np.uint8]]]:
        """The folder, the label and the pixels of each image."""
        by_name = {name: label for label, name in enumerate(self.classes)}
        for path, content in _files(archive, self.file.name):
            folder, _, rest = path.partition("/")
            name, _, _ = rest.partition("/")
            if folder not in (TRAIN, TEST) or name not in by_name:
                raise LabError(
                    f"{self.file.name} contains {path!r}; expected train/CLASS/… and test/CLASS/… with the "
                    f"classes {', '.join(self.classes)}."
                )
            yield folder, by_name[name], self._decoded(content, path)

    def _decoded(self, content: bytes, path: str) -> NDArray[np.uint8]:
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
                pixels = np.asarray(image.convert("RGB"))
        except (UnidentifiedImageError, OSError):
            raise LabError(f"{path} of {self.file.name} is not a complete JPEG file; replace it.") from None
        if pixels.shape != self.size:
            raise LabError(f"{path} of {self.file.name} has the shape {pixels.shape}; expected {self.size}.")
        return pixels


def _files(archive: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """The paths and contents of the files in the archive."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:xz") as tar:
            for member in tar:
                if member.isfile() and (file := tar.extractfile(member)) is not None:
                    yield member.name, file.read()
    except (tarfile.TarError, lzma.LZMAError, EOFError) as problem:
        raise LabError(f"{where} is not a complete .tar.xz archive ({problem}); replace it.") from None


CIFAR10_JPEG = JpegArchive(
    name="cifar10_jpeg",
    page="https://www.cs.toronto.edu/~kriz/cifar.html",
    licence="none stated; the maker of CIFAR-10 asks for a citation of Krizhevsky 2009",
    note="It consists of JPEG copies, and is not published; put the file there by hand, or use cifar10.",
    caution="JPEG copies of CIFAR-10: never compare with published CIFAR-10 figures",
    classes=CLASSES,
    file=PinnedFile(
        "cifar10_jpeg.tar.xz",
        18_538_264,
        "sha256:e15de6212e89c829c24e5843be7d4896c2e8f02def31623526a1b73c99490015",
    ),
    size=SIZE,
)
