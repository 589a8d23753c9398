"""A lock that allows one process at a time to write an output, and ends with its process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from advgame.errors import InputError


@contextmanager
def locked(path: Path, what: str, error: type[InputError] = InputError) -> Iterator[None]:
    """Holds a lock on a file that contains the id of this process; the file is kept afterwards.

    The operating system releases the lock whenever its process ends, so a file left by a killed process does
    not lock anything.

    Args:
        path: the lock file, in an existing folder.
        what: the output and what is done to it, such as "rows.csv is being measured", for the error message.
        error: the exception raised.

    Raises:
        InputError: of the type given, if another process, or another thread of this one, holds the lock.
    """
    with path.open("a+", encoding="utf-8") as file:
        if not _taken(file):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise error(
                f"{what} by another process, number {holder}. Wait until it ends, or give another output."
            )
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            _release(file)


try:
    import fcntl
except ModuleNotFoundError:  # Windows
    import msvcrt

    PLACE = 1 << 30  # a byte far behind the text, so that other processes can read the holder's id

    def _taken(file: IO[str]) -> bool:
        file.seek(PLACE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        file.seek(0)
        return True

    def _release(file: IO[str]) -> None:
        file.seek(PLACE)
        with suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]

else:

    def _taken(file: IO[str]) -> bool:
        """Whether this process acquired the lock."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return not _alive(file)
        return True

    def _release(file: IO[str]) -> None:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)

    def _alive(file: IO[str]) -> bool:
        """Whether the process whose id is in the file is running; it may be of another machine."""
        file.seek(0)
        text = file.read().strip()
        try:
            os.kill(int(text), 0)
        except (ValueError, ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            return True
        return int(text) != os.getpid()
