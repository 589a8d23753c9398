"""The choice that is least bad over all prices that are possible: maximin and minimax regret over a box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.decide import decide
from advgame.decision.situation import ANSWERED_BY, Situation, situate
from advgame.errors import InputError, SolverError
from advgame.games.tolerances import TIE
from advgame.number_text import significant
from advgame.scenarios.evidence import evidence_of
from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws
from advgame.scenarios.knowledge import MIXTURE, NETWORK
from advgame.scenarios.parameters import TERM_PARAMETERS, get_parameter
from advgame.scenarios.uncertain_prices import LARGEST_SHARE, UncertainPrice
from advgame.statistics.intervals_of_draws import Spread, check_draws
from advgame.statistics.posteriors import in_chunks
from advgame.studies.candidates import (
    FOR_THE_BOX,
    RECOMMENDED,
    SAME_STRATEGY,
    SECRET,
    Option,
    candidates,
    named_option,
    values_in_draws,
    values_of,
)
from advgame.studies.price_box import PriceBox
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import tracked

if TYPE_CHECKING:
    import pandas as pd

SEED = 19460127
MOST_PRICES = 12  # as many double the corners
AGREE = 1e-9  # of the largest payoff: how far a payoff may be from the one its corners give
LEVEL = 0.95
RULE = (
    "Guaranteed is a lower bound: an attack counts as possible unless one other choice of the attacker is "
    "better at every corner of the box; the least value is then at a corner, because payoffs are affine in "
    "each amount. The least value and the greatest regret seen are at the corners and at points inside. "
    "Regret is what the best policy against an attacker who knows it would earn more at the same amounts."
)
SEEN_ONLY = (
    "Payoffs are not affine in each amount (the cap of an attack lies within the interval of the largest "
    "share, or a term of its own bends), so that corners prove nothing: guaranteed is the least value seen."
)


@dataclass(frozen=True)
class OptionInTheBox:
    """One strategy over all prices that are possible; money per classified input."""

    option: str
    strategy: tuple[tuple[str, float], ...]  # defences and their probabilities
    stated: float  # its value at the prices as stated, to an attacker who knows it
    guaranteed: float  # its value at all prices of the box is at least that
    least: float  # least value seen
    regret: float  # greatest regret seen


@dataclass(frozen=True)
class RobustDecision(StudyResult):
    """What to choose if all that is known of the prices is their intervals; money per classified input."""

    options: tuple[OptionInTheBox, ...]  # the greatest guarantee first
    parameters: tuple[str, ...]  # that may lie anywhere in their intervals
    proven: bool  # whether the guarantees are bounds, or only the least values seen
    recommended: str  # the option that the decision on the scenario as stated deploys
    regret: Spread  # of the recommended option over draws of the accuracies, against the best option of each
    probability_best: float  # that the recommended option has no regret, over the same draws
    draws: int
    evidence: str  # what the accuracies rest on
    rule: str

    @property
    def maximin(self) -> OptionInTheBox:
        """The option that guarantees most."""
        return self.options[0]

    @property
    def minimax_regret(self) -> OptionInTheBox:
        """The option whose greatest regret is least."""
        return min(self.options, key=lambda option: option.regret)

    @property
    def best_as_stated(self) -> OptionInTheBox:
        """The option worth most at the prices as stated."""
        return max(self.options, key=lambda option: option.stated)

    @property
    def price_of_ambiguity(self) -> float:
        """What choosing for the worst case loses if the prices are as stated."""
        price = self.best_as_stated.stated - self.maximin.stated
        return price if price > TIE * (1 + abs(self.maximin.stated)) else 0.0

    @property
    def sentence(self) -> str:
        """The two choices, the price of ambiguity, and the regret under resampled accuracies."""
        first, second = self.maximin, self.minimax_regret
        name = "it also" if second == first else named_option(second.option)
        chosen = "" if self.recommended in (RECOMMENDED, SECRET) else f" ({self.recommended})"
        regret = f"up to {significant(second.regret)}" if second.regret else "none at any point tried"
        least = f"; {name} has the least regret, {regret}"
        seen = "" if self.proven else " at all points tried"
        amounts, lie = f"the {len(self.parameters)} amounts lie", "their intervals"
        if len(self.parameters) == 1:
            amounts, lie = f"{self.parameters[0]} lies", "its interval"
        price = significant(self.price_of_ambiguity) if self.price_of_ambiguity else "nothing"
        return (
            f"Wherever {amounts} in {lie}, "
            f"{named_option(first.option)} earns at least {significant(first.guaranteed)} per "
            f"input{seen}, the "
            f"most that any option guarantees{least}. Choosing for the worst case costs "
            f"{price} if all amounts are as stated. At these amounts, over {self.draws:,} draws of the "
            f"accuracies, what is recommended{chosen} {self._short()}."
        )

    def _short(self) -> str:
        """How far the recommended option falls short of the best one of each draw."""
        if self.regret.mean == 0:
            return "is the best option in each of them"
        return (
            f"falls {significant(self.regret.mean, 3)} short of the best option on average (at most "
            f"{significant(self.regret.high, 3)} in {100 * (1 + LEVEL) / 2:g} % of the draws)"
        )

    def frame(self) -> pd.DataFrame:
        """One row per option, the greatest guarantee first."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "option": option.option,
                    "guaranteed": option.guaranteed,
                    "least_seen": option.least,
                    "greatest_regret": option.regret,
                    "value_as_stated": option.stated,
                    "deploy": " + ".join(f"{name} {share:.4g}" for name, share in option.strategy),
                }
                for option in self.options
            ]
        )


