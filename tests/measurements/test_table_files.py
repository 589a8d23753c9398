"""Tables go into files and come back whole; damaged files get a clear answer."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.errors import InputError, MeasurementError
from advgame.files import written_whole
from advgame.measurements import Measurement, MeasurementTable, mark_contradictions, read_table, write_table

HEADER = "dataset,network,defence,attack,norm,radius,metric,accuracy,correct,tested\n"
CLEAN_LINE = "mnist,cnn,plain,none,,,clean,0.99,99,100\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return path


def names() -> st.SearchStrategy[str]:
    anything = st.text(min_size=1, max_size=12)
    awkward = st.sampled_from(
        ["=1+1", "'=x", "-1", "+", "@sum", "a,b", 'q"uote', "l ead", "\u2028", "-inf", "''"]
    )
    return (anything | awkward).filter(
        lambda text: (
            text.strip() == text not in ("", "*")
            and not any(unicodedata.category(letter) == "Cc" for letter in text)
        )
    )


@st.composite
def measurements(draw: st.DrawFn) -> Measurement:
    fraction = st.floats(0, 1)
    amount = st.none() | st.floats(0, 1e12)
    count = st.none() | st.integers(0, 2**60)
    clean = draw(st.booleans())
    return Measurement(
        draw(names()),
        draw(names()),
        draw(names()),
        "none" if clean else draw(names()),
        None if clean else draw(st.none() | names()),
        None if clean else draw(amount),
        None if clean else draw(st.none() | names()),
        "clean" if clean else draw(st.sampled_from(["robust", "certified", "corruption"])),
        draw(fraction),
        tested=draw(count),
        runs=draw(count),
        std=draw(amount),
        seed=draw(count),
        seconds=draw(amount),
        compression_nominal=draw(amount),
        parameters_left=draw(count),
        parameters_total=draw(count),
        source=draw(st.just("") | names()),
        warnings=tuple(draw(st.lists(names().filter(lambda text: "|" not in text), max_size=2, unique=True))),
    )


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(measurements(), min_size=1, max_size=3, unique_by=lambda row: (row.dataset, row.seed)))
def test_a_table_written_and_read_is_the_same_table(
    tmp_path_factory: pytest.TempPathFactory, ending: str, rows: list[Measurement]
) -> None:
    table = mark_contradictions(MeasurementTable(tuple(rows)))
    path = write_table(table, tmp_path_factory.mktemp("table") / f"rows.{ending}")
    assert read_table(path) == table


def test_text_that_starts_a_formula_is_written_behind_an_apostrophe_and_read_without(tmp_path: Path) -> None:
    row = Measurement("mnist", "cnn", "=HYPERLINK(1)", "none", metric="clean", accuracy=0.9, source="@cmd")
    path = write_table(MeasurementTable((row,)), tmp_path / "rows.csv")
    cells = path.read_text(encoding="utf-8").splitlines()[1].split(",")
    assert "'=HYPERLINK(1)" in cells
    assert "'@cmd" in cells
    assert read_table(path).rows == (row,)


def test_only_fields_that_are_used_become_columns(tmp_path: Path) -> None:
    row = Measurement("mnist", "cnn", "plain", "none", metric="clean", accuracy=0.9)
    path = write_table(MeasurementTable((row,)), tmp_path / "rows.csv")
    assert (
        path.read_text(encoding="utf-8").splitlines()[0] == "dataset,network,defence,attack,metric,accuracy"
    )


def test_numbers_of_numpy_are_written_as_numbers(tmp_path: Path) -> None:
    import numpy as np

    row = Measurement("mnist", "cnn", "plain", "none", metric="clean", accuracy=np.float64(0.25))
    assert read_table(write_table(MeasurementTable((row,)), tmp_path / "rows.csv")).rows[0].accuracy == 0.25


def test_a_large_seed_keeps_its_last_digit(tmp_path: Path) -> None:
    row = Measurement("mnist", "cnn", "plain", "none", metric="clean", accuracy=0.5, seed=2**53 + 1)
    assert read_table(write_table(MeasurementTable((row,)), tmp_path / "rows.csv")).rows[0].seed == 2**53 + 1


def test_a_seed_beyond_64_signed_bits_is_written_as_parquet_and_a_larger_one_is_refused(
    tmp_path: Path,
) -> None:
    row = Measurement("mnist", "cnn", "plain", "none", metric="clean", accuracy=0.5, seed=2**64 - 1)
    table = MeasurementTable((row, replace(row, seed=None, defence="other")))
    assert read_table(write_table(table, tmp_path / "rows.parquet")) == table
    with pytest.raises(MeasurementError, match="seed is 18446744073709551616"):
        replace(row, seed=2**64)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"warnings": [[1, 2]]}, "row 1, column warnings: .* is not text"),
        ({"warnings": [[None]]}, "column warnings"),
        ({"warnings": [7]}, "column warnings"),
        ({"source": [3]}, "column source"),
        ({"defence": [b"plain"]}, "column defence"),
        ({"accuracy": [[0.5]]}, "column accuracy"),
        ({"tested": [True]}, "column tested"),
        ({"seed": [-1]}, "seed is -1"),
    ],
)
def test_a_parquet_value_of_another_type_is_refused_by_row_and_column(
    tmp_path: Path, changes: dict[str, list[object]], said: str
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = Measurement("mnist", "cnn", "plain", "none", metric="clean", accuracy=0.5)
    plain = {"dataset": "mnist", "network": "cnn", "defence": "plain", "attack": "none", "metric": "clean"}
    columns = {**{field: [text] for field, text in plain.items()}, "accuracy": [0.5], **changes}
    pq.write_table(pa.table(columns), tmp_path / "rows.parquet")
    with pytest.raises(MeasurementError, match=said):
        read_table(tmp_path / "rows.parquet")
    pq.write_table(
        pa.table(
            {
                **columns,
                **{field: [None] for field in changes if field in ("warnings", "source", "tested", "seed")},
            }
        ),
        tmp_path / "none.parquet",
    )
    if set(changes) <= {"warnings", "source", "tested", "seed"}:
        assert read_table(tmp_path / "none.parquet").rows == (row,)


@pytest.mark.parametrize("other", ["8/255", "0.031372", "0.0313725"])
def test_radii_equal_within_rounding_are_one_cell(tmp_path: Path, other: str) -> None:
    line = "mnist,cnn,plain,pgd,Linf,0.03137,robust,0.5,,\n"
    twice = line.replace("0.03137", other)
    with pytest.raises(MeasurementError, match=r"Two rows .* 0\.5 and 0\.4; keep one"):
        read_table(written(tmp_path, HEADER + line + twice.replace("0.5,", "0.4,")))
    assert len(read_table(written(tmp_path, HEADER + line + twice))) == 1
    table = read_table(written(tmp_path, HEADER + line + twice.replace("plain", "hardened")))
    assert len(table.columns) == 1
    apart = read_table(
        written(tmp_path, HEADER + line + line.replace("0.03137", "0.031").replace("0.5,", "0.6,"))
    )
    assert len(apart.columns) == 2


def test_fractions_are_not_read_as_percent(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match=r"line 2: a clean accuracy of '0\.99' .*fraction"):
        read_table(written(tmp_path, HEADER + CLEAN_LINE.replace("99,100", ",")), percent=True)
    robust = HEADER + "mnist,cnn,plain,pgd,Linf,0.3,robust,0.9,,\n"
    with pytest.raises(MeasurementError, match=r"largest accuracy is 0\.9: these look like fractions"):
        read_table(written(tmp_path, robust), percent=True)


def test_a_long_value_is_shown_shortened(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError) as mistake:
        read_table(written(tmp_path, HEADER + CLEAN_LINE.replace(",99,", f",{'9' * 5000},")))
    assert len(str(mistake.value)) < 300


def test_contradictions_are_marked_when_a_file_is_read(tmp_path: Path) -> None:
    clean = CLEAN_LINE.replace("0.99,99", "0.5,50")
    path = written(tmp_path, HEADER + clean + "mnist,cnn,plain,pgd,Linf,0.3,robust,0.9,,\n")
    assert "exceeds the clean" in read_table(path).rows[1].warnings[0]


def test_percent_becomes_fractions_on_request(tmp_path: Path) -> None:
    path = written(
        tmp_path, HEADER.replace("correct,tested", "std,runs") + "mnist,cnn,plain,none,,,clean,98.6,1.5,4\n"
    )
    (row,) = read_table(path, percent=True)
    assert (row.accuracy, row.std) == (0.986, 0.015)


def test_spreadsheet_habits_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    text = HEADER + CLEAN_LINE.replace("99,100", "99.0,1e2") + ",,,,,,,,,\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (row,) = read_table(path)
    assert (row.correct, row.tested) == (99, 100)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", ["empty"]),
        (HEADER, ["header and no rows"]),
        (
            HEADER.replace("accuracy", "acuracy") + CLEAN_LINE,
            ["'acuracy'", "did you mean 'accuracy'", "--columns"],
        ),
        (HEADER.replace("metric,", "") + CLEAN_LINE.replace("clean,", ""), ["'metric'", "missing"]),
        (HEADER.replace("tested", "correct") + CLEAN_LINE, ["'correct'", "twice"]),
        (HEADER + CLEAN_LINE + CLEAN_LINE[:20] + "\n", ["line 3", "fields", "damaged"]),
        (HEADER + CLEAN_LINE.replace("cnn", '"cnn'), ["line 2", "damaged"]),
        (HEADER + CLEAN_LINE.replace("0.99", "high"), ["line 2", "accuracy", "'high'", "not a number"]),
        (HEADER + CLEAN_LINE.replace("0.99", "99%"), ["line 2", "'99%'", "percent=True"]),
        (HEADER + CLEAN_LINE.replace("0.99", "98.6"), ["line 2", "98.6", "--percent"]),
        (HEADER + CLEAN_LINE.replace("0.99", ""), ["line 2", "accuracy is empty"]),
        (HEADER + CLEAN_LINE.replace("0.99", "nan"), ["line 2", "nan", "finite"]),
        (HEADER + CLEAN_LINE.replace(",99,", ",99.5,"), ["line 2", "correct", "'99.5'", "integer"]),
        (
            HEADER + CLEAN_LINE.replace("none,,,clean", "pgd,Linf,8:255,robust"),
            ["radius", "'8:255'", "8/255"],
        ),
        (HEADER + CLEAN_LINE + CLEAN_LINE.replace("0.99,99", "0.98,98"), ["Two rows", "keep one"]),
        (HEADER + CLEAN_LINE.replace("cnn", "c\0n"), ["null characters"]),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_place_value_and_remedy(
    tmp_path: Path, text: str, named: list[str]
) -> None:
    with pytest.raises(MeasurementError) as mistake:
        read_table(written(tmp_path, text))
    assert all(part in str(mistake.value) for part in named), str(mistake.value)


def test_text_of_another_encoding_a_missing_file_and_a_false_parquet_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes((HEADER + CLEAN_LINE.replace("plain", "pl\xe4in")).encode("latin-1"))
    with pytest.raises(MeasurementError, match="UTF-8"):
        read_table(tmp_path / "latin.csv")
    with pytest.raises(MeasurementError, match="no file"):
        read_table(tmp_path / "absent.csv")
    (tmp_path / "false.parquet").write_text("no parquet", encoding="utf-8")
    with pytest.raises(MeasurementError, match="is not a readable Parquet file"):
        read_table(tmp_path / "false.parquet")


def test_nothing_half_written_is_left_where_writing_fails(tmp_path: Path) -> None:
    row = Measurement("mnist", "cnn", "plain", "none", metric="clean", accuracy=0.9)
    with pytest.raises(InputError, match="does not exist"):
        write_table(MeasurementTable((row,)), tmp_path / "absent" / "rows.csv")
    kept = write_table(MeasurementTable((row,)), tmp_path / "rows.csv").read_bytes()
    with pytest.raises(UnicodeEncodeError):
        written_whole(tmp_path / "rows.csv", lambda file: file.write("begun" + "\ud800"), text=True)
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]
    assert (tmp_path / "rows.csv").read_bytes() == kept
