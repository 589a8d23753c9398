"""The games of a scenario at many error rates of one judge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.situation import Situation
from advgame.games.tolerances import PLAYED
from advgame.payoffs.field_success import ANY_ATTACK, Judge, within
from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws
from advgame.scenarios.judges import AS_RIGHT
from advgame.studies.candidates import Option, values_of
from advgame.studies.solved_draws import solved_draws


class JudgedGames:
    """The games at many error rates of one judge.

    Args:
        situation: the scenario; the judges of its other attacks stay.
        attack: whose judge it is; ``*`` for all attacks without a judge of their own.
        method: batch solver of the games.
    """

    def __init__(self, situation: Situation, attack: str, method: str) -> None:
        self.accuracies, self.method = situation.accuracies, method
        other_judges = {name: judge for name, judge in situation.scenario.judge.items() if name != attack}
        columns = [
            place
            for place, name in enumerate(self.accuracies.attacks)
            if place and (name == attack or (attack == ANY_ATTACK and name not in other_judges))
        ]
        self.columns = columns
        self.pays = PayoffsOfDraws.at(replace(situation.scenario, judge=other_judges))

    def accuracy(self, rates: FloatArray) -> FloatArray:
        """The corrected accuracies (rates, defences, attacks), cut off at 0 and 1.

        Args:
            rates: (rates, 2) sensitivity and specificity, which sum to more than 1.
        """
        measured = self.accuracies.attacked_accuracy
        accuracy = np.repeat(measured[None], len(rates), axis=0)
        judged = 1 - measured[:, self.columns]
        sensitivity, specificity = rates[:, 0, None, None], rates[:, 1, None, None]
        corrected = (judged + specificity - 1) / (sensitivity + specificity - 1)
        accuracy[:, :, self.columns] = 1 - within(corrected)
        return accuracy

    def share_changed(self, rates: FloatArray, given: Judge | None) -> float:
        """The share of the rates under which other defences are deployed than as stated; NaN for no rates.

        Args:
            rates: (rates, 2) sensitivity and specificity.
            given: the judge that the scenario states; None where its verdicts count as right.
        """
        if not len(rates):
            return float("nan")
        stated = np.array([(given.sensitivity, given.specificity) if given else AS_RIGHT])
        return float((self.deployed(rates) != self.deployed(stated)).any(axis=1).mean())

    def deployed(self, rates: FloatArray) -> FloatArray:
        """Whether each defence is deployed, (rates, defences).

        Args:
            rates: (rates, 2) sensitivity and specificity.
        """
        return np.asarray(solved_draws(self.pays, self.accuracy(rates), self.method)[1] > PLAYED)

    def values(self, rates: FloatArray, kept: FloatArray) -> FloatArray:
        """What a strategy is worth (rates,) if the attacker responds best to it.

        Args:
            rates: (rates, 2) sensitivity and specificity.
            kept: (defences,) the mixed strategy.
        """
        if not len(rates):
            return np.empty(0)
        return values_of((Option("kept", kept),), *self.pays(self.accuracy(rates)))[:, 0]
