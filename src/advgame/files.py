"""Reading and writing files: atomic writes, text that is safe in spreadsheets, TOML."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import IO, Any, TypeVar

from advgame.errors import InputError

T = TypeVar("T")


def read_toml(path: Path, error: type[InputError], hint: str = "") -> dict[str, Any]:
    """The content of a TOML file.

    Args:
        path: the file, in UTF-8 with or without a byte order mark.
        error: the exception raised for a file that is not TOML.
        hint: a sentence appended to its message.

    Returns:
        Key → value, tables as dictionaries.

    Raises:
        InputError: of the type given, for a file that is not UTF-8, not TOML or nested too deeply.
        OSError: when the file cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise error(f"{path.name} is not UTF-8 text; save it as UTF-8.") from None
    except (ValueError, RecursionError) as mistake:
        raise error(f"{path.name} is not valid TOML: {str(mistake)[:200]}.{hint and ' ' + hint}") from None


def read_once(read: Callable[[Path], T], kept: int = 256) -> Callable[[Path], T]:
    """The function that reads a file only when the file has changed since the last time.

    Args:
        read: reads a file into a value that cannot be modified.
        kept: how many files' values are kept; few of large ones.

    Returns:
        A function with the same value, kept for the files read most recently.
    """

    @lru_cache(maxsize=kept)
    def read_as_it_is(path: Path, _modified_ns: int, _bytes: int) -> T:
        return read(path)

    @wraps(read)
    def read_if_changed(path: Path) -> T:
        about = path.stat()
        return read_as_it_is(path, about.st_mtime_ns, about.st_size)

    return read_if_changed


def written_whole(
    path: Path, write: Callable[[IO[Any]], object], *, text: bool = False, durable: bool = False
) -> Path:
    """Writes to a temporary file beside ``path`` and moves it into place, so that no partial file is left.

    Args:
        path: the file to write or replace.
        write: a function that writes the content to an open file.
        text: True for UTF-8 text, False for bytes.
        durable: wait until the disk has stored the file and its name, so that it survives a power failure.

    Raises:
        InputError: when the folder does not exist or is not writable.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise InputError(f"The folder {path.parent} for {path.name} does not exist; create it first.")
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
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
        if durable:
            _store_names(path.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _store_names(folder: Path) -> None:
    """Waits until the disk has stored the names in a folder, where the system can wait for that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def _umask() -> int:
    """The mask of new files, read once: reading it sets it for a moment, in all threads."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


FORMULA_STARTS = frozenset("=+-@\t\r'")


def spreadsheet_safe(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would evaluate it as a formula.

    >>> spreadsheet_safe("=1+1"), spreadsheet_safe("-0.5"), spreadsheet_safe("plain")
    ("'=1+1", '-0.5', 'plain')
    """
    return "'" + text if text[:1] in FORMULA_STARTS and not _is_number(text) else text


def without_guard(text: str) -> str:
    """The text without the apostrophe that `spreadsheet_safe` put before it."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
