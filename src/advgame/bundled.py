"""Locates the bundled figures, scenarios and dashboard in the installed package or in a checkout."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def bundled(folder: str) -> Path:
    """The bundled ``data``, ``scenarios`` or ``app`` folder.

    >>> (bundled("scenarios") / "cifar10-two-defences.toml").is_file()
    True
    """
    package = Path(str(files("advgame")))
    installed = package / "bundled" / folder
    return installed if installed.is_dir() else package.parents[1] / folder


def bundled_names(folder: str, ending: str = ".toml") -> tuple[str, ...]:
    """The names of the bundled files of one kind, without their suffix, in alphabetical order.

    >>> bundled_names("data/economics")
    ('cloud-vision-api', 'face-verification', 'spam', 'white-box-compute')

    Args:
        folder: a bundled folder or a sub-folder, such as ``data/economics``.
        ending: the suffix of the files.
    """
    top, _, below = folder.partition("/")
    return tuple(sorted(path.name.removesuffix(ending) for path in (bundled(top) / below).glob(f"*{ending}")))
