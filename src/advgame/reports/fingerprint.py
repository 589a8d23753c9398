"""The versions of the software that computed a report."""

from __future__ import annotations

import platform
from importlib.metadata import version

from advgame.version import __version__

LIBRARIES = ("numpy", "scipy", "nashpy")


def versions() -> tuple[tuple[str, str], ...]:
    """The software that computed the report, with its versions."""
    own = ("advgame", __version__), ("Python", platform.python_version())
    return (*own, *((library, version(library)) for library in LIBRARIES))
