"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from advgame.errors import InputError


def written_whole(path: Path, write: Callable[[IO[Any]], object], *, text: bool = False) -> Path:
    """Writes to a temporary name beside ``path`` and moves it into place: nothing half-written is left.

    Raises:
        InputError: when the folder is not there or nothing can be written into it.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent} to write {path.name} into; make it first.")
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the name of a file.")
    mode, encoding, newline = ("w", "utf-8", "") if text else ("wb", None, None)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as mistake:
        raise InputError(f"{path} cannot be written: {mistake.strerror}.") from None
    try:
        with os.fdopen(handle, mode, encoding=encoding, newline=newline) as file:
            write(file)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
