"""At which value of each parameter is another known policy surely worth more than the recommended one?

Policies are held fixed: the recommended strategy, every defence alone, and, where the scenario allows it, not
running the service. The attacker knows which is deployed and plays its best response at the value tried; the
other policies count with their guaranteed value there, the least while the attacker's rewards and costs lie
within the scenario's margin, and so does the recommended one beside not running the service. So the
recommended policy leads where the scenario stands. Payoffs, and what the
margin does to them, change in proportion to a parameter: two ends of its range give everything in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision import Decision
from advgame.decision.attacker_amounts import deviations, effects_of
from advgame.games.tolerances import PLAYED, TIE
from advgame.payoffs import Accuracies, Term
from advgame.scenarios import Scenario, set_parameter
from advgame.scenarios.family.payoffs_over import is_share, payoffs_over
from advgame.scenarios.parameters import ACCURACIES, STRENGTHS
from advgame.studies.parameter_line import Deploy, Line, deployed
from advgame.studies.thresholds import Threshold, relevant_addresses
from advgame.studies.winners_along import range_around, threshold_of

NEAR_ZERO = 1e-9  # of the greatest share: where an attack is set up, but adds no traffic yet
SAME = 1e-7  # of the largest value: a smaller lead of another policy is none


def policy_thresholds(decision: Decision, parameters: Iterable[str] | None = None) -> tuple[Threshold, ...]:
    """The values of the largest share, each cost and each accuracy that end the lead of the chosen policy.

    >>> from advgame.decision import decide
    >>> from advgame.scenarios import case
    >>> share = policy_thresholds(decide(case("cifar10-two-defences")))[0]
    >>> share.parameter, round(share.below, 4), share.deploy_below
    ('largest_share', 0.0852, ('Standard',))

    Args:
        decision: whose policy the attacker knows, or which is not to run the service.
        parameters: addresses; by default those of `thresholds`.

    Returns:
        As of `thresholds`; ``deploy_below`` and ``deploy_above`` hold the defence that is then worth more,
        and are empty where not running the service is.
    """
    recommendation, strategy = decision.recommendation, decision.strategy
    rivals = [*np.eye(len(strategy)), recommendation.profile.defender]
    if decision.may_stop:
        rivals.append(np.zeros(len(strategy)))
    return _thresholds(_Compared(decision, rivals), parameters)


def loss_thresholds(decision: Decision, parameters: Iterable[str] | None = None) -> tuple[Threshold, ...]:
    """The values at which the chosen policy, held fixed, is no longer guaranteed to earn money.

    Args:
        decision: to run the service with a policy that counts with what it guarantees.
        parameters: addresses; by default those of `thresholds`.

    Returns:
        As of `policy_thresholds`.
    """
    return _thresholds(_Compared(decision, [np.zeros(len(decision.strategy))]), parameters)


def _thresholds(compared: _Compared, parameters: Iterable[str] | None) -> tuple[Threshold, ...]:
    wanted = relevant_addresses(compared.recommendation) if parameters is None else parameters
    return tuple(_threshold(compared, address) for address in wanted)


def _threshold(compared: _Compared, address: str) -> Threshold:
    within = range_around(compared.scenario, address)
    lead = _Lead(compared, address, *within[1:])
    return threshold_of(address, within, compared.chosen, lead.winners)


@dataclass(frozen=True, eq=False)
class _End:
    """The uncertain amounts at one end of a range."""

    effects: FloatArray  # (amounts, policies, attacks)
    low: FloatArray  # (amounts,)
    high: FloatArray

    @property
    def parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Effects, least and greatest deviations."""
        return self.effects, self.low, self.high

    def of(self, amounts: NDArray[np.bool_]) -> _End:
        """Some of the amounts."""
        return _End(*(part[amounts] for part in self.parts))


class _Compared:
    """The chosen policy and others, and what moves each of them."""

    def __init__(self, decision: Decision, others: Iterable[FloatArray]) -> None:
        self.recommendation, strategy = decision.recommendation, decision.strategy
        self.situation, self.scenario = self.recommendation.situation, self.recommendation.scenario
        rivals = [row for row in others if np.abs(row - strategy).max() > PLAYED]
        self.strategies = np.array([strategy, *rivals])  # (policies, defences)
        defences = self.recommendation.game.defences
        self.chosen, *self.rivals = (deployed(policy, defences) for policy in self.strategies)
        self.stopped = np.array([not rival for rival in self.rivals], dtype=bool)  # (rivals,)
        self.effects = {
            term.name: self._effects(term, self.situation.accuracies) for term in self.scenario.terms
        }

    def with_prices(self, scenario: Scenario) -> _End:
        """The amounts of a scenario with other prices: terms that did not change are not priced again."""
        before = {term.name: term for term in self.scenario.terms}  # a price may bring a term of its own
        effects = [
            self.effects[term.name]
            if term is before.get(term.name)
            else self._effects(term, self.situation.accuracies)
            for term in scenario.terms
        ]
        return self._end(scenario, effects)

    def with_accuracies(self, accuracies: Accuracies) -> _End:
        """The amounts at other accuracies or shares of the traffic."""
        return self._end(self.scenario, [self._effects(term, accuracies) for term in self.scenario.terms])

    def _effects(self, term: Term, accuracies: Accuracies) -> FloatArray:
        return np.asarray(self.strategies @ effects_of(term, accuracies))  # (amounts, policies, attacks)

    def _end(self, scenario: Scenario, effects: list[FloatArray]) -> _End:
        return _End(np.concatenate(effects), *deviations(scenario, self.situation.accuracies.attacks))


