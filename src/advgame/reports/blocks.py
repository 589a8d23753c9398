"""The blocks of a report, which every format can render.

The text of a block is for people, rounded to the digits that are known; the value beside it has full
precision for programs.
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
    """The title of a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A few sentences."""

    text: str


@dataclass(frozen=True)
class Caution:
    """A caveat about a figure."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """One key figure with its label and note."""

    label: str
    text: str
    note: str = ""
    value: Value = None


@dataclass(frozen=True)
class Figures:
    """The key figures of the report."""

    items: tuple[Figure, ...]


@dataclass(frozen=True)
class Head:
    """The heading of a table column."""

    text: str
    numeric: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text and the value behind it."""

    text: str
    value: Value = None


@dataclass(frozen=True)
class Table:
    """Rows of cells; short formats render the first ``shown`` rows only, if that is given."""

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
    """Numbers by defence and attack, with optional marks.

    ``shown`` lists the rows that short formats render.
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
    strong: bool = False  # whether this is the main line of the chart


@dataclass(frozen=True)
class LineChart:
    """Values as functions of one parameter, with the scenario's own value of it."""

    title: str
    across: str
    up: str
    series: tuple[Series, ...]
    here: float | None = None
    note: str = ""


Block = Verdict | Heading | Paragraph | Caution | Bullets | Figures | Table | MixBars | Matrix | LineChart