@dataclass(frozen=True)
class RobustDecisionStudy(Study[RobustDecision]):
    """What should be deployed if the prices may lie anywhere in their intervals?

    Args:
        price_spread: how far each price and the largest share may be off either way, relative to itself.
        intervals: address → [low, high] of prices whose interval is known; the scenario's own hold too.
        points: inside the box at which regret is looked for beside its corners, a power of 2.
        draws: joint draws of all accuracies for the regret of the recommendation.
        assumed_tested: test inputs assumed where a source gives a rate without their number; 0 refuses that.
        seed: of the points and draws.
    """

    name: ClassVar[str] = "robust_decision"
    price_spread: float = 0.2
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    points: int = 512
    draws: int = 4000
    assumed_tested: int = 1000
    seed: int = SEED

    def run(self, situation: Situation) -> RobustDecision:
        """Every option valued over the box, against an attacker who knows it and responds best to it.

        Raises:
            InputError: for a setting that does not fit, where no price or too many prices are uncertain, or
                for a concept that is solved one game at a time only.
            MeasurementError: where a rate has no number of inputs and none is assumed.
            SolverError: when a game could not be certified.
        """
        check_draws(self.draws, LEVEL)
        box = PriceBox.of(situation, self.price_spread, self.intervals)
        if len(box.prices) > MOST_PRICES:
            raise InputError(
                f"{len(box.prices)} amounts are uncertain, and the box of them has too many corners. Give "
                f"intervals of at most {MOST_PRICES} and price_spread=0."
            )
        if isinstance(self.points, bool) or not isinstance(self.points, int) or self.points < 1:
            raise InputError(f"points is {self.points!r}; expected a power of 2, such as 512.")
        options = (*candidates(situation), *_for_the_box(box))
        corners, inside = corners_of(box.low, box.high), box.even(self.points, self.seed)
        proven = affine_in_each(box, corners, inside[:3])
        values, regrets = _seen(box, options, np.concatenate([corners, inside]))
        bounds = guaranteed(options, *box.payoffs(corners)) if proven else values.min(axis=0)
        stated = values_of(options, *box.payoffs(box.stated[None]))[0]
        defences = situation.game.defences
        table = [
            OptionInTheBox(
                option.label,
                tuple((defences[row], float(option.mixed_strategy[row])) for row in option.played),
                *numbers,
            )
            for option, *numbers in zip(
                options,
                stated.tolist(),
                bounds.tolist(),
                values.min(axis=0).tolist(),
                regrets.max(axis=0).tolist(),
                strict=True,
            )
        ]
        recommended, regret, words = self._resampled(situation, options)
        return RobustDecision(
            tuple(sorted(table, key=lambda option: -option.guaranteed)),
            box.names,
            proven,
            recommended,
            Spread.of(regret, LEVEL),
            float((regret == 0).mean()),
            self.draws,
            words,
            RULE if proven else SEEN_ONLY,
        )

    def _resampled(self, situation: Situation, options: tuple[Option, ...]) -> tuple[str, FloatArray, str]:
        """The recommended option, its regret in each draw of the accuracies, and what these rest on."""
        strategy = decide(situation).strategy
        apart = [float(np.abs(option.mixed_strategy - strategy).max()) for option in options]
        place = int(np.argmin(apart))
        evidence = evidence_of(situation.scenario, self.assumed_tested)
        pays = PayoffsOfDraws.at(situation.scenario)
        regret = []
        for drawn in tracked(in_chunks(evidence.posterior, self.draws, self.seed), self.draws, len):
            values = values_in_draws(options, pays, evidence.shaped(drawn))
            best = values.max(axis=1)
            short = best - values[:, place]
            regret.append(np.where(short > TIE * (1 + np.abs(best)), short, 0.0))
        return options[place].label, np.concatenate(regret), evidence.words


