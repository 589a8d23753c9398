"""Downloads a data set from where it is published; what arrives is verified before it is kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from advgame.errors import LabError
from advgame.files import written_whole
from advgame.lab.datasets.pinned import PinnedFile
from advgame.lab.datasets.source import Source

Progress = Callable[[int, int], Any]  # bytes of a file that have come, bytes it has

PATIENCE_SECONDS = 30
CHUNK = 1 << 16
LARGEST = 1 << 28  # bytes of one download; more is not what was asked for


def fetched(source: Source, folder: str | os.PathLike[str] | None, progress: Progress | None = None) -> Path:
    """The folder with the verified files of a data set; those that are missing or damaged are downloaded.

    Args:
        source: a data set of the catalogue.
        folder: of data sets; made if need be. None for the one that ADVGAME_IMAGES names.
        progress: called with the bytes received of a file.

    Raises:
        LabError: where nothing is to be fetched or nothing is published, no folder is named, no address
            answers, or what it answers is another file.
    """
    if not source.files:
        raise LabError(f"The data set {source.name} needs no fetching. {source.note}")
    if not source.fetched:
        raise LabError(f"The data set {source.name} cannot be fetched. {source.note} See {source.page}.")
    place = source.place(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LabError(f"The folder {place} cannot be made: {problem.strerror}.") from None
    for file in source.files:
        if not _whole(file, place):
            _fetch(file, place, progress)
    return place


def _whole(file: PinnedFile, place: Path) -> bool:
    there = file.there(place)
    if there is None:
        return False
    copy, path = there
    try:
        copy.read(path)
    except LabError:
        return False
    return True


def _fetch(file: PinnedFile, place: Path, progress: Progress | None) -> None:
    """Tries one address after the other; the first whole file is kept."""
    problems = []
    for url in file.urls:
        gzipped = file.is_gzipped(url)
        try:
            content = _content(url, file.size, progress)
            file.verified(content, url, gzipped=gzipped)
        except LabError as problem:
            problems.append(str(problem))
            continue
        path = place / (f"{file.name}.gz" if gzipped else file.name)
        _write(path, content)
        for stale in {place / file.name, place / f"{file.name}.gz"} - {path}:
            stale.unlink(missing_ok=True)  # a damaged copy, or it would not have been fetched
        return
    raise LabError(
        f"{file.name} could not be fetched: {' '.join(problems)} Try again later, or put the file into "
        f"{place}."
    )


def _write(path: Path, content: bytes) -> None:
    try:
        written_whole(path, lambda target: target.write(content))
    except OSError as problem:
        raise LabError(f"{path} cannot be written: {problem.strerror}.") from None


def _content(url: str, size: int | None, progress: Progress | None) -> bytes:
    """What an address answers.

    Raises:
        LabError: where it does not answer, breaks off, or does not end.
    """
    request = Request(url, headers={"User-Agent": "advgame"})
    try:
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            announced = int(answer.headers.get("Content-Length") or 0)
            parts, come = [], 0
            while part := answer.read(CHUNK):
                parts.append(part)
                come += len(part)
                if come > LARGEST:
                    raise LabError(f"{url} sends more than {LARGEST:,} bytes; expected a data set.")
                if progress is not None:
                    progress(come, announced or max(size or 0, come))
    except HTTPError as problem:
        raise LabError(f"{url} returned {problem.code} {problem.reason}.") from None
    except LabError:
        raise
    except (URLError, HTTPException, OSError, ValueError) as problem:
        reason = getattr(problem, "reason", None) or problem
        raise LabError(f"{url} does not respond ({reason}).") from None
    if announced and come < announced:
        raise LabError(f"{url} was interrupted after {come:,} of {announced:,} bytes.")
    return b"".join(parts)
