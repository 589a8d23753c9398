"""A scenario's payoffs where its accuracies, and perhaps its prices, are drawn from what they may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.payoffs import Accuracies, build_many
from advgame.scenarios.family.payoffs_over import caps_over, with_amounts
from advgame.scenarios.scenario import Scenario

AGREE = 1e-12  # of the largest payoff: how far sums and terms may be apart, for rounding


def payoffs_at_draws(
    scenario: Scenario,
    accuracy: FloatArray,
    shares: FloatArray | None = None,
    prices: Mapping[str, FloatArray] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Both players' payoffs (draws, defences, attacks), as the terms compute them.

    >>> from advgame.scenarios import case
    >>> scenario = case("cifar10-two-defences")
    >>> a, b = payoffs_at_draws(scenario, scenario.accuracies.attacked_accuracy[None])
    >>> a.round(4).tolist()
    [[[0.9478, 0.6635], [0.8534, 0.7576]]]

    Args:
        scenario: all that does not vary.
        accuracy: (draws, defences, attacks); column 0 is the clean accuracy.
        shares: of the traffic by attack, (attacks,) or (draws, attacks); by default the scenario's.
        prices: address → (draws,) amounts.
    """
    for address, amounts in (prices or {}).items():
        scenario = with_amounts(scenario, address, amounts.reshape(-1, 1, 1))
    to_defender, to_attacker = build_many(_at(scenario.accuracies, accuracy, shares), scenario.terms)
    return np.broadcast_to(to_defender, accuracy.shape), np.broadcast_to(to_attacker, accuracy.shape)


def shares_up_to(scenario: Scenario, largest: float) -> FloatArray:
    """The share of each attack (attacks,) if the largest share were another; caps stay.

    Args:
        scenario: the scenario with its caps.
        largest: the largest share, 0..1.
    """
    accuracies = scenario.accuracies
    caps = caps_over(scenario, accuracies, {})[1]
    return np.array([0.0] + [min(largest, float(caps.get(attack, 1.0))) for attack in accuracies.attacks[1:]])


def _at(accuracies: Accuracies, accuracy: FloatArray, shares: FloatArray | None) -> Accuracies:
    return replace(
        accuracies,
        clean_accuracy=accuracy[..., 0],
        attacked_accuracy=accuracy,
        adversarial_share=accuracies.adversarial_share if shares is None else shares,
        exact_accuracy=None,
    )


