"""The free memory, so that a batch that does not fit is rejected before it starts."""

from __future__ import annotations

import os
from math import log
from pathlib import Path


def free_bytes() -> int | None:
    """What can still be allocated without swapping; None if the system does not report it.

    >>> free = free_bytes()
    >>> free is None or free > 0
    True
    """
    limits = [limit for limit in (_of_the_machine(), _of_the_group()) if limit is not None]
    return min(limits, default=None)


def _of_the_machine() -> int | None:
    """Free memory of the machine, with releasable caches; all memory if that is not reported."""
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):
        try:
            return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, ValueError, OSError):
            continue
    return None


def _of_the_group() -> int | None:
    """What is left of the limit of a container."""
    limit, used = (_read(f"/sys/fs/cgroup/memory.{name}").strip() for name in ("max", "current"))
    return max(0, int(limit) - int(used)) if limit.isdigit() and used.isdigit() else None


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def in_words(count: float) -> str:
    """A number of bytes for a reader.

    >>> in_words(3 * 2**30), in_words(1500)
    ('3.0 GiB', '1.5 KiB')
    """
    if count < 1024:
        return f"{count:.0f} bytes"
    units = ("KiB", "MiB", "GiB", "TiB")
    power = min(int(log(count, 1024)), len(units))
    return f"{count / 1024**power:,.1f} {units[power - 1]}"