class _Lead:
    """What the recommended policy is worth more than the best other one, along one parameter."""

    def __init__(self, compared: _Compared, address: str, low: float, high: float) -> None:
        self.compared, self.address = compared, address
        self.low, self.high = low, high
        self.line = Line(compared.situation, address)
        scenario = compared.scenario
        self.bends = address in (*scenario.intervals, *STRENGTHS) or (
            address == "largest_share" and bool(scenario.adversarial_share)
        )
        start = max(low, high * NEAR_ZERO) if address == "largest_share" else low
        self.ends = self._at(start), self._at(high)
        self.straight = self.line.straight(low, high)
        first, last = self.ends
        alike = (first.effects == last.effects).all(axis=(1, 2))
        self.moving = ~alike | (first.low != last.low) | (first.high != last.high) | self.bends
        self.fixed_change = _least_change(*_uncertain(*(part[~self.moving, None] for part in first.parts)))

    def _at(self, value: float) -> _End:
        scenario, accuracies = self.compared.scenario, self.compared.situation.accuracies
        if self.address.partition("[")[0] in (*ACCURACIES, *STRENGTHS):
            return self.compared.with_accuracies(self.line.with_accuracy(value))
        if is_share(self.address):
            shares = payoffs_over(scenario, {self.address: [value]}, accuracies)[2].adversarial_share
            return self.compared.with_accuracies(replace(accuracies, adversarial_share=shares[0]))
        return self.compared.with_prices(set_parameter(scenario, self.address, value))

    def _amounts(self, values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The amounts that move along the line: effects (amounts, values, policies, attacks), deviations."""
        if self.bends:
            every = [self._at(float(value)).parts for value in values]
            effects, low, high = (np.stack(parts, axis=1) for parts in zip(*every, strict=True))
            return effects, low, high
        part = (values - self.low) / ((self.high - self.low) or 1.0)
        first, last = (end.of(self.moving) for end in self.ends)
        low = first.low[:, None] * (1 - part) + last.low[:, None] * part
        high = first.high[:, None] * (1 - part) + last.high[:, None] * part
        part = part[:, None, None]
        return first.effects[:, None] * (1 - part) + last.effects[:, None] * part, low, high

    def _payoffs(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(values, defences, attacks) Both players' payoffs."""
        if self.straight is None:
            return self.line.payoffs(values.tolist())
        part = (values - self.low) / ((self.high - self.low) or 1.0)
        return self.straight[0](part), self.straight[1](part)

    def winners(self, values: FloatArray) -> list[Deploy | None]:
        """(values,) The policy that is worth more than the chosen one; None where none is."""
        if not self.compared.rivals:
            return [None] * len(values)
        ahead, rival = self.at(values)
        return [
            self.compared.rivals[place] if lead < 0 else None
            for place, lead in zip(rival.tolist(), ahead.tolist(), strict=True)
        ]

    def at(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(values,) The lead, and which rival comes next; the lead is 0 where it is negligible."""
        a, b = self._payoffs(values)
        strategies = self.compared.strategies
        worth, pays = strategies @ a, strategies @ b  # (values, policies, attacks)
        advantage = pays[..., :, None] - pays[..., None, :]  # of the first reply over the second
        slack = TIE * np.maximum(np.ptp(b, axis=(1, 2)), 1e-300)[:, None, None, None]
        known = _least_worth(worth[:, :1], advantage[:, :1] > slack)  # (values, 1)
        advantage += self.fixed_change
        if self.moving.any():
            advantage += _least_change(*_uncertain(*self._amounts(values)))
        guaranteed = _least_worth(worth, advantage > slack)  # (values, policies)
        # Not running the service is better where the chosen policy is not guaranteed to earn money.
        ahead = np.where(self.compared.stopped, guaranteed[:, :1], known) - guaranteed[:, 1:]
        rival = ahead.argmin(axis=1)
        least = ahead[np.arange(len(values)), rival]
        largest = np.maximum(np.abs(guaranteed).max(axis=1), np.abs(known[:, 0]))
        return np.where(np.abs(least) <= SAME * largest, 0.0, least), rival


def _least_worth(worth: FloatArray, better: NDArray[np.bool_]) -> FloatArray:
    """What policies are worth (values, policies) under the worst reply that no other reply surely beats.

    Args:
        worth: (values, policies, attacks).
        better: (values, policies, attacks, attacks) whether the first reply surely beats the second.
    """
    return np.asarray(np.where(better.any(axis=2), np.inf, worth).min(axis=2))


def _uncertain(
    effects: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The amounts that have an effect and may differ from those assumed; arrays as `_least_change` takes."""
    moves = (low < high).any(axis=1) & (effects != 0).any(axis=(1, 2, 3))
    return effects[moves], low[moves], high[moves]


def _least_change(effects: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """The least that the amounts add to the advantage of one reply over another.

    Args:
        effects: (amounts, values, policies, attacks) on the attacker's payoffs.
        low: (amounts, values) least deviations.
        high: (amounts, values) greatest deviations.

    Returns:
        (values, policies, attacks, attacks); the first reply is in the last axis but one.
    """
    low, high = low[..., None, None], high[..., None, None]
    of_one = (effects != 0).any(axis=(1, 2)).sum(axis=1) == 1
    # An amount of one attack alone moves the payoff of that reply up or down, whatever it is compared with.
    ends = low[of_one] * effects[of_one], high[of_one] * effects[of_one]
    down, up = np.minimum(*ends).sum(axis=0), np.maximum(*ends).sum(axis=0)
    least = down[..., :, None] - up[..., None, :]
    for effect, lowest, highest in zip(effects[~of_one], low[~of_one], high[~of_one], strict=True):
        change = effect[..., :, None] - effect[..., None, :]
        at_lowest = lowest[..., None] * change
        change *= highest[..., None]
        least += np.minimum(at_lowest, change, out=change)
    return np.asarray(least)
