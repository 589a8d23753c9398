"""Spambase: 4,601 e-mails as 57 numbers each, spam or not (Hopkins et al. 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from advgame.errors import LabError
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.datasets.pinned import PinnedFile
from advgame.lab.datasets.source import Source
from advgame.lab.datasets.splits import stratified

FEATURES = 57  # frequencies of 48 words and 6 signs in percent, three lengths of runs of capitals
TEST_SHARE = 1 / 4
SPLIT_SEED = 0


@dataclass(frozen=True, kw_only=True)
class Spambase(Source):
    """Rows of a table, each feature scaled so that training rows fill [0, 1]; test rows are cut off there.

    A quarter of each class is for testing, always the same. E-mails that occur more than once are all on
    the same side.
    """

    file: PinnedFile

    @property
    def files(self) -> tuple[PinnedFile, ...]:
        """The one file, comma-separated, the class last."""
        return (self.file,)

    def dataset_of(self, contents: tuple[bytes, ...]) -> Dataset:
        """The data set."""
        rows = read_rows(contents[0], self.file.name)
        labels = rows[:, FEATURES].astype(np.int64)
        _, copies = np.unique(rows[:, :FEATURES], axis=0, return_inverse=True)
        train, test = stratified(labels, TEST_SHARE, SPLIT_SEED, copies.reshape(-1))
        scaled = torch.from_numpy(in_range_of(rows[train, :FEATURES], rows[:, :FEATURES]).astype(np.float32))
        numbers = torch.from_numpy(labels)
        return Dataset(
            self.name, scaled[train], numbers[train], scaled[test], numbers[test], ("no spam", "spam")
        )


def read_rows(content: bytes, where: str) -> NDArray[np.float64]:
    """The numbers of a table without a header, (rows, 58).

    Raises:
        LabError: for another number of columns, or text that is no number.
    """
    try:
        rows = np.array([line.split(b",") for line in content.splitlines()], dtype=np.float64)
    except ValueError as mistake:
        raise LabError(f"{where} is no table of numbers ({mistake}); replace it.") from None
    if rows.ndim != 2 or rows.shape[1] != FEATURES + 1:
        raise LabError(f"{where} has the shape {rows.shape}; expected rows of {FEATURES + 1} numbers.")
    return rows


def in_range_of(reference: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rows with each feature scaled so that the reference fills [0, 1], cut off there.

    >>> in_range_of(np.array([[0.0], [4.0]]), np.array([[1.0], [8.0], [-1.0]])).ravel().tolist()
    [0.25, 1.0, 0.0]
    """
    low, high = reference.min(axis=0), reference.max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    scaled: NDArray[np.float64] = np.clip((rows - low) / width, 0, 1)
    return scaled


SPAMBASE = Spambase(
    name="spambase",
    page="https://archive.ics.uci.edu/dataset/94/spambase",
    licence="CC BY 4.0",
    file=PinnedFile(
        "spambase.data",
        702_942,
        "sha256:b1ef93de71f97714d3d7d4f58fc9f718da7bbc8ac8a150eff2778616a8097b12",
        ("https://archive.ics.uci.edu/ml/machine-learning-databases/spambase/spambase.data",),
        head=",".join(str(column) for column in range(1, FEATURES + 2)).encode() + b"\r\n",
    ),
)
