"""Deletes cached compiled kernels whose source, or the source of a kernel they call, has changed.

A compiled kernel contains copies of the kernels it calls, but numba compares only the modification time of
its own file. A correction in a called kernel would not reach its callers on machines that compiled them
before. This module therefore stores the digests of a kernel and of all its parts in the cache folder.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

RECORD = "made_of.json"  # the digest of each kernel and its parts


def forget_outdated(kernels: Path, kept: Path) -> None:
    """Deletes the cached code of kernels that changed, or that call a kernel that changed.

    Args:
        kernels: the folder of the sources.
        kept: the folder of numba's cache.
    """
    sources = sources_in(kernels)
    now = {name: digest(sources, name) for name in sources}
    try:
        before = json.loads((kept / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    if before == now:
        return
    try:
        for name, made in now.items():
            if before.get(name) != made:
                for path in kept.glob(f"{name}.*.nb?"):
                    path.unlink(missing_ok=True)
        kept.mkdir(parents=True, exist_ok=True)
        (kept / RECORD).write_text(json.dumps(now, indent=1), encoding="utf-8")
    except OSError:  # numba could not write there either
        return


def sources_in(kernels: Path) -> dict[str, str]:
    """The source of each kernel and of the tolerances compiled into them, by name."""
    paths = [*sorted(kernels.glob("*.py")), *kernels.parents[1].glob("games/tolerances.py")]
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def digest(sources: dict[str, str], name: str) -> str:
    """The digest of a kernel and of everything compiled into it."""
    return sha256("\0".join(sources[part] for part in sorted(made_of(sources, name))).encode()).hexdigest()


def made_of(sources: dict[str, str], name: str) -> set[str]:
    """The names of a kernel and of all kernels compiled into it.

    >>> sorted(made_of(sources_in(Path(__file__).parent), "uniqueness"))
    ['cache', 'compiling', 'parts', 'simd4', 'tolerances', 'uniqueness']
    """
    parts, reached = [name], set[str]()
    while parts:
        part = parts.pop()
        if part not in reached:
            reached.add(part)
            parts += _imported(sources[part])
    return reached


def _imported(source: str) -> set[str]:
    """The kernels that a kernel imports, and the tolerances."""
    package = r"from advgame\.equilibria\.kernels"
    names = set(re.findall(r"^from advgame\.games\.(tolerances) import", source, re.MULTILINE))
    names |= set(re.findall(rf"^{package}\.(\w+) import", source, re.MULTILINE))
    for several in re.findall(rf"^{package} import (.+)$", source, re.MULTILINE):
        names |= {name.strip() for name in several.split(",")}
    return names
