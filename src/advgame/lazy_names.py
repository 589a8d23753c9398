"""Names of a package whose modules are imported on first use, so that the package loads quickly."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """A ``__getattr__`` for a package that imports the home of a name on first use.

    A name must not be that of a module of the package: once that module is imported, it takes the name.

    Args:
        package: the package's ``__name__``.
        homes: name → the module that defines it.

    Returns:
        A function from a name to the object, which it also stores in the package. It raises `AttributeError`
        for any other name.

    >>> lazily = lazy_names("advgame.statistics", {"sqrt": "math"})
    >>> lazily("sqrt")(4.0)
    2.0
    """

    def getter(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return getter
