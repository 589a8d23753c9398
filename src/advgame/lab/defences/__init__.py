"""The defences an experiment can name: what can be done to a network before it meets an adversary.

To add one, write a file for it here (a pruning method: in `advgame.lab.pruning`) and list it below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advgame.catalogue import Catalogue
    from advgame.lab.defences.defence import Defence

    DEFENCES: Catalogue[type[Defence]]

__all__ = ["DEFENCES"]


def __getattr__(name: str) -> Any:
    # Put together when first asked for: methods of pruning are defences, and know this folder themselves.
    if name != "DEFENCES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = catalogue = _catalogue()
    return catalogue


def _catalogue() -> Catalogue[type[Defence]]:
    from advgame.catalogue import Catalogue
    from advgame.lab.defences.adversarial_training import AdversarialTraining
    from advgame.lab.defences.bit_depth import BitDepth
    from advgame.lab.defences.ensemble import Ensemble
    from advgame.lab.defences.fast_training import FastTraining
    from advgame.lab.defences.free_training import FreeTraining
    from advgame.lab.defences.invariance_training import InvarianceTraining
    from advgame.lab.defences.jpeg import Jpeg
    from advgame.lab.defences.low_pass import LowPass
    from advgame.lab.defences.noise_training import NoiseTraining
    from advgame.lab.defences.smoothing import Smoothing
    from advgame.lab.defences.standard import Standard
    from advgame.lab.defences.stochastic_extractor import StochasticExtractor
    from advgame.lab.defences.stochastic_head import StochasticHead
    from advgame.lab.defences.switching import Switching
    from advgame.lab.defences.trades import Trades
    from advgame.lab.pruning import PRUNINGS

    training: tuple[type[Defence], ...] = (
        Standard,
        AdversarialTraining,
        Trades,
        FastTraining,
        FreeTraining,
        NoiseTraining,
        InvarianceTraining,
    )
    around: tuple[type[Defence], ...] = (
        Smoothing,
        StochasticHead,
        StochasticExtractor,
        LowPass,
        BitDepth,
        Jpeg,
        Ensemble,
        Switching,
    )
    listed = (*training, *PRUNINGS.values(), *around)
    return Catalogue("defence", {each.name: each for each in listed})
