"""What a report is made of: small frozen blocks that every format knows how to tell.

A text in a block is what people read, rounded as honestly as its figure allows; the value beside it
keeps every digit for programs.
"""

from __future__ import annotations

from dataclasses import dataclass

Value = float | int | str | None


@dataclass(frozen=True)
class Verdict:
    """What to deploy, in one line."""

    text: str


@dataclass(frozen=True)
class Heading:
    """Opens a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A few sentences."""

    text: str


@dataclass(frozen=True)
class Caution:
    """Something the reader must know before trusting a figure."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """Sentences that stand side by side."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """One number that matters, with what it says."""

    label: str
    text: str
    note: str = ""
    value: Value = None


@dataclass(frozen=True)
class Figures:
    """The numbers a reader looks for first."""

    items: tuple[Figure, ...]


@dataclass(frozen=True)
class Head:
    """The head of a table's column."""

    text: str
    numeric: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a table: what people read, and the value behind it."""

    text: str
    value: Value = None


@dataclass(frozen=True)
class Table:
    """Rows of cells; where ``shown`` is given, short formats leave out the rows after it."""

    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    shown: int | None = None

    @property
    def left_out(self) -> int:
        """How many rows a short format leaves out."""
        return 0 if self.shown is None else max(0, len(self.rows) - self.shown)


@dataclass(frozen=True)
class Bar:
    """One strategy and its probability."""

    name: str
    share: float
    text: str


@dataclass(frozen=True)
class MixBars:
    """A mixed strategy as bars."""

    title: str
    bars: tuple[Bar, ...]
    note: str = ""


@dataclass(frozen=True)
class Matrix:
    """Numbers by defence and attack, some of them marked.

    ``shown`` are the rows that short formats tell; the others are left out there.
    """

    title: str
    unit: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]  # (rows, columns)
    texts: tuple[tuple[str, ...], ...]  # (rows, columns)
    marked: tuple[tuple[bool, ...], ...]  # (rows, columns)
    shown: tuple[int, ...]
    mark_meaning: str = ""
    note: str = ""

    @property
    def left_out(self) -> int:
        """How many rows a short format leaves out."""
        return len(self.rows) - len(self.shown)


@dataclass(frozen=True)
class Series:
    """One line of a chart."""

    name: str
    points: tuple[tuple[float, float], ...]  # (across, up)
    strong: bool = False  # the line the chart is about


@dataclass(frozen=True)
class LineChart:
    """Values as functions of one number, and where we stand on it."""

    title: str
    across: str
    up: str
    series: tuple[Series, ...]
    here: float | None = None
    note: str = ""


Block = Verdict | Heading | Paragraph | Caution | Bullets | Figures | Table | MixBars | Matrix | LineChart
