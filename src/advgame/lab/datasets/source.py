"""What every data set promises: it is loaded from a folder, verified, and split once for all."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from advgame.errors import LabError
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.datasets.pinned import PinnedFile

FOLDER_VARIABLE = "ADVGAME_IMAGES"


@dataclass(frozen=True, kw_only=True)
class Source(ABC):
    """Where a data set comes from and how it becomes tensors.

    Its files lie in a folder of its name inside the folder of data sets: ``images/mnist/``.
    """

    name: str  # as in the catalogue
    page: str  # where its makers describe it
    licence: str  # as its makers state it
    note: str = ""  # what else to know before it is used
    caution: str = ""  # a warning on every row that is measured on it

    @property
    @abstractmethod
    def files(self) -> tuple[PinnedFile, ...]:
        """What it is read from, in the order of `dataset_of`; empty where it needs no folder."""

    @abstractmethod
    def dataset_of(self, contents: tuple[bytes, ...]) -> Dataset:
        """The data set in verified files."""

    @property
    def fetched(self) -> bool:
        """Whether all its files are published at an address."""
        return bool(self.files) and all(file.urls for file in self.files)

    def load(self, folder: str | os.PathLike[str] | None = None) -> Dataset:
        """The data set, from a folder of data sets; without one from the folder that ADVGAME_IMAGES names.

        Raises:
            LabError: where there is no folder, and for a file that is missing, cut, damaged or another one.
        """
        if not self.files:
            return self.dataset_of(())
        place = self.place(folder)
        return self.dataset_of(tuple(self._content(file, place) for file in self.files))

    def place(self, folder: str | os.PathLike[str] | None) -> Path:
        """Where its files belong.

        Raises:
            LabError: where no folder of data sets is named.
        """
        named = folder or os.environ.get(FOLDER_VARIABLE)
        if not named:
            raise LabError(
                f"The data set {self.name} is read from a folder, and none is named. Set {FOLDER_VARIABLE} "
                f"or give --images FOLDER; {self.advice}"
            )
        return Path(named) / self.name

    @property
    def advice(self) -> str:
        """How its files get into the folder."""
        if self.fetched:
            return f"`advgame fetch {self.name}` fills it."
        return f"it cannot be fetched. {self.note} See {self.page}."

    def _content(self, file: PinnedFile, place: Path) -> bytes:
        there = file.there(place)
        if there is None:
            raise LabError(
                f"The data set {self.name} needs {place / file.name} (or the same with .gz), and it is not "
                f"there; {self.advice}"
            )
        copy, path = there
        return copy.read(path)
