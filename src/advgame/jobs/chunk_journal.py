"""The journal of a sweep: one Arrow file per solved chunk, stored before it counts, verified before use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from shutil import rmtree
from threading import Condition
from typing import Any

from advgame.errors import InputError, SweepError
from advgame.files import written_whole
from advgame.jobs.chunk_file import BadChunk, rows_in
from advgame.jobs.sweep_job import Chunk, SweepJob

ABOUT, CHUNKS, LOCK = "job.json", "chunks", "lock"
SUFFIX = ".arrow"


@dataclass
class ChunkJournal:
    """A folder beside the output. The name of a chunk's file is its key and the SHA-256 of its content.

    A chunk is written to a temporary file, stored on the disk and renamed, so it is there whole or not at
    all. A file that was truncated, altered or put there from another sweep does not match its name.
    """

    folder: Path
    stored: dict[str, Path] = field(default_factory=dict)  # key of a chunk → its file
    is_closed: bool = False  # whether no more chunks will be added
    _changed: Condition = field(default_factory=Condition)

    @staticmethod
    def beside(output: Path) -> ChunkJournal:
        """The journal of an output: ``map.parquet`` is journalled in ``map.journal/``."""
        return ChunkJournal(output.with_suffix(".journal"))

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.folder / LOCK

    def create(self) -> None:
        """Creates the folder.

        Raises:
            InputError: if it cannot be created or written.
        """
        try:
            (self.folder / CHUNKS).mkdir(parents=True, exist_ok=True)
            self.lock.touch()
        except OSError as problem:
            raise InputError(
                f"The journal {self.folder} cannot be written: {problem.strerror}. Give another output, or "
                "permission to write there."
            ) from None

    def open(self, job: SweepJob, *, resume: bool) -> list[str]:
        """Finds the stored chunks of a job; returns a sentence about each file of another sweep.

        Such a file is renamed. The content of the others is verified when it is read (`read_verified`).

        Args:
            job: the sweep.
            resume: whether chunks of an interrupted run may be used.

        Raises:
            InputError: for a journal of another sweep, or one with chunks if ``resume`` is false.
        """
        files = sorted((self.folder / CHUNKS).glob(f"[!.]*{SUFFIX}"))
        if any((self.folder / CHUNKS).glob("[!.]*")):  # of whatever format
            self._check_owner(job)
        if files and not resume:
            raise InputError(
                f"{self.folder} contains {len(files):,} chunks of this sweep, which was interrupted. "
                "Continue with --resume (resume=True), or delete the folder to start over."
            )
        for temporary in (self.folder / CHUNKS).glob(".*"):
            temporary.unlink(missing_ok=True)
        about = json.dumps({"identity": job.identity, **job.description}, ensure_ascii=False)
        written_whole(self.folder / ABOUT, lambda file: file.write(about), text=True, durable=True)
        return self._scan({job.key(chunk) for chunk in job.chunks()} if files else set(), files)

    def _scan(self, keys: set[str], files: list[Path]) -> list[str]:
        notices = []
        for path in files:
            key, _, _ = path.stem.partition("-")
            if key in keys:
                self.stored[key] = path
            else:
                notices.append(_put_aside(path, "it belongs to another sweep"))
        return notices

    def remove_damaged(self) -> list[str]:
        """Renames the chunks whose content is not what was stored; returns a sentence about each."""
        notices = []
        for key, path in list(self.stored.items()):
            try:
                read_verified(path)
            except BadChunk as problem:
                notices.append(_put_aside(path, str(problem)))
                del self.stored[key]
        return notices

    def reopen(self) -> None:
        """Records that chunks will be added."""
        self.is_closed = False

    def _check_owner(self, job: SweepJob) -> None:
        about: dict[str, Any] = {}
        with suppress(OSError, ValueError, RecursionError):  # damaged: the chunks are verified all the same
            about = json.loads((self.folder / ABOUT).read_text(encoding="utf-8"))
        if not isinstance(about, dict) or about.get("identity", job.identity) == job.identity:
            return
        differing = [key for key, value in job.description.items() if about.get(key) != value]
        raise InputError(
            f"{self.folder} belongs to another sweep (different: {', '.join(differing) or 'format'}). Give "
            "another output, or delete the folder."
        )

    def remaining(self, job: SweepJob) -> Iterator[Chunk]:
        """The chunks that are not stored."""
        return (chunk for chunk in job.chunks() if job.key(chunk) not in self.stored)

    def in_order(self, job: SweepJob) -> Iterator[tuple[Chunk, Path]]:
        """All chunks with their files, in the order of the table; waits for chunks that are being solved.

        Raises:
            SweepError: if a chunk is missing when the journal is closed.
        """
        for chunk in job.chunks():
            key = job.key(chunk)
            with self._changed:
                self._changed.wait_for(lambda key=key: key in self.stored or self.is_closed)  # type: ignore[misc]
            path = self.stored.get(key)
            if path is None:
                raise SweepError(f"Chunk {chunk.number:,} is missing; run again with --resume.")
            yield chunk, path

    def add(self, key: str, path: Path) -> None:
        """Records the file of a chunk that a worker has stored."""
        with self._changed:
            self.stored[key] = path
            self._changed.notify_all()

    def close(self) -> None:
        """Records that no more chunks will be added."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def remove(self) -> None:
        """Removes the journal after its output is complete."""
        rmtree(self.folder, ignore_errors=True)


def store_chunk(folder: Path, key: str, data: bytes | memoryview) -> Path:
    """Stores a chunk durably; a chunk that is stored twice is one file.

    Args:
        folder: that of the journal.
        key: of the chunk.
        data: the Arrow file.

    Returns:
        The path of the file.

    Raises:
        OSError: if it cannot be written.
    """
    path = folder / CHUNKS / f"{key}-{_digest(data)}{SUFFIX}"
    return written_whole(path, lambda file: file.write(data), durable=True)


def read_verified(path: Path) -> Any:
    """The rows of a chunk's file, as an Arrow table.

    Raises:
        BadChunk: if it is not what was stored, with the reason.
    """
    key, _, digest = path.stem.partition("-")
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise BadChunk(f"it cannot be read ({problem.strerror})") from None
    if _digest(data) != digest:
        raise BadChunk("its content is not what was stored")
    stored, rows = rows_in(data)
    if stored != key:
        raise BadChunk("it is another chunk under this name")
    return rows


def _digest(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _put_aside(path: Path, reason: str) -> str:
    """Renames a file to an unused name beside it, and returns a sentence about it."""
    names = (path.with_name(f"{path.name}.bad{number or ''}") for number in count())
    try:
        aside = path.rename(next(name for name in names if not name.exists()))
    except FileNotFoundError:
        return f"{path.name} is not there any more."
    return f"{path.name} cannot be used: {reason}. It was renamed to {aside.name}."
