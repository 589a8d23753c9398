"""A file is read again when it has changed, and only then."""

from __future__ import annotations

import os
from pathlib import Path

from advgame.files import read_once


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    reads: list[str] = []

    @read_once
    def content(path: Path) -> str:
        reads.append(path.name)
        return path.read_text()

    path, other = tmp_path / "a", tmp_path / "b"
    path.write_text("one")
    other.write_text("one")
    assert [content(path), content(path), content(other)] == ["one"] * 3
    assert reads == ["a", "b"]
    path.write_text("another")  # longer
    assert content(path) == "another"
    path.write_text("as long")
    os.utime(path, (1, 1))
    assert content(path) == "as long"
    assert reads == ["a", "b", "a", "a"]