@dataclass(frozen=True, eq=False)
class PayoffCoefficients:
    """Payoffs as sums over accuracies: constant + clean × clean accuracy + attacked × attacked accuracy.

    Much faster than evaluating the terms again for every draw.
    """

    constant: FloatArray  # (players, defences, attacks)
    clean: FloatArray
    attacked: FloatArray

    def payoffs(self, accuracy: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Both players' payoffs (draws, defences, attacks) at accuracies of that shape."""
        return self.of_player(0, accuracy), self.of_player(1, accuracy)

    def of_player(self, player: int, accuracy: FloatArray) -> FloatArray:
        """The payoffs (draws, defences, attacks) of the defender, 0, or the attacker, 1.

        Args:
            player: whose payoffs.
            accuracy: (draws, defences, attacks).
        """
        paid = accuracy * self.attacked[player]
        paid += self.constant[player]
        if self.clean[player].any():
            paid += accuracy[:, :, :1] * self.clean[player]
        return np.asarray(paid)

    def among(
        self, accuracy: FloatArray, rows: NDArray[np.intp], columns: NDArray[np.intp]
    ) -> tuple[FloatArray, FloatArray]:
        """Both players' payoffs (draws, rows, columns) of some strategies.

        Args:
            accuracy: (draws, defences, attacks).
            rows: which defences.
            columns: which attacks.
        """
        draws, shape = accuracy.reshape(len(accuracy), -1), (len(accuracy), len(rows), len(columns))
        cells = (rows[:, None] * accuracy.shape[2] + columns).ravel()
        some, both = draws.take(cells, axis=1), []
        for player in (0, 1):
            constant, clean, attacked = (
                values[player].ravel().take(cells) for values in (self.constant, self.clean, self.attacked)
            )
            paid = some * attacked
            paid += constant
            if clean.any():
                paid += draws.take(cells // accuracy.shape[2] * accuracy.shape[2], axis=1) * clean
            both.append(paid.reshape(shape))
        return both[0], both[1]

    def range_of(self, player: int, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The least and the most that a player may be paid where accuracies lie within bounds.

        Args:
            player: whose payoffs.
            low: (defences, attacks) least accuracies.
            high: (defences, attacks) largest accuracies.
        """
        least, most = self.constant[player].copy(), self.constant[player].copy()
        for slope, columns in ((self.attacked[player], slice(None)), (self.clean[player], slice(0, 1))):
            ends = slope * low[:, columns], slope * high[:, columns]
            least += np.minimum(*ends)
            most += np.maximum(*ends)
        return least, most

    def at(
        self, player: int, accuracy: FloatArray, rows: NDArray[np.intp], columns: NDArray[np.intp]
    ) -> FloatArray:
        """A player's payoffs (draws, rows) in one column for each row of each draw.

        Args:
            player: whose payoffs.
            accuracy: (draws, defences, attacks).
            rows: (rows,) which defences.
            columns: (draws, rows) which attack, or (draws, 1).
        """
        _, defences, attacks = accuracy.shape
        cells = rows * attacks + columns
        first = np.arange(0, accuracy.size, defences * attacks)[:, None]
        paid = accuracy.ravel().take(cells + first) * self.attacked[player].ravel().take(cells)
        paid += self.constant[player].ravel().take(cells)
        if self.clean[player].any():
            paid += accuracy[:, rows, 0] * self.clean[player].ravel().take(cells)
        return np.asarray(paid)


def payoff_coefficients(scenario: Scenario, shares: FloatArray | None = None) -> PayoffCoefficients | None:
    """The coefficients at some shares; None where a term's payoffs are no such sums.

    The terms are evaluated at accuracies of 0 and 1, and in between to check that they are such sums.

    Args:
        scenario: the scenario with its terms.
        shares: of the traffic by attack, (attacks,); by default the scenario's.
    """
    shape = scenario.accuracies.attacked_accuracy.shape
    clean, attacked = np.zeros(shape), np.ones(shape)
    clean[:, 0], attacked[:, 0] = 1.0, 0.0
    tried = np.random.default_rng(shape[0]).uniform(0, 1, (4, *shape))
    paid = np.array(payoffs_at_draws(scenario, np.array([np.zeros(shape), clean, attacked, *tried]), shares))
    coefficients = PayoffCoefficients(paid[:, 0], paid[:, 1] - paid[:, 0], paid[:, 2] - paid[:, 0])
    size = np.abs(paid).max(axis=(1, 2, 3))[:, None, None, None]
    apart = np.abs(np.array(coefficients.payoffs(tried)) - paid[:, 3:])
    return coefficients if (apart <= AGREE * np.maximum(size, 1e-300)).all() else None


@dataclass(frozen=True, eq=False)
class PayoffsOfDraws:
    """Payoffs at draws of the accuracies for fixed shares and prices, by coefficients where possible."""

    scenario: Scenario
    shares: FloatArray
    coefficients: PayoffCoefficients | None

    @staticmethod
    def at(scenario: Scenario, shares: FloatArray | None = None) -> PayoffsOfDraws:
        """For the shares of the attacks, (attacks,); by default the scenario's."""
        chosen = scenario.accuracies.adversarial_share if shares is None else shares
        return PayoffsOfDraws(scenario, chosen, payoff_coefficients(scenario, chosen))

    def __call__(self, accuracy: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Both players' payoffs (draws, defences, attacks) at accuracies of that shape."""
        if self.coefficients is None:
            return payoffs_at_draws(self.scenario, accuracy, self.shares)
        return self.coefficients.payoffs(accuracy)
