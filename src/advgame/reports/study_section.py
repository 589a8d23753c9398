"""A section of the report that any study of the catalogue fills: sentence, figure and table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advgame.errors import InputError, SolverError
from advgame.number_text import significant
from advgame.reports.blocks import (
    Block,
    Caution,
    Cell,
    Head,
    Heading,
    LineChart,
    Matrix,
    Paragraph,
    Series,
    Table,
)
from advgame.reports.facts import Facts
from advgame.studies import STUDIES, study
from advgame.studies.figures import StudyFigure, Tiles
from advgame.wording.money import amounts_in_words
from advgame.wording.names import addresses_in_words, counted

if TYPE_CHECKING:
    import pandas as pd

ROWS = 100  # of a table, in every format
SHOWN = 20  # of a table, in short formats
WIDE = 12  # columns: in a wider table those that are zero everywhere are left out
LINES = 6  # of a figure


def study_section(name: str, facts: Facts) -> tuple[Block, ...]:
    """The question of a study, its sentence, its figure and its table.

    Where the study does not apply to the scenario, one sentence says why.

    >>> from advgame.reports.facts import gather
    >>> from advgame.scenarios import case
    >>> facts = gather(case("cifar10-two-defences"), None)
    >>> [type(block).__name__ for block in study_section("portfolio", facts)]
    ['Heading', 'Paragraph', 'LineChart', 'Table']

    Args:
        name: of the study, in ``STUDIES``.
        facts: of the report.

    Raises:
        UnknownName: for a name that no study has.
    """
    kind = STUDIES[name]
    heading = Heading((kind.__doc__ or name).partition("\n")[0])
    try:
        result = study(name, facts.question)
        frame = result.report_frame()
    except InputError as problem:
        return heading, Caution(f"The study {kind.name} does not apply here. {problem}")
    except SolverError as problem:
        return heading, Caution(f"The study {kind.name} has no certified result. {problem}")
    names = {*facts.game.defences, *facts.game.attacks}
    sentence = addresses_in_words(result.sentence, names)
    amounts = amounts_in_words(result, facts.scenario)
    blocks: list[Block] = [heading, Paragraph(f"{sentence} {amounts}".rstrip())]
    if result.figure is not None:
        blocks.append(_drawn(result.figure))
    return (*blocks, _table(kind.name, frame))


def _drawn(figure: StudyFigure) -> Block:
    if isinstance(figure, Tiles):
        return _tiles(figure)
    curves = figure.curves[:LINES]
    left_out = len(figure.curves) - len(curves)
    note = f" {counted(left_out, 'further line is', 'further lines are')} not drawn." if left_out else ""
    return LineChart(
        figure.title,
        figure.across,
        figure.up,
        tuple(Series(curve.name, curve.points, curve.strong) for curve in curves),
        figure.here,
        f"{figure.note}{note}".strip(),
    )


def _tiles(figure: Tiles) -> Matrix:
    row, column = figure.here
    marked = tuple(
        tuple((row_place, column_place) == (row, column) for column_place in range(len(figure.columns)))
        for row_place in range(len(figure.rows))
    )
    return Matrix(
        figure.title,
        figure.unit,
        figure.rows,
        figure.columns,
        figure.values,
        figure.letters,
        marked,
        tuple(range(len(figure.rows))),
        mark_meaning="the cell nearest to the scenario",
        note="; ".join(f"{letter}: {meaning}" for letter, meaning in figure.meanings),
    )


def _table(name: str, frame: pd.DataFrame) -> Table:
    kept = _telling(frame) if len(frame.columns) > WIDE else frame
    notes = []
    if len(kept.columns) < len(frame.columns):
        missing = len(frame.columns) - len(kept.columns)
        notes.append(f"{counted(missing, 'column', 'columns')} of zeros left out")
    if len(frame) > ROWS:
        notes.append(f"the first {ROWS} of {len(frame):,} rows")
    if notes:
        notes.append(f"the whole table: advgame study {name} SCENARIO -o {name}.csv")
    heads = tuple(
        Head(str(column).replace("_", " "), numeric=_numeric(kept[column])) for column in kept.columns
    )
    rows = tuple(tuple(map(_cell, row)) for row in kept.head(ROWS).itertuples(index=False, name=None))
    title = f"Study {name}"
    return Table(title, heads, rows, note="; ".join(notes), shown=SHOWN)


def _telling(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns that are not zero or empty everywhere."""
    telling = [not _numeric(frame[column]) or bool(frame[column].fillna(0).any()) for column in frame.columns]
    return frame.loc[:, telling]


def _numeric(column: pd.Series) -> bool:
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _cell(given: object) -> Cell:
    value = given.item() if hasattr(given, "item") else given
    if value is None or value != value:  # noqa: PLR0124 (NaN)
        return Cell("–", None)
    if isinstance(value, bool):
        return Cell("yes" if value else "no", value)
    if isinstance(value, int):
        return Cell(f"{value:,}", value)
    if isinstance(value, float):
        return Cell(significant(value), value)
    return Cell(str(value), str(value))
