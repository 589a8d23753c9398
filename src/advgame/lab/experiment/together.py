"""Replaces several files together: all are written to temporary files, then moved into place."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from advgame.errors import LabError
from advgame.files import written_whole

STAGED = ".new."  # prefix of the names of temporary files


@contextmanager
def replaced_together(paths: Sequence[Path], note: Path) -> Iterator[dict[Path, Path]]:
    """The temporary path of each file; the files are moved into place if the block ends without an error.

    A note lists the files to move, and is removed when all are moved. After a crash, `finish_replacing` moves
    the remaining files.

    Args:
        paths: the files to replace, in one folder.
        note: the path of the note, which exists only while files are moved.

    Raises:
        LabError: if one of the paths is a folder.
    """
    for path in paths:
        if path.is_dir():
            raise LabError(
                f"{path} is a folder, but a file is to be written there; remove it or give another name."
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
    """Completes a replacement that a crash interrupted, and removes incomplete temporary files.

    Args:
        note: as given to `replaced_together`; if it does not exist, nothing is moved.
        paths: the only files that are moved, whatever the note contains.

    Returns:
        Whether there was a replacement to complete.
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
