"""One number of a scenario moved along a line: the games there, and which defences are deployed in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation
from advgame.equilibria import Concept
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp, sharing
from advgame.equilibria.batch.batch_at_hand import recommended_at_hand
from advgame.errors import AdvgameError
from advgame.games import Game
from advgame.games.tolerances import PLAYED
from advgame.payoffs import Accuracies, build, build_many
from advgame.payoffs.accuracies import accuracy_cell
from advgame.scenarios import set_parameter
from advgame.scenarios.family.payoffs_over import can_be_batched, is_share, payoffs_over

Deploy = tuple[str, ...]  # the defences deployed, in the order of the game
Along = Callable[[FloatArray], FloatArray]  # parts (k,) of the way to payoffs (k, defences, attacks)
Payoffs = tuple[FloatArray, FloatArray]  # (games, defences, attacks) of the defender and of the attacker

INSIDE = (0.5, 0.7071)  # parts of the way at which payoffs are compared with those on a straight line
BENT = 1e-14  # of the largest payoff: by how much they then differ at least
WORK = 1.0  # nominal seconds that the neighbours of a scenario may take which are solved one by one
WORK_FOR_EACH = 0.25  # nominal seconds, for one of them
SECONDS = 60.0  # wall-clock time: a guard well above the work, so that it decides no answer


def budget_for_neighbours() -> Deadline:
    """What the neighbours of a scenario that are solved one by one may take in all."""
    return Deadline(SECONDS, WORK)


@dataclass(frozen=True, eq=False)
class Line:
    """The scenario with one of its numbers, given by address, at other values."""

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
        """Both players' payoffs between two values, if they change in proportion to the number.

        Returns:
            Two functions of parts (k,) of the way from ``low`` to ``high``, each giving payoffs
            (k, defences, attacks); None where payoffs bend on the way.
        """
        ends = self._priced([low, *(low + part * (high - low) for part in INSIDE), high])
        found = []
        for paid in ends:
            between = _between(paid[0], paid[-1])
            if np.abs(between(np.array(INSIDE)) - paid[1:-1]).max() > BENT * np.abs(paid).max():
                return None
            found.append(between)
        return found[0], found[1]

    def _priced(self, values: Sequence[float]) -> Payoffs:
        here = self.situation
        if can_be_batched(self.address):
            a, b, _ = payoffs_over(here.scenario, {self.address: values}, here.accuracies)
            return a, b
        pairs = [build_many(self._with_accuracy(value), here.scenario.terms) for value in values]
        return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])

    def game(self, value: float) -> Game:
        """The game at one value, as exact as the scenario's numbers are."""
        here = self.situation
        if not can_be_batched(self.address):
            return build(self._with_accuracy(value), here.scenario.terms)
        moved = set_parameter(here.scenario, self.address, value)
        if not is_share(self.address):
            return build(here.accuracies, moved.terms)
        shares = payoffs_over(here.scenario, {self.address: [value]}, here.accuracies)[2].adversarial_share
        return build(replace(here.accuracies, adversarial_share=shares[0]), moved.terms)

    def _with_accuracy(self, value: float) -> Accuracies:
        accuracies = self.situation.accuracies
        defence, attack = accuracy_cell(self.address, accuracies.defences, accuracies.attacks)
        return accuracies.with_accuracy(
            accuracies.defences.index(defence), accuracies.attacks.index(attack), value
        )


@dataclass(frozen=True, eq=False)
class Played:
    """What both players play in one game, and which defences are deployed."""

    deploy: Deploy
    defender: FloatArray  # (defences,)
    attacker: FloatArray  # (attacks,)


class Answers:
    """The recommended profiles along some lines of one scenario, each solved once.

    Concepts that the batch solvers know are solved in one batch where their code is compiled already. Other
    games, and games near a tie, are solved one by one when they are asked for, as far as a budget of work
    allows.

    Args:
        lines: lines of one scenario under one concept, each with the values to solve at.
        budget: the work that single games may take in all; what is beyond it stays unanswered.
    """

    def __init__(self, lines: Sequence[tuple[Line, Sequence[float]]], budget: Deadline) -> None:
        self.lines, self.budget = lines, budget
        self._known = _in_one_batch(lines)
        self._cut: set[tuple[int, int]] = set()

    def at(self, line: int, place: int) -> Played | None:
        """The profile at one value of one line, by index; None where none could be certified."""
        if (line, place) not in self._known:
            self._known[line, place] = self._single(line, place)
        return self._known[line, place]

    def was_cut(self, line: int, place: int) -> bool:
        """Whether an answer is missing because the budget did not allow it."""
        return (line, place) in self._cut

    def _single(self, line: int, place: int) -> Played | None:
        moved, values = self.lines[line]
        answer, in_time = played_within(
            moved.situation.concept, lambda: moved.game(values[place]), self.budget
        )
        if not in_time:
            self._cut.add((line, place))
        return answer


def played_within(concept: Concept, game: Callable[[], Game], budget: Deadline) -> tuple[Played | None, bool]:
    """The recommended profile of one game, and whether the budget allowed to find it.

    Args:
        concept: what answers the game.
        game: makes the game, if there is work left.
        budget: the work left for this game and others, of which it may take ``WORK_FOR_EACH``.
    """
    if budget.work_left <= 0 or budget.over:
        return None, False
    part = budget.part(WORK_FOR_EACH)
    with sharing(part):
        answer = played(concept, game())
    in_time = part.spent <= part.work
    return (answer if in_time else None), in_time


def _in_one_batch(lines: Sequence[tuple[Line, Sequence[float]]]) -> dict[tuple[int, int], Played | None]:
    """The answers that compiled code at hand can prove, by line and place."""
    filled = [(place, line, values) for place, (line, values) in enumerate(lines) if len(values)]
    if not filled:
        return {}
    situation = filled[0][1].situation
    parts = [line.payoffs(values) for _, line, values in filled]
    payoffs = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    answers = recommended_at_hand(*payoffs, situation.concept)
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
    """The recommended profile of one game; None where none could be certified, or not in time."""
    try:
        profile = concept.solve(game).recommended
    except (AdvgameError, TimeUp):
        return None
    return Played(deployed(profile.defender, game.defences), profile.defender, profile.attacker)


def _between(first: FloatArray, last: FloatArray) -> Along:
    """Payoffs (k, defences, attacks) at parts (k,) of the way from one matrix to another."""
    change = last - first
    return lambda parts: first + parts[:, None, None] * change


def deployed(defender: FloatArray, defences: Deploy) -> Deploy:
    """The defences that are played with a probability that is more than rounding, in the order given."""
    return tuple(name for name, share in zip(defences, defender.tolist(), strict=True) if share > PLAYED)
