"""How sure is the decision, and which single measurement would help it most? The short form for a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.decide import decide
from advgame.decision.recommendation import undefended_of
from advgame.decision.situation import Situation
from advgame.equilibria.concepts.robust_commitment import RobustCommitment
from advgame.games.tolerances import PLAYED
from advgame.number_text import probability
from advgame.scenarios import Scenario
from advgame.scenarios.evidence import Evidence, evidence_of
from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws, payoffs_at_draws, shares_up_to
from advgame.scenarios.measuring_costs import seconds_per_input
from advgame.scenarios.uncertain_prices import LARGEST_SHARE, UncertainPrice, uncertain_prices
from advgame.statistics.best_of_many import BestOfMany
from advgame.statistics.intervals_of_draws import check_draws
from advgame.statistics.perfect_information import Rivals, evpi, regressed_gain, updated_means
from advgame.statistics.posteriors import in_chunks_with_trained
from advgame.studies.candidates import (
    SAME_STRATEGY,
    Option,
    stop_option,
    values_in_draws,
    values_of,
)
from advgame.studies.price_box import intervals_of_prices
from advgame.studies.sampling_error import verdict_of
from advgame.studies.study_contract import Study, StudyResult

if TYPE_CHECKING:
    import pandas as pd

SEED = 20080401
CELLS = 8  # accuracies, in the order of their covariance with the difference to the rivals, that are valued
SIZES = (100, 1000, 10_000)  # new test inputs that are tried
CHOSEN = "the recommended policy"
SAYS = {
    "settled": "The decision is settled",
    "leaning": "The decision is likely but not settled",
    "open": "The decision is open",
}
NO_MARGIN = (
    " The draws take the attacker's rewards and costs exactly as assumed, while the recommendation allows "
    "for the margin."
)
MONTHS = 12
PRICE_PER_SECOND = 0.001  # of the machine that measures, in the scenario's money: assumed
SECONDS = 1.0  # of testing one input where none were recorded: assumed


@dataclass(frozen=True)
class NextMeasurement:
    """One accuracy measured on more inputs, and what that is worth."""

    defence: str
    attack: str
    inputs: int
    worth: float  # over the horizon, in money
    cost: float  # in money
    runs: int = 1  # trained networks whose mean the accuracy is; all are tested on the new inputs


@dataclass(frozen=True)
class Confidence(StudyResult):
    """How sure the decision is, given on how many inputs the accuracies were measured."""

    chosen: str  # what is deployed: a defence, or the recommended mixed strategy
    probability_best: float  # of all known policies
    rival: str | None  # the policy most often better; None where none ever is
    rival_probability: float
    low: float  # ends of the 95 % interval of the value, money per classified input
    high: float
    beats_undefended: float  # probability of being worth more than doing nothing
    perfect_information: float  # expected value of knowing all accuracies, money per classified input
    measurement: NextMeasurement | None  # the one most worth its price; None where none pays
    volume_known: bool
    draws: int
    evidence: str  # what the accuracies rest on
    as_measured: float  # value at the accuracies as measured, to an attacker who knows what is deployed
    has_margin: bool  # whether what is deployed allows for a margin, which the draws do not
    runs: int  # training runs whose mean an accuracy is, the most of any
    drawn_amounts: bool  # whether amounts with a stated interval are drawn as well

    @property
    def verdict(self) -> str:
        """``settled``, ``leaning`` or ``open``: best in at least 95 %, in two thirds, or in fewer draws."""
        return verdict_of(self.probability_best)

    @property
    def sentence(self) -> str:
        """How sure the decision is, in one sentence."""
        return f"{SAYS[self.verdict]}: {self.reason}"

    @property
    def reason(self) -> str:
        """How often the chosen policy is the best one, and which other is, in one sentence."""
        rival = (
            "no other policy is ever better"
            if self.rival is None
            else f"{self.rival} is the best in {probability(self.rival_probability)}"
        )
        return (
            f"{self.chosen} is the best policy that the attacker may know in "
            f"{probability(self.probability_best)} of {self.draws:,} draws of the accuracies ({rival})."
            + (NO_MARGIN if self.has_margin and self.rival_probability > self.probability_best else "")
        )

    def frame(self) -> pd.DataFrame:
        """One row."""
        import pandas as pd

        measured = self.measurement
        return pd.DataFrame(
            [
                {
                    "policy": self.chosen,
                    "verdict": self.verdict,
                    "probability_best": self.probability_best,
                    "rival": self.rival,
                    "rival_probability": self.rival_probability,
                    "value_low": self.low,
                    "value_high": self.high,
                    "beats_undefended": self.beats_undefended,
                    "perfect_information": self.perfect_information,
                    "measure": None if measured is None else f"{measured.defence} under {measured.attack}",
                    "inputs": None if measured is None else measured.inputs,
                    "worth": None if measured is None else measured.worth,
                    "cost": None if measured is None else measured.cost,
                }
            ]
        )


@dataclass(frozen=True)
class ConfidenceStudy(Study[Confidence]):
    """How sure is the decision, and which single measurement would help it most?

    The short form of ``sampling_error`` and ``value_of_information``. Prices are fixed, except those for
    which the scenario states an interval: they are drawn evenly from it.

    Args:
        draws: joint draws of all accuracies.
        assumed_tested: test inputs assumed where a source gives a rate without their number; 0 refuses that.
        seed: of the draws.
    """

    name: ClassVar[str] = "confidence"
    draws: int = 2000
    assumed_tested: int = 1000
    seed: int = SEED

    def run(self, situation: Situation) -> Confidence:
        """The probability that the decision is the best one, and the best next measurement.

        Raises:
            InputError: for too few draws.
            MeasurementError: where a rate has no number of inputs and none is assumed.
        """
        check_draws(self.draws, 0.95)
        decision = decide(situation)
        return confidence_of(decision.recommendation.situation, decision.strategy, self)


def confidence_of(situation: Situation, strategy: FloatArray, study: ConfidenceStudy) -> Confidence:
    """As the study, for a strategy that is chosen already.

    Args:
        situation: the scenario.
        strategy: (defences,) what is deployed; zeros where the service is not run.
        study: the settings.
    """
    scenario = situation.scenario
    evidence = evidence_of(scenario, study.assumed_tested)
    options, chosen = _options(situation, strategy)
    accuracy, trained = evidence.joined(in_chunks_with_trained(evidence.posterior, study.draws, study.seed))
    prices = uncertain_prices(scenario, 0.0, intervals_of_prices(scenario))
    values = _values(scenario, options, accuracy, prices, study.seed)
    best = BestOfMany(len(options))
    best.add(values)
    odds = best.probability_best.copy()
    own, odds[chosen] = float(odds[chosen]), 0.0
    rival = int(odds.argmax())
    low, high = np.quantile(values[:, chosen], (0.025, 0.975))
    plain = values[:, situation.game.defences.index(undefended_of(scenario, situation.game))]
    return Confidence(
        options[chosen].label,
        own,
        options[rival].label if odds[rival] > 0 else None,
        float(odds[rival]),
        float(low),
        float(high),
        float((values[:, chosen] > plain).mean()),
        evpi(values).value,
        _measurement(scenario, evidence, trained, values, options),
        scenario.volume_per_month is not None,
        study.draws,
        evidence.words + _drawn_prices(prices),
        float(values_of((options[chosen],), *_as_measured(situation))[0, 0]),
        isinstance(situation.concept, RobustCommitment) or not strategy.any(),
        max(evidence.runs),
        bool(prices),
    )


def _as_measured(situation: Situation) -> tuple[FloatArray, FloatArray]:
    """Both players' payoffs (1, defences, attacks) at the accuracies as measured."""
    game = situation.game
    return game.defender_payoffs[None], game.attacker_payoffs[None]


