"""A scenario along one parameter: the games there, and which defences are deployed in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation
from advgame.equilibria import Concept
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp, sharing
from advgame.equilibria.batch.recommended_profiles import recommended_without_compiling
from advgame.errors import AdvgameError
from advgame.games import Game
from advgame.games.tolerances import PLAYED
from advgame.payoffs import Accuracies, build, build_many
from advgame.payoffs.accuracies import accuracy_cell
from advgame.scenarios import set_parameter
from advgame.scenarios.family.payoffs_over import can_be_batched, is_share, payoffs_over
from advgame.scenarios.parameters import STRENGTHS

Deploy = tuple[str, ...]  # the defences deployed, in the order of the game
Along = Callable[[FloatArray], FloatArray]  # fractions (k,) of the way → payoffs (k, defences, attacks)
Payoffs = tuple[FloatArray, FloatArray]  # (games, defences, attacks) of the defender and of the attacker

INSIDE = (0.5, 0.7071)  # fractions of the way at which linearity is checked
BENT = 1e-14  # of the largest payoff: the smallest deviation that counts as non-linear
WORK = 1.0  # nominal seconds for all neighbouring games that are solved singly
WORK_FOR_EACH = 0.25  # nominal seconds for one of them
SECONDS = 60.0  # wall-clock time: far above the work limit, so that it does not affect results


def budget_for_neighbours() -> Deadline:
    """The work allowed for all neighbouring games that are solved singly."""
    return Deadline(SECONDS, WORK)


@dataclass(frozen=True, eq=False)
class Line:
    """The scenario with one parameter, given by address, at other values."""

    situation: Situation
    address: str

    def payoffs(self, values: Sequence[float]) -> Payoffs:
        """Both players' payoffs (values, defences, attacks), in money per classified input."""
        if len(values) <= len(INSIDE) + 2:
            return self._priced(values)
        low, high = min(values), max(values)
        straight = self.straight(low, high)
        if straight is None:
            return self._priced(values)
        parts = (np.asarray(values, np.float64) - low) / ((high - low) or 1.0)
        return straight[0](parts), straight[1](parts)

    def straight(self, low: float, high: float) -> tuple[Along, Along] | None:
        """Both players' payoffs between two values, if they are affine in the parameter there.

        Returns:
            Two functions from fractions (k,) of the way between ``low`` and ``high`` to payoffs
            (k, defences, attacks); None if the payoffs are not affine.
        """
        ends = self._priced([low, *(low + part * (high - low) for part in INSIDE), high])
        functions = []
        for paid in ends:
            between = _between(paid[0], paid[-1])
            if np.abs(between(np.array(INSIDE)) - paid[1:-1]).max() > BENT * np.abs(paid).max():
                return None
            functions.append(between)
        return functions[0], functions[1]

    def _priced(self, values: Sequence[float]) -> Payoffs:
        situation = self.situation
        if can_be_batched(self.address):
            a, b, _ = payoffs_over(situation.scenario, {self.address: values}, situation.accuracies)
            return a, b
        pairs = [build_many(self.with_accuracy(value), situation.scenario.terms) for value in values]
        return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])

    def game(self, value: float) -> Game:
        """The game at one value, with exact payoffs where the scenario's numbers are exact."""
        situation = self.situation
        if not can_be_batched(self.address):
            return build(self.with_accuracy(value), situation.scenario.terms)
        moved = set_parameter(situation.scenario, self.address, value)
        if not is_share(self.address):
            return build(situation.accuracies, moved.terms)
        _, _, accuracies = payoffs_over(situation.scenario, {self.address: [value]}, situation.accuracies)
        (shares,) = accuracies.adversarial_share
        return build(replace(situation.accuracies, adversarial_share=shares), moved.terms)

    def with_accuracy(self, value: float) -> Accuracies:
        """The accuracies with the one that moves, or the attacks' strength, at a value."""
        accuracies = self.situation.accuracies
        if self.address in STRENGTHS:
            moved: dict[str, Any] = {self.address: value}
            return replace(accuracies, strength=replace(accuracies.strength, **moved))
        defence, attack = accuracy_cell(self.address, accuracies.defences, accuracies.attacks)
        return accuracies.with_accuracy(
            accuracies.defences.index(defence), accuracies.attacks.index(attack), value
        )


