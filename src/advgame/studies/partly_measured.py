"""A table of accuracies of which some are measured: bounds on payoffs, and a guess at the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.errors import InputError
from advgame.payoffs.accuracies import measured_cells
from advgame.scenarios import Scenario
from advgame.scenarios.family.payoffs_at_draws import PayoffCoefficients, payoff_coefficients
from advgame.studies.bent_payoffs import WITHOUT, what_bends

RIDGE = 0.3  # towards the mean of all measured accuracies, in measurements
GUESS = 0.5  # of an accuracy while nothing is measured


def filled(scenario: Scenario) -> Scenario:
    """The scenario with an assumed accuracy for every cell that is not measured, so that it has a game.

    >>> from advgame.scenarios import case
    >>> filled(case("cifar10-two-defences")).what_if
    {}
    """
    defences, attacks, measured = measured_cells(scenario.selected)
    missing = {
        _address(defences[row], attacks[column]): GUESS
        for row, column in np.argwhere(~measured).tolist()
        if _address(defences[row], attacks[column]) not in scenario.what_if
    }
    return replace(scenario, what_if={**scenario.what_if, **missing}) if missing else scenario


@dataclass(eq=False)
class PartlyMeasured:
    """Accuracies (defences, attacks) of which ``known`` are measured; all others lie in 0..1.

    Clean accuracies must be known: every payoff depends on them.
    """

    pays: PayoffCoefficients
    accuracy: FloatArray
    known: NDArray[np.bool_]

    @staticmethod
    def of(scenario: Scenario, known: NDArray[np.bool_]) -> PartlyMeasured:
        """The table of a scenario.

        Raises:
            InputError: for payoffs that are not linear in the accuracies, which have no bounds.
        """
        pays = payoff_coefficients(scenario)
        if pays is None:
            raise InputError(
                f"{what_bends(scenario)}, so payoffs of cells that are not measured cannot be bounded. "
                f"{WITHOUT}"
            )
        return PartlyMeasured(pays, scenario.accuracies.attacked_accuracy, known.copy())

    def guessed(self) -> tuple[FloatArray, FloatArray]:
        """Both players' payoffs with a guess in place of every unmeasured accuracy."""
        return self._payoffs(np.where(self.known, self.accuracy, self.guess()))

    def guess(self) -> FloatArray:
        """Accuracies as sums of an effect of the defence and one of the attack, by ridge regression.

        >>> known = np.array([[True, True, False], [True, False, False]])
        >>> accuracy = np.array([[0.9, 0.4, 0.0], [0.9, 0.0, 0.0]])
        >>> PartlyMeasured(None, accuracy, known).guess()[:, 2].round(2).tolist()
        [0.4, 0.4]
        """
        rows, columns = self.known.shape
        i, j = np.nonzero(self.known[:, 1:])
        if not len(i):
            return np.full((rows, columns), GUESS)
        effects = np.zeros((len(i), rows + columns))
        effects[np.arange(len(i)), i] = effects[np.arange(len(i)), rows + j + 1] = 1.0
        measured = self.accuracy[i, j + 1]
        normal = effects.T @ effects + RIDGE * np.eye(rows + columns)
        fitted = np.linalg.solve(normal, effects.T @ (measured - measured.mean()))
        return np.asarray(np.clip(measured.mean() + fitted[:rows, None] + fitted[rows:], 0.0, 1.0))

    def bounds(self, player: int) -> tuple[FloatArray, FloatArray]:
        """The least and the greatest payoff in every cell (defences, attacks), whatever is not measured.

        Args:
            player: 0 for the defender, 1 for the attacker.
        """
        ends = [self._of(player, np.where(self.known, self.accuracy, end)) for end in (0.0, 1.0)]
        return np.minimum(*ends), np.maximum(*ends)

    def most_to_gain(
        self, defender: FloatArray, attacker: FloatArray, low: FloatArray, high: FloatArray
    ) -> tuple[float, float]:
        """The most that each side may gain by another strategy while every accuracy lies in an interval.

        Every cell is taken at its worst, so the truth is less.

        Args:
            defender: (defences,) probabilities.
            attacker: (attacks,) probabilities.
            low: (defences, attacks) the least accuracies.
            high: (defences, attacks) the greatest.
        """
        (least, most), (least_of_attacker, most_of_attacker) = (
            self._within(player, low, high) for player in (0, 1)
        )
        gain = (most @ attacker - defender @ least @ attacker).max()
        gain_of_attacker = (defender @ most_of_attacker - defender @ least_of_attacker @ attacker).max()
        return max(0.0, float(gain)), max(0.0, float(gain_of_attacker))

    def _within(self, player: int, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
        clean, attacked, constant = (
            part[player] for part in (self.pays.clean, self.pays.attacked, self.pays.constant)
        )
        of_clean, of_attacked = ((clean * low[:, :1], clean * high[:, :1]), (attacked * low, attacked * high))
        return (
            constant + np.minimum(*of_clean) + np.minimum(*of_attacked),
            constant + np.maximum(*of_clean) + np.maximum(*of_attacked),
        )

    def _payoffs(self, accuracy: FloatArray) -> tuple[FloatArray, FloatArray]:
        return self._of(0, accuracy), self._of(1, accuracy)

    def _of(self, player: int, accuracy: FloatArray) -> FloatArray:
        return np.asarray(self.pays.of_player(player, accuracy[None])[0])


def _address(defence: str, attack: str) -> str:
    return f"clean_accuracy[{defence}]" if attack == NO_ATTACK else f"attacked_accuracy[{defence}, {attack}]"
