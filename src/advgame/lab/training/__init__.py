"""Defences that train the network itself, by name; pruning uses them to fine-tune.

To add one, write a file in this folder and list its class below.
"""

from advgame.catalogue import Catalogue
from advgame.lab.training.adversarial_training import AdversarialTraining
from advgame.lab.training.fast_training import FastTraining
from advgame.lab.training.free_training import FreeTraining
from advgame.lab.training.invariance_training import InvarianceTraining
from advgame.lab.training.noise_training import NoiseTraining
from advgame.lab.training.standard import Standard
from advgame.lab.training.trades import Trades
from advgame.lab.training.trained import Trained

LISTED: tuple[type[Trained], ...] = (
    Standard,
    AdversarialTraining,
    Trades,
    FastTraining,
    FreeTraining,
    NoiseTraining,
    InvarianceTraining,
)

TRAININGS: Catalogue[type[Trained]] = Catalogue("training", {defence.name: defence for defence in LISTED})

__all__ = ["TRAININGS", "Trained"]
