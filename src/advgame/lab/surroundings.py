"""What a unit was measured with: two versions of a library may answer differently."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

LIBRARIES = ("advgame", "torch", "foolbox", "pyautoattack", "torch-pruning", "captum", "numpy", "scipy")


@lru_cache(maxsize=8)
def surroundings(device: str) -> dict[str, Any]:
    """The device, the machine, Python and the libraries, by name."""
    return {
        "device": device,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "libraries": {name: known for name in LIBRARIES if (known := _version(name))},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