def _values(
    scenario: Scenario,
    options: tuple[Option, ...],
    accuracy: FloatArray,
    prices: tuple[UncertainPrice, ...],
    seed: int,
) -> FloatArray:
    """What each option is worth in each draw of the accuracies and of the amounts with an interval."""
    if not prices:
        return values_in_draws(options, PayoffsOfDraws.at(scenario), accuracy)
    random = np.random.default_rng([seed, len(prices)])
    drawn = {price.address: price.draw(random, len(accuracy)) for price in prices}
    largest = drawn.pop(LARGEST_SHARE, None)
    shares = None if largest is None else np.array([shares_up_to(scenario, share) for share in largest])
    return values_of(options, *payoffs_at_draws(scenario, accuracy, shares, drawn))


def _drawn_prices(prices: tuple[UncertainPrice, ...]) -> str:
    if not prices:
        return ""
    return (
        f" Drawn as well, evenly from the intervals that the scenario states: "
        f"{', '.join(price.address for price in prices)}."
    )


def _options(situation: Situation, strategy: FloatArray) -> tuple[tuple[Option, ...], int]:
    """Every defence alone, not running the service where that is allowed, and the chosen strategy.

    Returns:
        The options, and the place of the chosen one.
    """
    names = situation.game.defences
    singles = tuple(Option(name, row) for name, row in zip(names, np.eye(len(names)), strict=True))
    options = (*singles, *stop_option(situation.scenario, len(names)))
    for place, option in enumerate(options):
        if np.abs(option.mixed_strategy - strategy).max() <= SAME_STRATEGY:
            return options, place
    return (*options, Option(CHOSEN, strategy)), len(options)


