"""The catalogue of pruning methods; each is a defence."""

from advgame.catalogue import Catalogue
from advgame.lab.pruning.chance import RandomPruning
from advgame.lab.pruning.magnitude import MagnitudePruning
from advgame.lab.pruning.method import Pruning
from advgame.lab.pruning.taylor import TaylorPruning

PRUNINGS: Catalogue[type[Pruning]] = Catalogue(
    "pruning", {method.name: method for method in (MagnitudePruning, RandomPruning, TaylorPruning)}
)

__all__ = ["PRUNINGS", "Pruning"]
