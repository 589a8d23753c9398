"""Whatever bytes a file holds, reading it gives a value or one clear error."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from advgame.errors import AdvgameError
from tests.fuzzed_readers import EXPERIMENT, READERS, SWEEP

EXAMPLES = 25  # of each format
LEFT_TO_TOOLS = (EXPERIMENT, SWEEP)  # slow; tools/fuzz_files.py reads these


@some.composite
def damaged(draw: some.DrawFn, data: bytes) -> bytes:
    """A file of which some parts are cut out, repeated or replaced."""
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


@pytest.mark.parametrize("name", [name for name in READERS if name not in LEFT_TO_TOOLS])
def test_a_damaged_file_is_read_or_refused(name: str) -> None:
    reader = READERS[name]

    @settings(max_examples=EXAMPLES)
    @given(damaged(reader.whole()))
    def check(data: bytes) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / reader.file_name
            path.write_bytes(data)
            with suppress(AdvgameError):
                reader.read(path)

    check()
