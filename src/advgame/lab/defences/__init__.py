"""The catalogue of defences.

To add one, write a file for it here and list it below; one that trains the network belongs in
`advgame.lab.training`, one that prunes it in `advgame.lab.pruning`.
"""

from advgame.catalogue import Catalogue
from advgame.lab.defences.bit_depth import BitDepth
from advgame.lab.defences.ensemble import Ensemble
from advgame.lab.defences.jpeg import Jpeg
from advgame.lab.defences.low_pass import LowPass
from advgame.lab.defences.smoothing import Smoothing
from advgame.lab.defences.stochastic_extractor import StochasticExtractor
from advgame.lab.defences.stochastic_head import StochasticHead
from advgame.lab.defences.stored import Stored
from advgame.lab.defences.switching import Switching
from advgame.lab.fitting.defence import Defence
from advgame.lab.pruning import PRUNINGS, WHILE_TRAINING
from advgame.lab.training import TRAININGS

AROUND: tuple[type[Defence], ...] = (
    Smoothing,
    StochasticHead,
    StochasticExtractor,
    LowPass,
    BitDepth,
    Jpeg,
    Ensemble,
    Switching,
    Stored,
)

DEFENCES: Catalogue[type[Defence]] = Catalogue(
    "defence",
    {
        defence.name: defence
        for defence in (*TRAININGS.values(), *PRUNINGS.values(), *WHILE_TRAINING, *AROUND)
    },
)

__all__ = ["DEFENCES", "Defence"]
