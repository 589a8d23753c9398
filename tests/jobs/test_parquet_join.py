"""A joined file is read by Arrow as the concatenation of its parts."""

from __future__ import annotations

from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from advgame.jobs.parquet_join import NotParquet, ParquetJoin, footer_of
from advgame.jobs.thrift_compact import Reader, struct_bytes


def file_of(table: pa.Table, **options: object) -> bytes:
    buffer = BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def table_of(first: int, rows: int) -> pa.Table:
    return pa.table(
        {
            "number": pa.array(range(first, first + rows), pa.int64()),
            "word": pa.array([None if row % 3 == 0 else f"w{row % 5}" for row in range(rows)]).cast(
                pa.dictionary(pa.int32(), pa.string())
            ),
            "value": pa.array([row / 7 for row in range(rows)], pa.float64()),
            "right": pa.array([row % 2 == 0 for row in range(rows)]),
        }
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "zstd", "row_group_size": 7},
        {"write_page_index": True, "use_dictionary": False},
        {"write_page_checksum": True, "data_page_size": 64, "version": "1.0"},
    ],
)
def test_a_joined_file_is_the_concatenation(options: dict) -> None:
    parts = [table_of(first, rows) for first, rows in ((0, 40), (40, 1), (41, 300))]
    whole = BytesIO()
    join = ParquetJoin(whole)
    assert [join.add(file_of(part, **options)) for part in parts] == [40, 1, 300]
    join.finish({b"sweep": b"one"})
    table = pq.read_table(whole)
    assert table.unify_dictionaries().equals(pa.concat_tables(parts).unify_dictionaries())
    metadata = pq.ParquetFile(whole).metadata
    assert metadata.metadata[b"sweep"] == b"one"
    statistics = [metadata.row_group(group).column(0).statistics for group in range(metadata.num_row_groups)]
    assert (statistics[0].min, statistics[-1].max) == (0, 340)


def test_row_groups_beyond_the_largest_ordinal_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advgame.jobs.parquet_join.MOST_ORDINALS", 2)  # of 32,768
    whole = BytesIO()
    join = ParquetJoin(whole)
    for number in range(5):
        join.add(file_of(pa.table({"x": [number]})))
    join.finish({})
    assert pq.read_table(whole)["x"].to_pylist() == [0, 1, 2, 3, 4]


def test_files_of_other_columns_are_refused() -> None:
    join = ParquetJoin(BytesIO())
    join.add(file_of(pa.table({"x": [1]})))
    with pytest.raises(NotParquet, match="columns"):
        join.add(file_of(pa.table({"y": [1]})))


@given(some.data())
@settings(max_examples=200)
def test_any_damage_of_a_footer_is_one_kind_of_error(data: some.DataObject) -> None:
    file = bytearray(file_of(pa.table({"x": [1, 2]})))
    for _ in range(data.draw(some.integers(1, 4))):
        file[data.draw(some.integers(0, len(file) - 1))] = data.draw(some.integers(0, 255))
    cut = data.draw(some.integers(0, len(file)))
    for damaged in (bytes(file), bytes(file[:cut])):
        try:
            footer_of(damaged)
        except NotParquet:
            continue


def test_a_footer_is_written_as_it_was_read() -> None:
    data = file_of(table_of(0, 50), row_group_size=9)
    footer, begin = footer_of(data)
    assert Reader(struct_bytes(footer)).struct() == footer
    assert struct_bytes(footer) == data[begin:-8]
