"""The digits that come with scikit-learn: 1,797 handwritten ones of 8 × 8 pixels (Alpaydin & Kaynak 1998)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import torch

from advgame.errors import LabError
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.datasets.pinned import PinnedFile
from advgame.lab.datasets.source import Source
from advgame.lab.datasets.splits import stratified

BRIGHTEST = 16
TEST_SHARE = 1 / 3
SPLIT_SEED = 0
# SHA-256 of pixels, then labels
CHECKSUM = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"


@dataclass(frozen=True, kw_only=True)
class Digits(Source):
    """Images that need no folder; a third of each class is for testing, always the same."""

    @property
    def files(self) -> tuple[PinnedFile, ...]:
        """None."""
        return ()

    def dataset_of(self, contents: tuple[bytes, ...]) -> Dataset:
        """The data set, pixels divided by 16.

        >>> found = DIGITS.load()
        >>> found.shape, len(found.train_labels), len(found.test_labels)
        ((1, 8, 8), 1198, 599)

        Raises:
            LabError: when the checksum differs from the pinned one.
        """
        from sklearn.datasets import load_digits

        digits = load_digits()
        pixels, labels = digits.images.astype(np.uint8), digits.target.astype(np.int64)
        given = hashlib.sha256(pixels.tobytes() + labels.astype(np.uint8).tobytes()).hexdigest()
        if given != CHECKSUM:
            raise LabError(
                f"The digits of the installed scikit-learn have the SHA-256 checksum {given}; expected "
                f"{CHECKSUM}. Install scikit-learn again."
            )
        images = torch.from_numpy(pixels)[:, None].float().div_(BRIGHTEST)
        numbers = torch.from_numpy(labels)
        train, test = stratified(labels, TEST_SHARE, SPLIT_SEED)
        return Dataset(
            self.name, images[train], numbers[train], images[test], numbers[test], tuple("0123456789")
        )


DIGITS = Digits(
    name="digits",
    page="https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
    licence="CC BY 4.0",
    note="It comes with scikit-learn.",
)