@dataclass(frozen=True, eq=False)
class Played:
    """Both players' mixed strategies in one game, and the deployed defences."""

    deploy: Deploy
    defender: FloatArray  # (defences,)
    attacker: FloatArray  # (attacks,)


class Answers:
    """The recommended profiles along several lines of one scenario, each solved once.

    Concepts with a batch solver are solved in one batch if its code is already compiled. Other games, and
    games near a tie, are solved singly on access, within a work limit.

    Args:
        lines: lines of one scenario under one concept, each with the values to solve at.
        budget: the work limit for all games solved singly; games beyond it stay unsolved.
    """

    def __init__(self, lines: Sequence[tuple[Line, Sequence[float]]], budget: Deadline) -> None:
        self.lines, self.budget = lines, budget
        self._payoffs = [line.payoffs(values) if len(values) else None for line, values in lines]
        self._known = _in_one_batch(lines, [paid for paid in self._payoffs if paid is not None])
        self._alike: dict[tuple[bytes, bytes], Played | None] = {}
        self._cut: set[tuple[int, int]] = set()

    def at(self, line: int, place: int) -> Played | None:
        """The profile at one value of one line, by index; None if none could be certified."""
        if (line, place) not in self._known:
            self._known[line, place] = self._single(line, place)
        return self._known[line, place]

    def was_cut(self, line: int, place: int) -> bool:
        """Whether the solution is missing because the work limit was reached."""
        return (line, place) in self._cut

    def _single(self, line: int, place: int) -> Played | None:
        """Solved alone; a parameter that nothing depends on gives the same game everywhere, solved once."""
        moved, values = self.lines[line]
        paid = self._payoffs[line]
        assert paid is not None  # the line has values
        game = paid[0][place].tobytes(), paid[1][place].tobytes()
        if game in self._alike:
            return self._alike[game]
        answer, in_time = played_within(
            moved.situation.concept, lambda: moved.game(values[place]), self.budget
        )
        if in_time:
            self._alike[game] = answer
        else:
            self._cut.add((line, place))
        return answer


def played_within(concept: Concept, game: Callable[[], Game], budget: Deadline) -> tuple[Played | None, bool]:
    """The recommended profile of one game, and whether it was computed within the work limit.

    Args:
        concept: the solution concept.
        game: a function that builds the game; called only if work is left.
        budget: the remaining work; this game may use up to ``WORK_FOR_EACH`` of it.
    """
    if budget.work_left <= 0 or budget.over:
        return None, False
    part = budget.part(WORK_FOR_EACH)
    with sharing(part):
        answer = played(concept, game())
    in_time = part.spent <= part.work
    return (answer if in_time else None), in_time


def _in_one_batch(
    lines: Sequence[tuple[Line, Sequence[float]]], parts: Sequence[Payoffs]
) -> dict[tuple[int, int], Played | None]:
    """The solutions that already compiled code can certify, by line and index.

    Args:
        lines: with the values to solve at.
        parts: the payoffs along each line that has values.
    """
    filled = [(place, line, values) for place, (line, values) in enumerate(lines) if len(values)]
    if not filled:
        return {}
    situation = filled[0][1].situation
    payoffs = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    answers = recommended_without_compiling(*payoffs, situation.concept)
    if answers is None:
        return {}
    places = [(line, place) for line, _, values in filled for place in range(len(values))]
    defences = situation.accuracies.defences
    return {
        places[game]: Played(
            deployed(answers.defender[game], defences), answers.defender[game], answers.attacker[game]
        )
        for game in np.flatnonzero(answers.solved).tolist()
    }


def played(concept: Concept, game: Game) -> Played | None:
    """The recommended profile of one game; None if none could be certified within the limit."""
    try:
        profile = concept.solve(game).recommended
    except (AdvgameError, TimeUp):
        return None
    return Played(deployed(profile.defender, game.defences), profile.defender, profile.attacker)


def _between(first: FloatArray, last: FloatArray) -> Along:
    """Payoffs (k, defences, attacks) at fractions (k,) of the way from one matrix to another."""
    change = last - first
    return lambda parts: first + parts[:, None, None] * change


def deployed(defender: FloatArray, defences: Deploy) -> Deploy:
    """The defences played with a probability above the rounding tolerance, in the given order."""
    return tuple(name for name, share in zip(defences, defender.tolist(), strict=True) if share > PLAYED)
