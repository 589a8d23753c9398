"""The figures of studies: values that a report, a page or a notebook can draw."""

from __future__ import annotations

from dataclasses import dataclass

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Points = tuple[tuple[float, float], ...]  # (across, up)


@dataclass(frozen=True)
class Curve:
    """One line of a figure."""

    name: str
    points: Points
    strong: bool = False  # whether this is the main line


@dataclass(frozen=True)
class Curves:
    """Values as functions of one quantity, with the scenario's own value of it."""

    title: str
    across: str
    up: str
    curves: tuple[Curve, ...]
    here: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    """A map in few cells: each shows the letter of what holds there; ``meanings`` lists the letters."""

    title: str
    unit: str  # what the axes are
    rows: tuple[str, ...]  # the greatest value first, as on a map
    columns: tuple[str, ...]
    letters: tuple[tuple[str, ...], ...]  # (rows, columns)
    here: tuple[int, int]  # row and column nearest to the scenario
    meanings: tuple[tuple[str, str], ...]  # letter, what it means

    @property
    def values(self) -> tuple[tuple[float, ...], ...]:
        """The place of each letter in ``meanings``, (rows, columns), for colours."""
        place = {letter: float(number) for number, (letter, _) in enumerate(self.meanings)}
        return tuple(tuple(place[letter] for letter in row) for row in self.letters)


def tile_letter(place: int) -> str:
    """The letter of a map's place-th meaning; all beyond Z share an ellipsis.

    >>> tile_letter(0), tile_letter(25), tile_letter(26)
    ('A', 'Z', '…')

    Args:
        place: from 0.
    """
    return LETTERS[place] if place < len(LETTERS) else "…"


StudyFigure = Curves | Tiles
