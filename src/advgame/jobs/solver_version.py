"""The version of the code that determines the rows of a sweep."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import entry_points, version
from pathlib import Path

from advgame.plugins import GROUP
from advgame.version import __version__

FOLDERS = ("statistics", "games", "payoffs", "equilibria", "scenarios", "decision", "jobs")
LIBRARIES = ("numpy", "numba", "pyarrow", "scipy")


@cache
def solver_version() -> str:
    """The release, a digest of the sources that compute rows, and the versions of libraries and plug-ins.

    Chunks of another version are not mixed into a sweep, whether they come from an interrupted run or from
    a worker on another machine.

    >>> solver_version().startswith("advgame ")
    True
    """
    package, digest = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(path for folder in FOLDERS for path in (package / folder).rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    libraries = ", ".join(f"{library} {version(library)}" for library in LIBRARIES)
    packages = (plugin.dist for plugin in entry_points(group=GROUP))
    plugins = {f", {package.name} {package.version}" for package in packages if package}
    return f"advgame {__version__} ({digest.hexdigest()[:16]}), {libraries}{''.join(sorted(plugins))}"
