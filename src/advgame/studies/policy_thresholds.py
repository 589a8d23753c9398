"""At which value of each parameter is another known policy surely worth more than the recommended one?

Policies are held fixed: the recommended strategy and every defence alone. The attacker knows which is
deployed and plays its best response at the value tried; the other policies count with their guaranteed value
there, the least while the attacker's rewards and costs lie within the scenario's margin. So the recommended
policy leads where the scenario stands. Payoffs, and what the margin does to them, change in proportion to a
parameter: two ends of its range give everything in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.attacker_amounts import attacker_amounts
from advgame.decision.recommendation import Recommendation
from advgame.games.tolerances import PLAYED, TIE
from advgame.scenarios import get_parameter, set_parameter
from advgame.scenarios.family.payoffs_over import is_share, payoffs_over
from advgame.scenarios.parameters import ACCURACIES
from advgame.studies.parameter_line import Line
from advgame.studies.thresholds import Threshold, relevant_addresses, searched_range

POINTS = 33  # values tried on each side at first
PARTS = 16  # into which the bracket of a change is cut at a time
ROUNDS = 6  # of cutting: to a few billionths of the range
NEAR_ZERO = 1e-9  # of the greatest share: where an attack is set up, but adds no traffic yet
SAME = 1e-7  # of the largest value: a smaller lead of another policy is none


def policy_thresholds(here: Recommendation, parameters: Iterable[str] | None = None) -> tuple[Threshold, ...]:
    """The values of the largest share, each cost and each accuracy that end the recommended policy's lead.

    >>> from advgame.decision import decide
    >>> from advgame.scenarios import case
    >>> share = policy_thresholds(decide(case("cifar10-two-defences")).recommendation)[0]
    >>> share.parameter, round(share.below, 4), share.deploy_below
    ('largest_share', 0.0852, ('Standard',))

    Args:
        here: a recommendation to an attacker who knows what is deployed.
        parameters: addresses; by default those of `thresholds`.

    Returns:
        As of `thresholds`; ``deploy_below`` and ``deploy_above`` hold the defence that is then worth more.
    """
    wanted = relevant_addresses(here) if parameters is None else parameters
    return tuple(_threshold(here, address) for address in wanted)


def _threshold(here: Recommendation, address: str) -> Threshold:
    value = get_parameter(here.scenario, address)
    low, high = searched_range(here.scenario, address, value)
    low, high = min(low, value), max(high, value)
    lead = _Lead(here, address, low, high)
    below, winner_below = _first_loss(lead, value, low)
    above, winner_above = _first_loss(lead, value, high)
    deployed = tuple(
        name for name, share in zip(here.game.defences, here.profile.defender, strict=True) if share > PLAYED
    )
    return Threshold(address, value, below, above, low, high, deployed, winner_below, winner_above)


def _first_loss(lead: _Lead, start: float, end: float) -> tuple[float | None, tuple[str, ...] | None]:
    """The value nearest to the start at which another policy is worth more, and which one."""
    if start == end:
        return None, None
    values = np.linspace(start, end, POINTS)
    for _ in range(ROUNDS):
        ahead, rival = lead.at(values)
        lost = np.flatnonzero(ahead < 0)
        if len(lost) == 0:
            return None, None
        first = int(lost[0])
        winner = (lead.rivals[int(rival[first])],)
        if first == 0:
            return float(values[0]), winner
        values = np.linspace(values[first - 1], values[first], PARTS + 1)
    return float(values[-1]), winner


@dataclass(frozen=True, eq=False)
class _End:
    """The uncertain amounts at one end of a range."""

    effects: FloatArray  # (amounts, policies, attacks)
    low: FloatArray  # (amounts,)
    high: FloatArray


class _Lead:
    """What the recommended policy is worth more than the best other one, along one parameter."""

    def __init__(self, here: Recommendation, address: str, low: float, high: float) -> None:
        chosen = here.profile.defender
        others = [row for row in np.eye(len(chosen)) if np.abs(row - chosen).max() > PLAYED]
        self.rivals = [here.game.defences[int(row.argmax())] for row in others]
        self.strategies = np.array([chosen, *others])  # (policies, defences)
        self.low, self.high = low, high
        self.scenario, self.address = here.scenario, address
        self.line = Line(here.situation, address)
        self.bends = address in here.scenario.intervals or (
            address == "largest_share" and bool(here.scenario.adversarial_share)
        )
        start = max(low, high * NEAR_ZERO) if address == "largest_share" else low
        self.ends = self._at(start), self._at(high)

    def _at(self, value: float) -> _End:
        scenario, accuracies = self.scenario, self.line.situation.accuracies
        if self.address.partition("[")[0] in ACCURACIES:
            accuracies = self.line.with_accuracy(value)
        elif is_share(self.address):
            shares = payoffs_over(scenario, {self.address: [value]}, accuracies)[2].adversarial_share
            accuracies = replace(accuracies, adversarial_share=shares[0])
        else:
            scenario = set_parameter(scenario, self.address, value)
        amounts = attacker_amounts(scenario, accuracies, certain_too=True)
        return _End(np.einsum("pm,amn->apn", self.strategies, amounts.effects), amounts.low, amounts.high)

    def _amounts(self, values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Effects (amounts, values, policies, attacks), and the least and greatest deviations."""
        if self.bends:
            every = [self._at(float(value)) for value in values]
            effects, low, high = (
                np.stack([getattr(end, name) for end in every], axis=1) for name in ("effects", "low", "high")
            )
        else:
            first, last = self.ends
            part = (values - self.low) / ((self.high - self.low) or 1.0)
            low, high = (
                getattr(first, name)[:, None] * (1 - part) + getattr(last, name)[:, None] * part
                for name in ("low", "high")
            )
            part = part[:, None, None]
            effects = first.effects[:, None] * (1 - part) + last.effects[:, None] * part
        moves = np.flatnonzero((low < high).any(axis=1) & (effects != 0).any(axis=(1, 2, 3)))
        return effects[moves], low[moves][..., None, None, None], high[moves][..., None, None, None]

    def at(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(values,) The lead, and which rival comes next; the lead is 0 where it is negligible."""
        a, b = self.line.payoffs(values.tolist())
        worth, pays = self.strategies @ a, self.strategies @ b  # (values, policies, attacks)
        advantage = pays[..., :, None] - pays[..., None, :]  # of the first reply over the second
        for effect, low, high in zip(*self._amounts(values), strict=True):
            change = effect[..., 1:, :, None] - effect[..., 1:, None, :]
            advantage[:, 1:] += np.minimum(low * change, high * change)
        slack = TIE * np.maximum(np.ptp(b, axis=(1, 2)), 1e-300)[:, None, None, None]
        beaten = (advantage > slack).any(axis=2)
        guaranteed = np.where(beaten, np.inf, worth).min(axis=2)  # (values, policies)
        rival = guaranteed[:, 1:].argmax(axis=1)
        ahead = guaranteed[:, 0] - guaranteed[np.arange(len(values)), 1 + rival]
        return np.where(np.abs(ahead) <= SAME * np.abs(guaranteed).max(axis=1), 0.0, ahead), rival
