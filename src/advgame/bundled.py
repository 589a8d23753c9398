"""Where the bundled figures, scenarios and dashboard are: inside the installed package, or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def bundled(folder: str) -> Path:
    """The bundled ``data``, ``scenarios`` or ``app`` folder.

    >>> (bundled("scenarios") / "cifar10-two-defences.toml").is_file()
    True
    """
    package = Path(str(files("advgame")))
    installed = package / "bundled" / folder
    return installed if installed.is_dir() else package.parents[1] / folder
