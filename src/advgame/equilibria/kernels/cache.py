"""Compiled kernels are forgotten once anything they are made of has changed.

A compiled kernel holds copies of the kernels it calls, but numba only looks whether its own file has changed
since. So a mended step would not be met in the walks that take it, on any machine where they were compiled
before. Here the digests of a kernel and of all its parts are kept beside what is compiled.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

RECORD = "made_of.json"  # of each kernel, the digest of what it was made of


def forget_outdated(kernels: Path, kept: Path) -> None:
    """Removes what is kept compiled of kernels that are made of anything that has changed.

    Args:
        kernels: the folder of the sources.
        kept: the folder where numba keeps what it has compiled of them.
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
    except OSError:  # where nobody may write, numba has written nothing either
        return


def sources_in(kernels: Path) -> dict[str, str]:
    """The source of each kernel, and of the tolerances compiled into them, by its name."""
    paths = [*sorted(kernels.glob("*.py")), *kernels.parents[1].glob("games/tolerances.py")]
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def digest(sources: dict[str, str], name: str) -> str:
    """What tells whether a kernel, or anything that is compiled into it, has changed."""
    return sha256("\0".join(sources[part] for part in sorted(made_of(sources, name))).encode()).hexdigest()


def made_of(sources: dict[str, str], name: str) -> set[str]:
    """A kernel and all whose code is compiled into it.

    >>> sorted(made_of(sources_in(Path(__file__).parent), "uniqueness"))
    ['cache', 'compiling', 'parts', 'simd4', 'tolerances', 'uniqueness']
    """
    parts, found = [name], set[str]()
    while parts:
        part = parts.pop()
        if part not in found:
            found.add(part)
            parts += _imported(sources[part])
    return found


def _imported(source: str) -> set[str]:
    """The kernels that a kernel imports, and the tolerances."""
    package = r"from advgame\.equilibria\.kernels"
    names = set(re.findall(r"^from advgame\.games\.(tolerances) import", source, re.MULTILINE))
    names |= set(re.findall(rf"^{package}\.(\w+) import", source, re.MULTILINE))
    for several in re.findall(rf"^{package} import (.+)$", source, re.MULTILINE):
        names |= {each.strip() for each in several.split(",")}
    return names
