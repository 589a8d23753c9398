"""Old public names keep working for a while, with a DeprecationWarning that states the new name."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any


def renamed(module: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """A ``__getattr__`` for a module with renamed attributes.

    Args:
        module: the module's ``__name__``.
        names: old name → new name, both of this module.

    Returns:
        A function that maps an old name to the object with the new name and issues a warning. It raises
        `AttributeError` for any other name.

    >>> warnings.simplefilter("ignore")
    >>> old = renamed("math", {"square_root": "sqrt"})
    >>> old("square_root")(4.0)
    2.0
    """

    def getter(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        message = f"{module}.{name} is deprecated; use {module}.{names[name]}."
        warnings.warn(message, DeprecationWarning, stacklevel=2)
        return getattr(sys.modules[module], names[name])

    return getter