def corners_of(low: FloatArray, high: FloatArray) -> FloatArray:
    """The corners (2**d, d) of a box, the last coordinate changing first.

    >>> corners_of(np.array([0.0, 2.0]), np.array([1.0, 3.0])).tolist()
    [[0.0, 2.0], [0.0, 3.0], [1.0, 2.0], [1.0, 3.0]]

    Args:
        low: (d,) lower ends.
        high: (d,) upper ends.
    """
    return np.array(list(product(*zip(low.tolist(), high.tolist(), strict=True))))


def affine_in_each(box: PriceBox, corners: FloatArray, points: FloatArray) -> bool:
    """Whether payoffs at some points are those that the corners of the box give.

    Args:
        box: the box.
        corners: (2**d, d) of it, as of `corners_of`.
        points: (k, d) inside.
    """
    parts = (points - box.low) / (box.high - box.low)
    upper = corners == box.high
    weights = np.where(upper, parts[:, None], 1 - parts[:, None]).prod(axis=2)
    for at_corners, inside in zip(box.payoffs(corners), box.payoffs(points), strict=True):
        expected = np.tensordot(weights, at_corners, axes=1)
        if np.abs(expected - inside).max() > AGREE * np.abs(at_corners).max():
            return False
    return True


def guaranteed(options: tuple[Option, ...], a: FloatArray, b: FloatArray) -> FloatArray:
    """A lower bound (options,) of what each option earns anywhere in a box.

    Args:
        options: the strategies.
        a: (corners, defences, attacks) to the defender, affine in each coordinate of the box.
        b: (corners, defences, attacks) to the attacker, likewise.
    """
    slack = TIE * np.ptp(b)
    bounds = np.empty(len(options))
    for place, option in enumerate(options):
        to_defender, to_attacker = (np.tensordot(option.mixed_strategy, paid, axes=(0, 1)) for paid in (a, b))
        excess = (to_attacker[:, :, None] - to_attacker[:, None, :]).min(axis=0)  # of k over j everywhere
        possible = ~(excess > slack).any(axis=0)
        bounds[place] = to_defender[:, possible].min()
    return bounds


def _seen(box: PriceBox, options: tuple[Option, ...], points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The value and the regret (points, options) of each option."""
    a, b = box.payoffs(points)
    values = values_of(options, a, b)
    known = box.situation.scenario.knowledge == NETWORK
    best = np.maximum(box.solved(points, "pure_commitment" if known else "commitment")[0], values.max(axis=1))
    regret = best[:, None] - values
    return values, np.where(regret > TIE * (1 + np.abs(best[:, None])), regret, 0.0)


def _for_the_box(box: PriceBox) -> Iterator[Option]:
    """The mixture that guarantees most while the attacker's amounts lie in the box, if it can be computed."""
    # A mixture hides nothing from an attacker who sees the network
    if box.situation.scenario.knowledge == NETWORK:
        return
    intervals = dict(_intervals(box))
    scenario = replace(box.scenario, intervals=intervals, attacker_margin=0.0)
    try:
        strategy = situate(scenario, ANSWERED_BY[MIXTURE]).solution.recommended.defender
    except SolverError:
        return
    if strategy.max() < 1 - SAME_STRATEGY:
        yield Option(FOR_THE_BOX, strategy)


def _intervals(box: PriceBox) -> Iterator[tuple[str, tuple[float, float]]]:
    for price in box.prices:
        if price.address != LARGEST_SHARE:
            yield from _entries(box, price) if price.factor else [(price.address, (price.low, price.high))]


def _entries(box: PriceBox, price: UncertainPrice) -> Iterator[tuple[str, tuple[float, float]]]:
    """The interval of each amount of a table that is off by one factor."""
    accuracies = box.situation.accuracies
    names = accuracies.attacks[1:] if TERM_PARAMETERS[price.address].by == "attack" else accuracies.defences
    for name in names:
        address = f"{price.address}[{name}]"
        amount = get_parameter(box.scenario, address)
        ends = sorted((amount * price.low, amount * price.high))
        yield address, (ends[0], ends[1])
