"""The laboratory: trains, prunes, defends and attacks networks, and measures their accuracies.

    network = ag.lab.network("digits", "pgd", 0, table="rows.csv")

The only folder that imports torch. Install it with ``pip install 'advgame[lab]'``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from advgame.errors import InputError

# Where each public name lives; torch is imported when the first of them is used.
_HOMES = {
    "network": "advgame.lab.experiment.trained_network",
}

__all__ = ["network"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'advgame.lab' has no attribute {name!r}")
    try:
        value = getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as missing:
        raise InputError(
            f"The laboratory requires {missing.name}, which is not installed; run pip install 'advgame[lab]'."
        ) from None
    globals()[name] = value
    return value


if TYPE_CHECKING:
    from advgame.lab.experiment.trained_network import network as network
