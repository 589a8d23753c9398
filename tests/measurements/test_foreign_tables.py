"""Tables of other people: any dialect is read, every fault is named with its line, nothing is executed."""

from __future__ import annotations

import io
import zipfile

import pandas as pd
import pytest
from openpyxl import Workbook

from advgame.errors import MeasurementError
from advgame.measurements.importers.foreign_table import ForeignTable, read_foreign_table
from advgame.measurements.importers.guessed_columns import Converted, convert, guessed_map

WIDE = "Model;Clean;PGD-20\nplain;94,8 %;0,1 %\nAT;85,3 %;55 %\n"
LONG = (
    "defense,attack,eps,acc\nplain,clean,,0.948\nplain,pgd,8/255,0.001\nAT,clean,,0.853\nAT,pgd,8/255,0.55\n"
)
ANSWER = {("plain", "none"): 0.948, ("plain", "pgd"): 0.001, ("AT", "none"): 0.853, ("AT", "pgd"): 0.55}


def converted(content: str | bytes, name: str = "mine.csv") -> Converted:
    table = read(content, name)
    return convert(table, guessed_map(table))


def read(content: str | bytes, name: str = "mine.csv") -> ForeignTable:
    return read_foreign_table(name, content.encode() if isinstance(content, str) else content)


def figures(found: Converted) -> dict[tuple[str, str], float]:
    return {(row.defence, row.attack.lower().removesuffix("-20")): row.accuracy for row in found.rows}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_wide_table_with_decimal_commas_and_percent_signs(encoding: str) -> None:
    found = converted(WIDE.encode(encoding))
    assert found.faults == ()
    assert figures(found) == ANSWER


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_long_table_with_any_separator(separator: str) -> None:
    assert figures(converted(LONG.replace(",", separator))) == ANSWER


def test_a_parquet_file_with_any_names() -> None:
    file = io.BytesIO()
    pd.read_csv(io.StringIO(LONG)).to_parquet(file, index=False)
    assert figures(converted(file.getvalue(), "mine.parquet")) == ANSWER


def test_a_spreadsheet_is_read_as_its_cells_and_not_as_formulas() -> None:
    book, file = Workbook(), io.BytesIO()
    for line in WIDE.replace(" %", "").replace(",", ".").splitlines():
        book.active.append([float(cell) if cell[0].isdigit() else cell for cell in line.split(";")])
    book.save(file)
    assert figures(converted(file.getvalue(), "mine.xlsx")) == ANSWER


def test_every_line_that_cannot_be_read_is_named_and_the_others_are_kept() -> None:
    found = converted(LONG + "B,clean,,1.7\nC,pgd,8/255,abc\n,pgd,1,0.5\nD,clean,\nE,clean,,0.5,x,y\n")
    assert figures(found) == ANSWER
    faults = dict(found.faults)
    assert set(faults) == {f"line {number}" for number in range(6, 11)}
    assert "1.7" in faults["line 6"]
    assert "not a number" in faults["line 7"]
    assert "defence" in faults["line 8"]
    assert "no accuracy" in faults["line 9"]
    assert "6 cells" in faults["line 10"]


def test_a_fault_in_one_cell_of_a_wide_table_leaves_the_others() -> None:
    found = converted(WIDE + "TRADES;84 %;x\n")
    assert [(row.defence, row.attack) for row in found.rows][-1] == ("TRADES", "none")
    assert [place for place, _ in found.faults] == ["line 4"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"a,b\n", "no rows"),
        (b"<html><table></table></html>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", ".xls"),
        (b"\x00\x01\x02\x03", "neither text"),
        (b"PAR1 damaged", "Parquet"),
        (b"a,b\n" + b"1,2\n" * 100_001, "100,000 rows"),
        (b"x" * 20_000_001, "at most 20 MB"),
        (",".join(f"c{place}" for place in range(300)).encode() + b"\n1", "300 columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_a_table_is_refused_with_the_reason(content: bytes, said: str) -> None:
    with pytest.raises(MeasurementError, match=said):
        read_foreign_table("mine.csv", content)


def test_an_archive_that_would_grow_without_bound_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 160_000_000)
    assert len(file.getvalue()) < 1_000_000
    with pytest.raises(MeasurementError, match="when unpacked"):
        read_foreign_table("bomb.xlsx", file.getvalue())


def test_duplicate_column_names_are_made_distinct() -> None:
    assert read("a,a,\n1,2,\n").header == ("a", "a (2)")
