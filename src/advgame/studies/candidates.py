"""The options between which a decision is made, and what each earns against an attacker who adapts to it.

Every option is a fixed strategy, computed from the accuracies as measured: each defence alone, the
recommended mixture (the secret one, where the attacker is to know nothing), the announced mixture that
allows for a mistake about the attacker, and the Stackelberg strategy, which lies where the attacker is
indifferent. Where the service may be stopped, not running it is an option too, worth 0. In each draw of the
accuracies the attacker knows what is deployed and responds best to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision.policies import NOT_RUN
from advgame.decision.recommendation import values_alone
from advgame.decision.situation import ANSWERED_BY, Situation
from advgame.decision.solve_many import solve_many
from advgame.equilibria import batch_method_of, for_many_games
from advgame.errors import InputError, SolverError
from advgame.games.tolerances import PLAYED
from advgame.scenarios import Scenario
from advgame.scenarios.family.payoffs_at_draws import PayoffCoefficients, PayoffsOfDraws
from advgame.scenarios.knowledge import MIXTURE, NETWORK, NOTHING

SECRET = "secret mixture"  # what is recommended to a defender whose strategy stays unknown
RECOMMENDED = "recommended mixture"
ROBUST = "announced mixture"
STACKELBERG = "Stackelberg strategy"
FOR_THE_BOX = "mixture for all intervals"
MIXTURES = (SECRET, RECOMMENDED, ROBUST, STACKELBERG, FOR_THE_BOX)
BLOCK = 1 << 16  # payoffs formed at a time, which a processor's cache holds
SAME_STRATEGY = 1e-6  # probabilities that differ by no more make no second option

CANDIDATES = (
    "Compared are every defence alone, the recommended or secret mixture, the announced mixture that allows "
    "for a mistake about the attacker, and the Stackelberg strategy, each as a fixed strategy against an "
    "attacker who knows it and responds best to it."
)
ALONE = (
    "Compared are the defences alone, each against an attacker who knows it and responds best to it: the "
    "attacker sees which network answers, so a mixture would hide nothing."
)
OR_NOT_RUN = " Not running the service, worth 0, is compared as well."


@dataclass(frozen=True, eq=False)
class Option:
    """A strategy that could be deployed."""

    label: str
    mixed_strategy: FloatArray  # (defences,); zeros where the service is not run

    @cached_property
    def played(self) -> NDArray[np.intp]:
        """The defences that are deployed with a positive probability."""
        return np.flatnonzero(self.mixed_strategy > PLAYED)


def named_option(label: str, *, first: bool = False) -> str:
    """An option in a sentence: defences by their names, mixtures with an article.

    >>> named_option("Standard"), named_option(RECOMMENDED), named_option(ROBUST, first=True)
    ('Standard', 'the recommended mixture', 'The announced mixture')

    Args:
        label: of the option.
        first: whether it begins the sentence.
    """
    if label in MIXTURES:
        return f"{'The' if first else 'the'} {label}"
    return f"{label[0].upper()}{label[1:]}" if first and label == NOT_RUN else label


def resolved_by(situation: Situation) -> str:
    """The batch method that solves the draws as the situation is solved.

    Raises:
        InputError: for a concept that is solved one game at a time only.
    """
    method = batch_method_of(for_many_games(situation.concept))
    if method is None:
        raise InputError(
            f"The study solves thousands of games, and {situation.concept.name} is solved one game at a "
            "time; choose the concept nash, commitment or pure_commitment."
        )
    return method


def candidates(situation: Situation) -> tuple[Option, ...]:
    """Every defence alone, and the mixtures that are worth comparing with them; equal ones once.

    Not running the service is an option where the scenario allows it. An attacker who sees which network
    answers leaves no mixtures to compare.

    >>> from advgame.decision import situate
    >>> from advgame.scenarios import case
    >>> [option.label for option in candidates(situate(case("cifar10-two-defences")))]
    ['Standard', 'Rice2020Overfitting', 'secret mixture', 'announced mixture']
    """
    share = np.array([situation.scenario.largest_share])
    return candidates_at(situation, fixed_options(situation), share)[0]


def candidates_at(
    situation: Situation, fixed: Sequence[Option], shares: FloatArray
) -> list[tuple[Option, ...]]:
    """The options at some largest shares: those that do not depend on it, and the Stackelberg strategy.

    Args:
        situation: the scenario.
        fixed: what `fixed_options` gives.
        shares: (shares,) largest shares, each 0..1.
    """
    if situation.scenario.knowledge == NETWORK:
        return [tuple(fixed)] * len(shares)
    strategies = solve_many(situation.scenario, {"largest_share": shares}, "commitment").defender
    return [_distinct([*fixed, Option(STACKELBERG, strategy)]) for strategy in strategies]


def fixed_options(situation: Situation) -> tuple[Option, ...]:
    """Every defence alone, what is recommended for the scenario as stated, and if the mixture were known."""
    names = situation.game.defences
    alone = [Option(name, row) for name, row in zip(names, np.eye(len(names)), strict=True)]
    stopped = stop_option(situation.scenario, len(names))
    if situation.scenario.knowledge == NETWORK:
        return (*alone, *stopped)
    label = SECRET if situation.scenario.knowledge == NOTHING else RECOMMENDED
    options = [*alone, Option(label, situation.solution.recommended.defender)]
    with suppress(SolverError):
        robust = situation.answered_by(ANSWERED_BY[MIXTURE]).solution.recommended
        options.append(Option(ROBUST, robust.defender))
    return _distinct([*options, *stopped])


def stop_option(scenario: Scenario, defences: int) -> tuple[Option, ...]:
    """Not running the service, where the scenario allows that; else nothing.

    Args:
        scenario: the question.
        defences: how many there are.
    """
    return (Option(NOT_RUN, np.zeros(defences)),) if scenario.may_stop else ()


def _distinct(options: Iterable[Option]) -> tuple[Option, ...]:
    """The options, of equal strategies the first."""
    kept: list[Option] = []
    for option in options:
        strategy = option.mixed_strategy
        if not any(np.abs(strategy - earlier.mixed_strategy).max() <= SAME_STRATEGY for earlier in kept):
            kept.append(option)
    return tuple(kept)


def compared_in(situation: Situation) -> str:
    """Which options are compared, in a sentence.

    >>> from advgame.decision import situate
    >>> from advgame.scenarios import case
    >>> compared_in(situate(case("cifar10-two-defences"))).partition(",")[0]
    'Compared are every defence alone'
    """
    compared = ALONE if situation.scenario.knowledge == NETWORK else CANDIDATES
    return compared + (OR_NOT_RUN if situation.scenario.may_stop else "")


def values_in_draws(options: tuple[Option, ...], pays: PayoffsOfDraws, accuracy: FloatArray) -> FloatArray:
    """As `values_of`, at draws of the accuracies (draws, defences, attacks): the same, sooner.

    Only the attacker's payoffs are formed in full; of the defender's, those under its best responses. Draws
    in which two responses tie have probability 0; the first counts.

    Args:
        options: the strategies.
        pays: gives the payoffs.
        accuracy: (draws, defences, attacks).
    """
    if pays.coefficients is None:
        return values_of(options, *pays(accuracy))
    block = max(1, BLOCK // accuracy[0].size)
    parts = [
        _values(options, pays.coefficients, accuracy[first : first + block])
        for first in range(0, len(accuracy), block)
    ]
    return np.concatenate(parts) if parts else np.empty((0, len(options)))


def _values(options: tuple[Option, ...], pays: PayoffCoefficients, accuracy: FloatArray) -> FloatArray:
    to_attacker = pays.of_player(1, accuracy)
    rows = np.arange(accuracy.shape[1])
    known = pays.at(0, accuracy, rows, to_attacker.argmax(axis=2))
    values = np.empty((len(accuracy), len(options)))
    for place, option in enumerate(options):
        played = option.played
        if len(played) == 1:
            values[:, place] = known[:, played[0]]
            continue
        weights = option.mixed_strategy[played]
        reply = _mixed(to_attacker, option).argmax(axis=1)
        values[:, place] = pays.at(0, accuracy, played, reply[:, None]) @ weights
    return values


def _mixed(pays: FloatArray, option: Option) -> FloatArray:
    """What a mixed strategy pays in each column, (games, attacks)."""
    total = np.zeros((len(pays), pays.shape[2]))
    for row in option.played:
        total += option.mixed_strategy[row] * pays[:, row]
    return total


def values_of(options: tuple[Option, ...], a: FloatArray, b: FloatArray) -> FloatArray:
    """What each option earns in each game if the attacker responds best to it, (games, options).

    >>> a, b = np.array([[[3.0, 0.0], [2.0, 1.0]]]), np.array([[[0.0, 2.0], [1.0, 0.0]]])
    >>> both = Option("first", np.array([1.0, 0.0])), Option("half", np.array([0.5, 0.5]))
    >>> values_of(both, a, b).tolist()
    [[0.0, 0.5]]

    Args:
        options: the strategies.
        a: (games, defences, attacks), to the defender.
        b: (games, defences, attacks), to the attacker.
    """
    known = values_alone(a, b, in_favour=False)
    columns = [
        known[:, option.played[0]]
        if len(option.played) == 1
        else values_alone(_mixed(a, option)[:, None], _mixed(b, option)[:, None], in_favour=False)[:, 0]
        for option in options
    ]
    return np.column_stack(columns)
