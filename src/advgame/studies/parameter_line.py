"""One number of a scenario moved along a line: the games there, and which defences are deployed in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation
from advgame.equilibria import Concept, batch_method_of
from advgame.equilibria.batch.batch_at_hand import recommended_at_hand
from advgame.errors import AdvgameError
from advgame.games import Game
from advgame.games.tolerances import PLAYED
from advgame.payoffs import Accuracies, build
from advgame.payoffs.accuracies import accuracy_cell
from advgame.scenarios import set_parameter
from advgame.scenarios.family.payoffs_over import can_be_batched, payoffs_over

Deploy = tuple[str, ...]  # the defences deployed, in the order of the game
Payoffs = tuple[FloatArray, FloatArray]  # (games, defences, attacks) of the defender and of the attacker


@dataclass(frozen=True, eq=False)
class Line:
    """The scenario with one of its numbers, given by address, at other values."""

    situation: Situation
    address: str

    def payoffs(self, values: Sequence[float]) -> Payoffs:
        """Both players' payoffs (values, defences, attacks), in money per classified input."""
        here = self.situation
        if can_be_batched(self.address):
            a, b, _ = payoffs_over(here.scenario, {self.address: values}, here.accuracies)
            return a, b
        games = [build(self._with_accuracy(value), here.scenario.terms) for value in values]
        return (
            np.array([game.defender_payoffs for game in games]),
            np.array([game.attacker_payoffs for game in games]),
        )

    def game(self, value: float) -> Game:
        """The game at one value, as exact as the scenario's numbers are."""
        here = self.situation
        if not can_be_batched(self.address):
            return build(self._with_accuracy(value), here.scenario.terms)
        moved = set_parameter(here.scenario, self.address, value)
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


def played_along(lines: Sequence[tuple[Line, Sequence[float]]]) -> list[list[Played | None]]:
    """The recommended profile at each value of each line; None where none could be certified.

    Concepts that the batch solvers know are solved in one batch where their code is compiled already; other
    games, and games near a tie, are solved one by one.

    Args:
        lines: lines of one scenario under one concept, each with the values to solve at.
    """
    filled = [(line, values) for line, values in lines if len(values)]
    if not filled:
        return [[] for _ in lines]
    situation = filled[0][0].situation
    parts = [line.payoffs(values) for line, values in filled]
    payoffs = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    places = [(line, value) for line, values in filled for value in values]
    answers = iter(_all_played(situation, payoffs, places))
    return [[next(answers) for _ in values] for _, values in lines]


def _all_played(
    situation: Situation, payoffs: Payoffs, places: Sequence[tuple[Line, float]]
) -> list[Played | None]:
    """All games by compiled code that is at hand; those it leaves, exactly and one by one."""
    concept, defences = situation.concept, situation.accuracies.defences
    method = batch_method_of(concept)
    answers = None if method is None else recommended_at_hand(*payoffs, method)
    return [
        Played(deployed(answers.defender[game], defences), answers.defender[game], answers.attacker[game])
        if answers is not None and answers.solved[game]
        else played(concept, line.game(value), defences)
        for game, (line, value) in enumerate(places)
    ]


def played(concept: Concept, game: Game, defences: Deploy) -> Played | None:
    """The recommended profile of one game; None where none could be certified.

    Args:
        concept: the solution concept.
        game: the game.
        defences: names of the defences, in the order of the rows.
    """
    try:
        profile = concept.solve(game).recommended
    except AdvgameError:
        return None
    return Played(deployed(profile.defender, defences), profile.defender, profile.attacker)


def deployed(defender: FloatArray, defences: Deploy) -> Deploy:
    """The defences that are played with a probability that is more than rounding, in the order given."""
    return tuple(name for name, share in zip(defences, defender.tolist(), strict=True) if share > PLAYED)
