"""Two-player games: payoffs, mixed strategies, best responses, regret. Mathematics only."""

from typing import TYPE_CHECKING

from advgame.deprecation import renamed
from advgame.games.bayesian import BayesianGame
from advgame.games.best_responses import attacker_best_responses, defender_best_responses
from advgame.games.game import Game
from advgame.games.interchange import from_array, from_nashpy, to_array, to_nashpy
from advgame.games.nfg import read_nfg, write_nfg
from advgame.games.profile import Certificate, Profile, certified_profile
from advgame.games.tolerances import LARGEST_REGRET

__all__ = [
    "LARGEST_REGRET",
    "BayesianGame",
    "Certificate",
    "Game",
    "Profile",
    "attacker_best_responses",
    "certified_profile",
    "defender_best_responses",
    "from_array",
    "from_nashpy",
    "read_nfg",
    "to_array",
    "to_nashpy",
    "write_nfg",
]

if not TYPE_CHECKING:
    __getattr__ = renamed(
        __name__,
        {
            "TOLERANCE": "LARGEST_REGRET",
            "attacker_best_replies": "attacker_best_responses",
            "defender_best_replies": "defender_best_responses",
        },
    )
