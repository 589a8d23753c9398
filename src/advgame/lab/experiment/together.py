"""Replaces several files together: all are written to temporary files, then moved into place."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from advgame.errors import LabError
from advgame.files import written_whole

STAGED = ".new."  # before the name of a file that is written aside


@contextmanager
def replaced_together(paths: Sequence[Path], note: Path) -> Iterator[dict[Path, Path]]:
    """Where to write each file; they take their places when the block ends without an error.

    What is to be moved is noted first, and the note is removed when all is moved. After a crash,
    `finish_replacing` moves what is left.

    Args:
        paths: in one folder.
        note: a file that is there only while files are moved.

    Raises:
        LabError: when one of the paths is a folder.
    """
    for path in paths:
        if path.is_dir():
            raise LabError(
                f"{path} is a folder, where a table is to be written; remove it or choose another name."
            )
    staged = {path: path.with_name(f"{STAGED}{path.name}") for path in paths}
    try:
        yield staged
        names = json.dumps([path.name for path in paths])
        written_whole(note, lambda file: file.write(names), text=True)
    except BaseException:
        for path in staged.values():
            path.unlink(missing_ok=True)
        raise
    finish_replacing(note, paths)


def finish_replacing(note: Path, paths: Sequence[Path]) -> bool:
    """Moves what a crash has left unmoved, and removes what it left half-written; whether a move was left.

    Args:
        note: as given to `replaced_together`; where there is none, nothing is to be moved.
        paths: the only ones that are moved, whatever the note says.
    """
    try:
        names = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        names = []
    complete = isinstance(names, list) and bool(names)
    for path in paths:
        staged = path.with_name(f"{STAGED}{path.name}")
        if complete and path.name in names and staged.is_file():
            os.replace(staged, path)
        staged.unlink(missing_ok=True)
    note.unlink(missing_ok=True)
    return complete
