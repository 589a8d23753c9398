"""Whatever bytes a file holds, reading it gives a value or one clear error."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import advgame as ag
from advgame.errors import InputError

EXAMPLES = 25  # of each format
NFG = 'NFG 1 R "game" { "a" "b" } { 2 2 }\n\n1 2 3 4 5 6 7 8\n'


def scenario_text() -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.toml"
        ag.write_scenario(ag.case("cifar10-two-defences"), path)
        return path.read_text(encoding="utf-8")


def table_text() -> str:
    from advgame.measurements import table_text as text_of

    return text_of(ag.case("cifar10-two-defences").selected)


READERS: dict[str, tuple[Callable[[], str], str, Callable[[Path], Any]]] = {
    "scenario TOML": (scenario_text, "scenario.toml", ag.read_scenario),
    "CSV table": (table_text, "rows.csv", ag.read_table),
    "Parquet table": (table_text, "rows.parquet", ag.read_table),
    "nfg": (lambda: NFG, "game.nfg", ag.read_nfg),
    "sweep": (table_text, "sweep.parquet", lambda path: ag.SweepReader(path).summary()),
}


@some.composite
def damaged(draw: some.DrawFn, text: str) -> bytes:
    """A text of which some parts are cut out, repeated or replaced."""
    data = text.encode()
    for _ in range(draw(some.integers(1, 4))):
        first = draw(some.integers(0, len(data)))
        last = min(len(data), first + draw(some.integers(0, 40)))
        piece = draw(
            some.one_of(
                some.binary(max_size=12),
                some.sampled_from(
                    [b"", data[first:last] * 2, b"nan", b"-1e999", b"\x00", b'"', b"[[", b"=", b","]
                ),
            )
        )
        data = data[:first] + piece + data[last:]
    return data


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_read_or_refused(name: str) -> None:
    source, file_name, read = READERS[name]
    text = source()

    @settings(max_examples=EXAMPLES)
    @given(damaged(text))
    def check(data: bytes) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / file_name
            path.write_bytes(data)
            with suppress(InputError):
                read(path)

    check()
