"""The laboratory: trains, prunes, defends and attacks networks, and measures their accuracies.

    network = ag.lab.network("digits", "pgd", 0, table="rows.csv")

The only folder that imports torch. Install it with ``pip install 'advgame[lab]'``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from advgame.errors import InputError
from advgame.lazy_names import lazy_names

# Where each public name lives; torch is imported when the first of them is used.
_HOMES = {
    "network": "advgame.lab.experiment.trained_network",
    "picture_importances": "advgame.lab.analysis.importance_pictures",
    "picture_networks": "advgame.lab.analysis.loss_surfaces",
    "picture_attacked_inputs": "advgame.lab.analysis.attacked_inputs",
    "picture_saliency": "advgame.lab.analysis.saliency_maps",
    "read_experiment": "advgame.lab.experiment.reading",
    "save_picture": "advgame.lab.analysis.pictures",
}

__all__ = [
    "network",
    "picture_attacked_inputs",
    "picture_importances",
    "picture_networks",
    "picture_saliency",
    "read_experiment",
    "save_picture",
]


def __getattr__(name: str) -> Any:
    try:
        return lazy_names(__name__, _HOMES)(name)
    except ModuleNotFoundError as missing:
        raise InputError(
            f"The laboratory requires {missing.name}, which is not installed; run pip install 'advgame[lab]'."
        ) from None


if TYPE_CHECKING:
    from advgame.lab.analysis.attacked_inputs import picture_attacked_inputs as picture_attacked_inputs
    from advgame.lab.analysis.importance_pictures import picture_importances as picture_importances
    from advgame.lab.analysis.loss_surfaces import picture_networks as picture_networks
    from advgame.lab.analysis.pictures import save_picture as save_picture
    from advgame.lab.analysis.saliency_maps import picture_saliency as picture_saliency
    from advgame.lab.experiment.reading import read_experiment as read_experiment
    from advgame.lab.experiment.trained_network import network as network
