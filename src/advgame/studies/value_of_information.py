"""Which figure should be measured more precisely, and how many more test inputs pay for themselves?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log10
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.decision.situation import Situation
from advgame.errors import InputError
from advgame.games.tolerances import PLAYED
from advgame.number_text import significant
from advgame.scenarios import Scenario
from advgame.scenarios.evidence import Evidence, evidence_of
from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws, payoffs_at_draws, shares_up_to
from advgame.scenarios.measuring_costs import seconds_per_input
from advgame.scenarios.uncertain_prices import LARGEST_SHARE, UncertainPrice, uncertain_prices, with_factor
from advgame.statistics.intervals_of_draws import whole_number
from advgame.statistics.perfect_information import (
    FEWEST,
    NOTHING,
    Estimate,
    Rivals,
    at_most,
    evpi,
    regressed_gain,
    updated_means,
)
from advgame.statistics.posteriors import CHUNK, in_chunks_with_trained
from advgame.studies.candidates import (
    Option,
    candidates,
    compared_in,
    named_option,
    resolved_by,
    values_in_draws,
    values_of,
)
from advgame.studies.figures import Curve, Curves
from advgame.studies.price_box import intervals_of_prices
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import part, tracked

if TYPE_CHECKING:
    import pandas as pd

SEED = 19661001
SIZES = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)  # new test inputs that are tried
DRAWN, REGRESSED, HALF = 0.1, 0.8, 0.5  # of the work: what is done after drawing, and after regressions
CELLS = 5  # number of accuracies, the most valuable first, for which more test inputs are considered
FEATURES = 6  # number of options, the most promising first, whose values are regressors for groups
UPPER_BOUND = (
    "Perfect information is valued over the options compared: EVPI is an upper bound on what any "
    "measurement adds to the choice between them. A strategy computed anew from what is measured is none of "
    "them, and may gain more."
)
OF_TRAINED = (
    "Where an accuracy is the mean of several training runs, more inputs are tested on each of the trained "
    "networks: that leaves open how further runs would differ."
)


@dataclass(frozen=True)
class WorthKnowing:
    """The value of knowing a figure, or a group of figures, exactly, in money per classified input."""

    figure: str
    kind: str  # accuracy, defence, attack, accuracies, price or prices
    evppi: Estimate


@dataclass(frozen=True)
class MoreInputs:
    """The value of testing one accuracy on more inputs, in money per classified input."""

    figure: str
    inputs: int  # for each trained network
    evsi: Estimate
    cost: float  # of the whole measurement, in money
    seconds: float  # of work for each input and network
    seconds_measured: bool  # else assumed
    net_benefit: float | None  # over the horizon, less the cost; None if the volume is not known
    runs: int = 1  # trained networks whose mean the accuracy is; all are tested on the new inputs


@dataclass(frozen=True, eq=False)
class ValueOfInformation(StudyResult):
    """Which uncertainty about the figures matters to the decision, and which measurement pays."""

    best: str  # the best option on average, which would be deployed now
    evpi: Estimate  # money per classified input
    figures: tuple[WorthKnowing, ...]  # the most valuable first
    measurements: tuple[MoreInputs, ...]
    inputs_in_horizon: float | None  # classified inputs within the horizon; None if not known
    months: float
    draws: int
    evidence: str
    assumed: str  # assumptions about prices and the cost of measuring
    compared: str  # which options are
    upper_bound: str = field(default=UPPER_BOUND)

    @property
    def measurement(self) -> MoreInputs | None:
        """The measurement with the largest net benefit; None if the volume is not known, or if no measurement
        is worth more than its cost by at least two standard errors.
        """
        whole = self.inputs_in_horizon
        if whole is None:
            return None
        paying = [
            measurement
            for measurement in self.measurements
            if whole * measurement.evsi.at_least > measurement.cost
        ]
        return max(paying, key=lambda measurement: measurement.net_benefit or 0.0, default=None)

    @property
    def most_valuable(self) -> WorthKnowing | None:
        """The most valuable single figure; None if no value is significantly above 0."""
        single = [figure for figure in self.figures if figure.kind in ("accuracy", "price")]
        first = max(single, key=lambda figure: figure.evppi.value, default=None)
        return first if first is not None and first.evppi.at_least > 0 else None

    @property
    def sentence(self) -> str:
        """The value of perfect information, the most valuable figure, and the measurement that pays."""
        if self.evpi.value == 0:
            return (
                f"Nothing is worth measuring for this decision: {named_option(self.best)} is the best option "
                "in every draw of the figures."
            )
        words = (
            f"Knowing every figure exactly would be worth at most {self._money(self.evpi.value)} to the "
            "choice between the options compared"
        )
        if self.most_valuable is not None:
            first = self.most_valuable
            words += f", knowing {first.figure} alone {self._money(first.evppi.value)}"
        return f"{words}. {self._recommendation()}"

    def _recommendation(self) -> str:
        measurement = self.measurement
        if self.inputs_in_horizon is None:
            return "State volume_per_month to see which measurement pays."
        if measurement is None:
            return "No measurement of a single accuracy pays for itself."
        return (
            f"Test {measurement.figure} on {measurement.inputs:,} more inputs: worth "
            f"{significant(measurement.evsi.value * self.inputs_in_horizon, 3)} in {self.months:g} "
            "months for a cost "
            f"of {significant(measurement.cost, 3)}."
        )

    def _money(self, per_input: float) -> str:
        if self.inputs_in_horizon is None:
            return f"{significant(per_input, 3)} per input"
        return f"{significant(per_input * self.inputs_in_horizon, 3)} in {self.months:g} months"

    def frame(self) -> pd.DataFrame:
        """One row per figure or group of figures, the most valuable first."""
        import pandas as pd

        whole = self.inputs_in_horizon or np.nan
        rows = [WorthKnowing("everything", "everything", self.evpi), *self.figures]
        return pd.DataFrame(
            [
                {
                    "figure": row.figure,
                    "kind": row.kind,
                    "value_per_input": row.evppi.value,
                    "standard_error": row.evppi.error,
                    "value_in_horizon": row.evppi.value * whole,
                }
                for row in rows
            ]
        )

    @property
    def figure(self) -> Curves | None:
        """The net benefit of testing each accuracy on more inputs; None if nothing was tried."""
        if self.inputs_in_horizon is None or not self.measurements:
            return None
        best: dict[str, list[tuple[float, float]]] = {}
        for measurement in sorted(
            self.measurements, key=lambda measurement: -(measurement.net_benefit or 0.0)
        ):
            best.setdefault(measurement.figure, []).append(
                (log10(measurement.inputs), measurement.net_benefit or 0.0)
            )
        return Curves(
            "Net benefit of measuring",
            "new test inputs, as a power of 10",
            f"money in {self.months:g} months",
            tuple(Curve(figure, tuple(sorted(points))) for figure, points in best.items()),
        )

    def plan(self) -> pd.DataFrame:
        """One row per accuracy and number of new test inputs: their value and their cost."""
        import pandas as pd

        whole = self.inputs_in_horizon or np.nan
        return pd.DataFrame(
            [
                {
                    "figure": measurement.figure,
                    "inputs": measurement.inputs,
                    "value_per_input": measurement.evsi.value,
                    "standard_error": measurement.evsi.error,
                    "value_in_horizon": measurement.evsi.value * whole,
                    "cost": measurement.cost,
                    "net_benefit": np.nan if measurement.net_benefit is None else measurement.net_benefit,
                }
                for measurement in self.measurements
            ]
        )


@dataclass(frozen=True)
class ValueOfInformationStudy(Study[ValueOfInformation]):
    """Which figure should be measured more precisely, and how many more test inputs pay for themselves?

    Args:
        draws: joint draws of all accuracies and prices.
        months: the horizon for which the decision is made.
        price_spread: largest relative error of each price and of the largest share, in either direction.
        intervals: address → [low, high] of prices with a known interval; the scenario's own hold too.
        price_per_second: price of a second of measuring, in the scenario's money.
        seconds_per_input: seconds to test one input; 0 for the recorded seconds, or 1 if none are recorded.
        assumed_tested: test inputs assumed if a source gives a rate without their number; 0 for an error.
        seed: of the draws.
    """

    name: ClassVar[str] = "value_of_information"
    draws: int = 10_000
    months: float = 12.0
    price_spread: float = 0.2
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    price_per_second: float = 0.001
    seconds_per_input: float = 0.0
    assumed_tested: int = 1000
    seed: int = SEED

    def run(self, situation: Situation) -> ValueOfInformation:
        """The value of perfect, partial and sample information.

        Raises:
            InputError: for too few draws, an interval that runs downwards, or a setting that does not fit.
            MeasurementError: if a rate has no number of inputs and none is assumed.
        """
        self._check()
        resolved_by(situation)
        scenario = situation.scenario
        evidence = evidence_of(scenario, self.assumed_tested)
        known = {**intervals_of_prices(scenario), **self.intervals}
        prices = uncertain_prices(scenario, self.price_spread, known)
        with part(0.0, DRAWN):
            drawn = _Drawn.of(situation, evidence, prices, self.draws, self.seed)
        everything = evpi(drawn.values)
        with part(DRAWN, REGRESSED):
            figures = tuple(
                sorted(_figures(drawn, evidence, everything), key=lambda figure: -figure.evppi.value)
            )
        volume = scenario.volume_per_month
        whole = None if volume is None else volume * self.months
        with part(REGRESSED, 1.0):
            measurements = tuple(self._measurements(scenario, drawn, evidence, figures, whole))
        return ValueOfInformation(
            drawn.options[int(drawn.values.mean(axis=0).argmax())].label,
            everything,
            figures,
            measurements,
            whole,
            self.months,
            self.draws,
            evidence.words,
            self._assumed(known, max(evidence.runs)),
            compared_in(situation),
        )

    def _check(self) -> None:
        whole_number("draws", self.draws, FEWEST)
        for name in ("months", "price_per_second", "seconds_per_input"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < np.inf:
                raise InputError(f"{name} is {value!r}; expected a number of at least 0.")
        if not isinstance(self.intervals, Mapping):
            raise InputError(
                f"intervals is {self.intervals!r}; expected address → [low, high], such as "
                "intervals={attack_cost=[0.4,0.8]}."
            )

    def _assumed(self, intervals: Mapping[str, tuple[float, float]], runs: int) -> str:
        known = f", except in the intervals given for {', '.join(intervals)}" if intervals else ""
        return (
            f"Every amount and the largest share may be off by {100 * self.price_spread:g} % either way, "
            f"evenly (assumed){known}; amounts of 0 are exact. A second of measuring costs "
            f"{self.price_per_second:g} (assumed)." + (f" {OF_TRAINED}" if runs > 1 else "")
        )

    def _measurements(
        self,
        scenario: Scenario,
        drawn: _Drawn,
        evidence: Evidence,
        figures: tuple[WorthKnowing, ...],
        whole: float | None,
    ) -> Iterator[MoreInputs]:
        """The value of more inputs for the most valuable accuracies, not decreasing in their number."""
        cells = {name: cell for cell, name in enumerate(_cell_names(evidence)) if cell not in evidence.exact}
        recorded = {} if self.seconds_per_input else seconds_per_input(scenario)
        wanted = _most_measurable(drawn, [figure for figure in figures if figure.figure in cells], cells)
        for place, (figure, most) in enumerate(tracked(wanted, len(wanted))):
            cell = cells[figure.figure]
            defence, attack = divmod(cell, len(evidence.attacks))
            name = evidence.defences[defence], evidence.attacks[attack]
            seconds = recorded.get(name, self.seconds_per_input or 1.0)
            worth = NOTHING
            for size in SIZES:
                random = np.random.default_rng([self.seed, place, size])
                mean = updated_means(
                    drawn.trained[:, defence, attack],
                    evidence.right[cell],
                    evidence.wrong[cell],
                    size,
                    random,
                )
                gain = regressed_gain(drawn.rivals, mean[:, None])
                worth = at_most(most, max(worth, gain, key=lambda estimate: estimate.value))
                cost = size * evidence.runs[cell] * seconds * self.price_per_second
                net = None if whole is None else worth.value * whole - cost
                yield MoreInputs(
                    figure.figure, size, worth, cost, seconds, name in recorded, net, evidence.runs[cell]
                )


def _most_measurable(
    drawn: _Drawn, figures: Iterable[WorthKnowing], cells: Mapping[str, int]
) -> list[tuple[WorthKnowing, Estimate]]:
    """The accuracies for which unlimited test inputs are worth most, with that worth.

    It is the worth of knowing the accuracy itself where no training runs are averaged.
    """
    limits = [(figure, figure.evppi) for figure in figures if figure.evppi.value > 0]
    if drawn.trained is not drawn.accuracy:
        columns = drawn.trained.reshape(len(drawn.trained), -1)
        limits = [
            (figure, at_most(most, regressed_gain(drawn.rivals, columns[:, [cells[figure.figure]]])))
            for figure, most in limits
        ]
        limits.sort(key=lambda limit: -limit[1].value)
    return [limit for limit in limits if limit[1].at_least > 0][:CELLS]


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Draws of the figures, and the value of every option in each draw."""

    scenario: Scenario
    options: tuple[Option, ...]
    accuracy: FloatArray  # (draws, defences, attacks)
    trained: FloatArray  # likewise, of the networks trained so far
    prices: Mapping[str, FloatArray]  # address → (draws,)
    factors: frozenset[str]  # prices whose draws are factors of a table of amounts
    values: FloatArray  # (draws, options)

    @staticmethod
    def of(
        situation: Situation, evidence: Evidence, prices: tuple[UncertainPrice, ...], draws: int, seed: int
    ) -> _Drawn:
        random = np.random.default_rng([seed, 1])
        drawn = {price.address: price.draw(random, draws) for price in prices}
        factors = frozenset(price.address for price in prices if price.factor)
        options, scenario = candidates(situation), situation.scenario
        chunks = in_chunks_with_trained(evidence.posterior, draws, seed)
        accuracy, trained = evidence.joined(tracked(chunks, draws, lambda pair: len(pair[0])))
        values = _values(scenario, options, accuracy, drawn, factors)
        return _Drawn(scenario, options, accuracy, trained, drawn, factors, values)

    @cached_property
    def rivals(self) -> Rivals:
        """The gains of the options over the one that is best on average."""
        return Rivals.of(self.values)

    @cached_property
    def deployed(self) -> NDArray[np.bool_]:
        """Whether any option that could be chosen deploys each defence, (defences,)."""
        chosen = [self.options[place] for place in (self.rivals.best, *self.rivals.options)]
        return np.asarray(np.any([answer.mixed_strategy > PLAYED for answer in chosen], axis=0))

    def features(self, cells: NDArray[np.bool_], *, prices: bool = False) -> FloatArray:
        """The gains of options if only some figures are as drawn and the others at their mean.

        Args:
            cells: (defences, attacks) the accuracies that are as drawn.
            prices: whether prices are as drawn.
        """
        rivals = self.rivals.options[:FEATURES]
        some = tuple(self.options[place] for place in (self.rivals.best, *rivals))
        accuracy = np.where(cells, self.accuracy, self.accuracy.mean(axis=0))
        values = _values(self.scenario, some, accuracy, self.prices if prices else {}, self.factors)
        return np.asarray(values[:, 1:] - values[:, :1])


