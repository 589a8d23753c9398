"""Equilibrium selection by named rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.catalogue import Catalogue
from advgame.equilibria.solution import Solution
from advgame.errors import GameError
from advgame.games import Game, Profile
from advgame.games.tolerances import MAY_TIE, PLAYED, TIE

Places = Sequence[int]  # indices of profiles, preferred first; never empty


@dataclass(frozen=True)
class Rule:
    """A selection rule: the order of preference among a game's equilibria.

    Among equally preferred equilibria, the worst for the defender is chosen. Among those of equal value,
    within 1e-9 of the payoff range or the rounding of payoffs, the one with the fewest defences is chosen,
    then the one whose defences come first in the order of the game, then likewise by attacks. Neighbouring
    games with the same ties therefore get the same result, independently of rounding.
    """

    words: str  # completes "Recommended is …"
    preferred: Callable[[Game, Sequence[Profile]], Places]

    def place(self, game: Game, profiles: Sequence[Profile]) -> int:
        """The index of the chosen profile."""
        if len(profiles) == 1:
            return 0
        preferred = self.preferred(game, profiles)
        worst = min(profiles[place].defender_payoff for place in preferred) + _near(game)
        tied = [place for place in preferred if profiles[place].defender_payoff <= worst]
        return tied[0] if len(tied) == 1 else _first_in_order(tied, profiles)


def _first_in_order(places: Places, profiles: Sequence[Profile]) -> int:
    """The first profile by supports, then by rounded probabilities, so that rounding errors do not decide."""
    left = list(places)
    for side in (attrgetter("defender"), attrgetter("attacker")):
        for key in (_number_played, _not_played, _shares_played):
            rows = key(np.array([side(profiles[place]) for place in left])).tolist()
            least = min(rows)
            left = [place for place, row in zip(left, rows, strict=True) if row == least]
            if len(left) == 1:
                return left[0]
    return left[0]


def _number_played(mixes: FloatArray) -> NDArray[Any]:
    return np.asarray((mixes > PLAYED).sum(axis=1))


def _not_played(mixes: FloatArray) -> NDArray[Any]:
    return ~(mixes > PLAYED)


def _shares_played(mixes: FloatArray) -> NDArray[Any]:
    return np.asarray(-mixes).round(9)


def choose(solution: Solution, rule: str = "worst_for_defender") -> Profile:
    """The profile of a solution that a rule selects.

    >>> from advgame.equilibria import solve
    >>> sexes = solve(Game([[3, 0], [0, 2]], [[2, 0], [0, 3]]))
    >>> [choose(sexes, rule).defender.round(9).tolist() for rule in ("best_for_defender", "most_entropic")]
    [[1.0, 0.0], [0.6, 0.4]]

    Args:
        solution: the profiles to choose from; for a complete solution these are all equilibria.
        rule: a name in ``RULES``.

    Raises:
        UnknownName: when no rule has that name.
        SolverError: when the solution has no profile.
        GameError: when the rule is not defined for the game.
    """
    return ruled_by(solution, rule).recommended


def ruled_by(solution: Solution, rule: str) -> Solution:
    """The solution with the recommendation of another rule.

    Raises:
        As ``choose``; a solution without profiles only takes the rule's name.
    """
    named = RULES[rule]
    place = named.place(solution.game, solution.profiles) if solution.profiles else None
    return replace(solution, rule=named.words, preferred=place)


def _worst(_: Game, profiles: Sequence[Profile]) -> Places:
    return range(len(profiles))  # the tie-break of every rule is the whole of this one


def _best(game: Game, profiles: Sequence[Profile]) -> Places:
    return _highest([profile.defender_payoff for profile in profiles], _near(game))


def _most_entropic(_: Game, profiles: Sequence[Profile]) -> Places:
    return _highest(
        [_entropy(profile.defender) + _entropy(profile.attacker) for profile in profiles], MAY_TIE
    )


def _worth_announcing(game: Game, profiles: Sequence[Profile]) -> Places:
    return _highest([announced_value(game, profile.defender) for profile in profiles], _near(game))


def announced_value(game: Game, defender: FloatArray) -> float:
    """The value of an announced mixed strategy, with the attacker breaking ties against the defender.

    >>> announced_value(Game([[3, 0], [2, 1]], [[0, 2], [1, 0]]), np.array([1.0, 0.0]))
    0.0
    """
    pays = defender @ game.centred.attacker_payoffs
    # Equilibria have rounding errors
    replies = pays >= pays.max() - MAY_TIE * float(np.ptp(game.attacker_payoffs))
    return float((defender @ game.defender_payoffs)[replies].min())


def _risk_dominant(game: Game, profiles: Sequence[Profile]) -> Places:
    """Harsanyi and Selten 1988: the pure equilibrium with the larger product of deviation losses.

    If both products are equal, neither dominates, and the mixed equilibrium is preferred.
    """
    if len(profiles) == 1:
        return [0]
    if game.shape != (2, 2):
        raise GameError(
            f"Risk dominance is defined for 2 × 2 games only, and this game is {game.shape[0]} × "
            f"{game.shape[1]} with {len(profiles)} equilibria; choose another rule: {', '.join(RULES)}."
        )
    pure = [place for place, profile in enumerate(profiles) if _is_pure(profile)]
    losses = [_product_of_losses(game, profiles[place]) for place in pure]
    slack = 4 * TIE * float(np.ptp(game.defender_payoffs)) * float(np.ptp(game.attacker_payoffs))
    best = [pure[place] for place in _highest(losses, slack)] if pure else []
    mixed = [place for place in range(len(profiles)) if place not in pure]
    return (mixed or best) if len(best) != 1 else best


def _product_of_losses(game: Game, profile: Profile) -> float:
    row, column = int(profile.defender.argmax()), int(profile.attacker.argmax())
    by_defender = game.defender_payoffs[row, column] - game.defender_payoffs[1 - row, column]
    by_attacker = game.attacker_payoffs[row, column] - game.attacker_payoffs[row, 1 - column]
    return float(by_defender * by_attacker)


def _is_pure(profile: Profile) -> bool:
    return all(float(strategy.max()) == 1 for strategy in (profile.defender, profile.attacker))


def _entropy(mixed_strategy: FloatArray) -> float:
    """The entropy in nats."""
    played = mixed_strategy[mixed_strategy > 0]
    return float(-(played * np.log(played)).sum())


def _near(game: Game) -> float:
    """How much two profiles may differ in what they earn the defender, to be worth the same."""
    (low, high), _ = game.extremes
    return max(MAY_TIE * (high - low), game.near[0])


def _highest(values: Sequence[float], slack: float) -> list[int]:
    return [place for place, value in enumerate(values) if value >= max(values) - slack]


RULES: Catalogue[Rule] = Catalogue(
    "rule",
    {
        "worst_for_defender": Rule("the Nash equilibrium that is worst for the defender", _worst),
        "best_for_defender": Rule("the Nash equilibrium that is best for the defender", _best),
        "most_entropic": Rule("the Nash equilibrium with the largest entropy", _most_entropic),
        "risk_dominant": Rule("the risk-dominant Nash equilibrium", _risk_dominant),
        "commitment_value": Rule(
            "the Nash equilibrium whose mixed strategy has the highest value if announced", _worth_announcing
        ),
    },
)
