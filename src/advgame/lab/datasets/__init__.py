"""Data sets by name, and how to get them.

Images are scaled to [0, 1], channels first; features of a table are scaled by the range of the training rows.
Every file is verified against its published checksum whenever it is read. Test inputs are those of the
data set's makers where they named some, else a fixed share of each class; settings are to be chosen on
`for_validation`, which sets aside training inputs and excludes test inputs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from advgame.catalogue import Catalogue
from advgame.lab.datasets.cifar10 import CIFAR10
from advgame.lab.datasets.cifar10_jpeg import CIFAR10_JPEG
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.datasets.digits import DIGITS
from advgame.lab.datasets.fashion_mnist import FASHION_MNIST
from advgame.lab.datasets.fetching import fetched
from advgame.lab.datasets.gtsrb import GTSRB
from advgame.lab.datasets.mnist import MNIST
from advgame.lab.datasets.pneumoniamnist import PNEUMONIAMNIST
from advgame.lab.datasets.source import Source
from advgame.lab.datasets.spambase import SPAMBASE
from advgame.lab.datasets.splits import for_validation

DATASETS: Catalogue[Source] = Catalogue(
    "data set",
    {
        source.name: source
        for source in (
            DIGITS,
            MNIST,
            FASHION_MNIST,
            CIFAR10,
            CIFAR10_JPEG,
            PNEUMONIAMNIST,
            GTSRB,
            SPAMBASE,
        )
    },
)


def fetch(
    name: str, folder: str | os.PathLike[str] | None = None, progress: Callable[[int, int], Any] | None = None
) -> Path:
    """Downloads a data set of the catalogue; see `fetched`.

    Args:
        name: name of the data set in `DATASETS`.
        folder: folder of image sets; by default the one that ADVGAME_IMAGES names.
        progress: called with the bytes received and all bytes.

    Raises:
        UnknownName, LabError: for a name that is not listed, and where it cannot be downloaded.
    """
    return fetched(DATASETS[name], folder, progress)


__all__ = ["DATASETS", "Dataset", "Source", "fetch", "for_validation"]