def _values(
    scenario: Scenario,
    options: tuple[Option, ...],
    accuracy: FloatArray,
    prices: Mapping[str, FloatArray],
    factors: frozenset[str],
) -> FloatArray:
    """The values of options (draws, options) for the drawn accuracies and prices."""
    if not prices:
        return values_in_draws(options, PayoffsOfDraws.at(scenario), accuracy)
    size, parts = max(1, CHUNK // accuracy[0].size), []
    for first in range(0, len(accuracy), size):
        some = {address: column[first : first + size] for address, column in prices.items()}
        parts.append(values_of(options, *_payoffs(scenario, accuracy[first : first + size], some, factors)))
    return np.concatenate(parts)


def _payoffs(
    scenario: Scenario, accuracy: FloatArray, drawn: Mapping[str, FloatArray], factors: frozenset[str]
) -> tuple[FloatArray, FloatArray]:
    """The payoffs for the drawn accuracies, prices and largest shares."""
    shares = None
    if LARGEST_SHARE in drawn:
        shares = np.minimum(drawn[LARGEST_SHARE][:, None], shares_up_to(scenario, 1.0))
    for address in factors & set(drawn):
        scenario = with_factor(scenario, address, drawn[address])
    single = {
        address: column
        for address, column in drawn.items()
        if address not in factors and address != LARGEST_SHARE
    }
    return payoffs_at_draws(scenario, accuracy, shares, single)


def _cell_names(evidence: Evidence) -> list[str]:
    return [
        f"clean_accuracy[{defence}]" if attack == NO_ATTACK else f"attacked_accuracy[{defence}, {attack}]"
        for defence in evidence.defences
        for attack in evidence.attacks
    ]


def _figures(drawn: _Drawn, evidence: Evidence, everything: Estimate) -> Iterator[WorthKnowing]:
    """Every accuracy, defence, attack and price; a group is worth at least as much as any of its members.

    The accuracies of a defence are worth nothing if no option that could be chosen deploys it.
    """
    shape = len(evidence.defences), len(evidence.attacks)
    matters = np.repeat(drawn.deployed[:, None], shape[1], axis=1)
    matters.flat[sorted(evidence.exact)] = False
    alone = np.full(shape, NOTHING, dtype=object)
    places = [tuple(place) for place in np.argwhere(matters)]
    with part(0.0, HALF):
        for place in tracked(places, len(places)):
            gain = regressed_gain(drawn.rivals, drawn.accuracy[:, place[0], place[1]][:, None])
            alone[place] = at_most(everything, gain)
    for name, worth in zip(_cell_names(evidence), alone.ravel(), strict=True):
        yield WorthKnowing(name, "accuracy", worth)

    def group(cells: NDArray[np.bool_], parts: Iterable[Estimate] = ()) -> Estimate:
        known = cells & matters
        if not known.any():
            return NOTHING
        together = regressed_gain(drawn.rivals, drawn.accuracy[:, known], drawn.features(known))
        return at_most(everything, max([together, *alone[known], *parts], key=lambda option: option.value))

    rows, columns = np.indices(shape)
    with part(HALF, 1.0):
        groups = [
            *(rows == place for place in range(shape[0])),
            *(columns == place for place in range(shape[1])),
        ]
        worths = [group(cells) for cells in tracked(groups, len(groups))]
    by_defence, by_attack = worths[: shape[0]], worths[shape[0] :]
    for defence, worth in zip(evidence.defences, by_defence, strict=True):
        yield WorthKnowing(f"all of {defence}", "defence", worth)
    for attack, worth in zip(evidence.attacks, by_attack, strict=True):
        name = "all clean accuracies" if attack == NO_ATTACK else f"all under {attack}"
        yield WorthKnowing(name, "attack", worth)
    yield WorthKnowing("all accuracies", "accuracies", group(matters, [*by_defence, *by_attack]))
    yield from _priced(drawn, matters, everything)


def _priced(drawn: _Drawn, cells: NDArray[np.bool_], everything: Estimate) -> Iterator[WorthKnowing]:
    """Every price alone, and all prices together."""
    prices = {address: column for address, column in drawn.prices.items() if np.ptp(column) > 0}
    alone = [at_most(everything, regressed_gain(drawn.rivals, column[:, None])) for column in prices.values()]
    for address, worth in zip(prices, alone, strict=True):
        yield WorthKnowing(address, "price", worth)
    if prices and drawn.rivals.options:
        features = drawn.features(np.zeros_like(cells), prices=True)
        together = regressed_gain(drawn.rivals, np.column_stack(list(prices.values())), features)
        worth = at_most(everything, max([together, *alone], key=lambda option: option.value))
        yield WorthKnowing("all prices", "prices", worth)
