"""Solution concepts, one per file, and the catalogue that lists them."""

from advgame.catalogue import Catalogue
from advgame.equilibria.concepts.commitment import Commitment
from advgame.equilibria.concepts.minimax_regret import MinimaxRegret
from advgame.equilibria.concepts.nash import Nash
from advgame.equilibria.concepts.nash_one import NashOne
from advgame.equilibria.concepts.nashpy import ALGORITHMS, Nashpy
from advgame.equilibria.concepts.quantal_response import QuantalResponse
from advgame.equilibria.concepts.robust_commitment import RobustCommitment
from advgame.equilibria.concepts.worst_case import WorstCase
from advgame.equilibria.solution import Concept

CONCEPTS: Catalogue[Concept] = Catalogue(
    "concept",
    {
        concept.name: concept
        for concept in (
            Nash(),
            NashOne(),
            Commitment(),
            Commitment(pure=True),
            Commitment(weak=True),
            Commitment(weak=True, pure=True),
            RobustCommitment(),
            RobustCommitment(pure=True),
            WorstCase(),
            MinimaxRegret(),
            QuantalResponse(),
            *map(Nashpy, ALGORITHMS),
        )
    },
)


def batch_method_of(concept: str | Concept) -> str | None:
    """The batch method equivalent to a concept; None if there is none for its settings.

    >>> batch_method_of("stackelberg"), batch_method_of("qre"), batch_method_of(Nash(exact=True))
    ('commitment', None, None)

    Raises:
        UnknownName: when no concept has that name.
    """
    resolved = CONCEPTS.resolve(concept)
    as_listed = resolved.name in CONCEPTS and CONCEPTS[resolved.name] == resolved
    return resolved.batch_method if as_listed else None


def for_many_games(concept: Concept) -> Concept:
    """The concept itself, or a quicker one for it: Nash where it may reach its time limit in some games.

    >>> [for_many_games(concept).name for concept in (Nashpy(), RobustCommitment(), WorstCase())]
    ['nash', 'commitment', 'worst_case']
    """
    return Nash() if concept.may_not_end else concept.in_bulk


__all__ = ["CONCEPTS", "batch_method_of", "for_many_games"]
