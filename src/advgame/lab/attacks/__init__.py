"""The catalogue of attacks."""

from advgame.catalogue import Catalogue
from advgame.lab.attacks.apgd import ApgdCE, ApgdL1, ApgdL2, ApgdT
from advgame.lab.attacks.attack import Attack, Victim
from advgame.lab.attacks.autoattack import AutoAttack, AutoAttackL1, AutoAttackL2
from advgame.lab.attacks.brendel_bethge import BrendelBethgeL0
from advgame.lab.attacks.carlini_wagner import CarliniWagner
from advgame.lab.attacks.ddn import Ddn
from advgame.lab.attacks.decision_based import Boundary, HopSkipJump, HopSkipJumpLinf
from advgame.lab.attacks.ead import ElasticNet
from advgame.lab.attacks.fab import Fab
from advgame.lab.attacks.fmn_l0 import FmnL0
from advgame.lab.attacks.invariance import InvarianceL0, InvarianceLinf
from advgame.lab.attacks.natural import (
    Blur,
    Brightness,
    Contrast,
    GaussianNoise,
    Jpeg,
    LowPass,
    Occlusion,
    Rotation,
)
from advgame.lab.attacks.pgd import Pgd
from advgame.lab.attacks.pointwise import Pointwise
from advgame.lab.attacks.sparse_l0 import SparseL0
from advgame.lab.attacks.square import Square, SquareL2
from advgame.lab.attacks.strongest import StrongestL2, StrongestLinf
from advgame.lab.attacks.strongest_l0 import StrongestL0
from advgame.lab.attacks.strongest_l1 import StrongestL1
from advgame.lab.attacks.worst_of import WorstOfL0, WorstOfL1, WorstOfL2, WorstOfLinf

LISTED: tuple[type[Attack], ...] = (
    # L∞
    ApgdCE,
    ApgdT,
    Fab,
    Pgd,
    StrongestLinf,
    AutoAttack,
    # L2
    Ddn,
    CarliniWagner,
    ApgdL2,
    StrongestL2,
    AutoAttackL2,
    # L1
    ApgdL1,
    StrongestL1,
    ElasticNet,
    AutoAttackL1,
    # L0
    SparseL0,
    StrongestL0,
    FmnL0,
    BrendelBethgeL0,
    Pointwise,
    # query attacks
    Square,
    SquareL2,
    HopSkipJump,
    HopSkipJumpLinf,
    Boundary,
    # the worst of several
    WorstOfLinf,
    WorstOfL2,
    WorstOfL1,
    WorstOfL0,
    # invariance-based
    InvarianceLinf,
    InvarianceL0,
    # natural changes
    GaussianNoise,
    Blur,
    LowPass,
    Contrast,
    Brightness,
    Occlusion,
    Jpeg,
    Rotation,
)
ATTACKS: Catalogue[type[Attack]] = Catalogue("attack", {attack.name: attack for attack in LISTED})

__all__ = ["ATTACKS", "Attack", "Victim"]