def _measurement(
    scenario: Scenario,
    evidence: Evidence,
    trained: FloatArray,
    values: FloatArray,
    options: tuple[Option, ...],
) -> NextMeasurement | None:
    """The accuracy and the number of new test inputs worth most beyond their cost.

    Args:
        scenario: the question.
        evidence: what the accuracies rest on.
        trained: draws (draws, defences, attacks) of the accuracies of the networks trained so far.
        values: (draws, options) what each option is worth.
        options: those compared.
    """
    rivals = Rivals.of(values)
    if not rivals.options or scenario.volume_per_month is None:
        return None
    recorded = seconds_per_input(scenario)
    tried = [
        measurement
        for cell in _cells_that_matter(evidence, trained, rivals, options)
        for measurement in _more_inputs(scenario, evidence, trained, rivals, cell, recorded)
    ]
    best = max(tried, key=lambda option: option.worth - option.cost, default=None)
    return best if best is not None and best.worth > best.cost else None


def _more_inputs(
    scenario: Scenario,
    evidence: Evidence,
    trained: FloatArray,
    rivals: Rivals,
    cell: tuple[int, int],
    recorded: dict[tuple[str, str], float],
) -> Iterator[NextMeasurement]:
    """The accuracy of a cell measured on more inputs, where that is worth more than chance alone explains."""
    row, column = cell
    defence, attack = evidence.defences[row], evidence.attacks[column]
    place = row * len(evidence.attacks) + column
    horizon = MONTHS * (scenario.volume_per_month or 0.0)
    for size in SIZES:
        random = np.random.default_rng([SEED, place, size])
        right, wrong = evidence.right[place], evidence.wrong[place]
        mean = updated_means(trained[:, row, column], right, wrong, size, random)
        gain = regressed_gain(rivals, mean[:, None])
        if gain.at_least > 0:
            runs = evidence.runs[place]
            cost = size * runs * recorded.get((defence, attack), SECONDS) * PRICE_PER_SECOND
            yield NextMeasurement(defence, attack, size, gain.value * horizon, cost, runs)


def _cells_that_matter(
    evidence: Evidence, trained: FloatArray, rivals: Rivals, options: tuple[Option, ...]
) -> list[tuple[int, int]]:
    """Measured cells of the best option and its rivals, those first that move most with the difference."""
    compared = [options[place] for place in (rivals.best, *rivals.options[:3])]
    rows = np.flatnonzero(np.any([option.mixed_strategy > PLAYED for option in compared], axis=0))
    gain = rivals.gain[:, :3].max(axis=1)
    gain = gain - gain.mean()
    columns = len(evidence.attacks)
    cells = [
        (int(row), column)
        for row in rows
        for column in range(columns)
        if int(row) * columns + column not in evidence.exact
    ]
    deviation = [trained[:, row, column] - trained[:, row, column].mean() for row, column in cells]
    moves = [
        abs(float(direction @ gain)) / (float(np.sqrt(direction @ direction)) or np.inf)
        for direction in deviation
    ]
    order = sorted(range(len(cells)), key=lambda place: -moves[place])
    return [cells[place] for place in order[:CELLS] if moves[place] > 0]
