"""The catalogue of pruning methods, and of prunings during training; each is a defence."""

from advgame.catalogue import Catalogue
from advgame.lab.fitting.defence import Defence
from advgame.lab.pruning.chance import RandomPruning
from advgame.lab.pruning.gradual import GradualPruning
from advgame.lab.pruning.magnitude import MagnitudePruning
from advgame.lab.pruning.method import Pruning
from advgame.lab.pruning.taylor import TaylorPruning

PRUNINGS: Catalogue[type[Pruning]] = Catalogue(
    "pruning", {method.name: method for method in (MagnitudePruning, RandomPruning, TaylorPruning)}
)
WHILE_TRAINING: tuple[type[Defence], ...] = (GradualPruning,)

__all__ = ["PRUNINGS", "WHILE_TRAINING", "Pruning"]
