"""Solution concepts, the algorithms that compute them, and `solve`."""

from advgame.equilibria.batch.batch_answers import BatchAnswers
from advgame.equilibria.batch.buffers import BatchBuffers
from advgame.equilibria.batch.compile_solvers import compile_solvers
from advgame.equilibria.batch.gathered import Status
from advgame.equilibria.batch.solve_batch import BatchSolution, solve_batch
from advgame.equilibria.concepts import CONCEPTS, batch_method_of, for_many_games
from advgame.equilibria.concepts.adversary_types import AttackerTypes
from advgame.equilibria.concepts.bayesian_solution import BayesianProfile, BayesianSolution
from advgame.equilibria.concepts.commitment import Commitment
from advgame.equilibria.concepts.minimax_regret import LeastRegret, MinimaxRegret, least_regret
from advgame.equilibria.concepts.nash import Nash
from advgame.equilibria.concepts.nash_one import NashOne
from advgame.equilibria.concepts.nashpy import ALGORITHMS, Nashpy
from advgame.equilibria.concepts.quantal_response import Branch, QuantalResponse, principal_branch
from advgame.equilibria.concepts.worst_case import WorstCase
from advgame.equilibria.selection import RULES, choose
from advgame.equilibria.solution import Component, Concept, Solution, Timing
from advgame.errors import GameError
from advgame.games import Game


def solve(game: Game, concept: str | Concept = "nash") -> Solution:
    """The certified solution of a game under a concept.

    >>> solution = solve(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]))
    >>> solution.recommended.defender.round(3).tolist(), solution.complete
    ([0.333, 0.667], True)

    Args:
        game: the game.
        concept: a name in ``CONCEPTS``, an alias such as ``stackelberg``, or a concept with custom
            settings, such as ``Nash(exact=True)``.

    Returns:
        A `Solution`: ``profiles`` (the extreme equilibria, each with its certificate), ``components``,
        ``complete``, ``recommended``, and the method.

    Raises:
        UnknownName: when no concept has that name.
        GameError: when ``game`` is not a `Game`.
    """
    if not isinstance(game, Game):
        raise GameError(
            f"solve received a {type(game).__name__}; it expects a Game. For a scenario: "
            "solve(build_game(scenario)); for matrices: solve(Game(defender_payoffs, attacker_payoffs))."
        )
    return CONCEPTS.resolve(concept).solve(game)


__all__ = [
    "ALGORITHMS",
    "CONCEPTS",
    "RULES",
    "AttackerTypes",
    "BatchAnswers",
    "BatchBuffers",
    "BatchSolution",
    "BayesianProfile",
    "BayesianSolution",
    "Branch",
    "Commitment",
    "Component",
    "Concept",
    "LeastRegret",
    "MinimaxRegret",
    "Nash",
    "NashOne",
    "Nashpy",
    "QuantalResponse",
    "Solution",
    "Status",
    "Timing",
    "WorstCase",
    "batch_method_of",
    "choose",
    "compile_solvers",
    "for_many_games",
    "least_regret",
    "principal_branch",
    "solve",
    "solve_batch",
]
