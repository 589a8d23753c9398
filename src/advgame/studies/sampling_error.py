"""How sure is the answer? The game solved again for draws of what the measured accuracies may truly be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.recommendation import Recommendation, recommend
from advgame.decision.situation import Situation
from advgame.errors import InputError
from advgame.games.tolerances import PLAYED
from advgame.number_text import probability, significant
from advgame.scenarios.evidence import Evidence, evidence_of
from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws, shares_up_to
from advgame.statistics.best_of_many import BestOfMany
from advgame.statistics.intervals_of_draws import Spread, check_draws
from advgame.statistics.posteriors import in_chunks
from advgame.studies.break_even import main_attack, pays_from
from advgame.studies.candidates import (
    MIXTURES,
    Option,
    candidates_at,
    compared_in,
    fixed_options,
    named_option,
    resolved_by,
    values_in_draws,
    values_of,
)
from advgame.studies.figures import Curve, Curves
from advgame.studies.solved_draws import solved_draws
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import tracked

if TYPE_CHECKING:
    import pandas as pd

SEED = 19460127
KEPT = 20_000  # draws kept for intervals; the others count in means and probabilities only
CURVE_DRAWS = 10_000  # draws behind the curve over the largest share: a standard error of at most 0.5 %
SETTLED = 0.95
LEANING = 2 / 3
RULE = (
    "settled: the option best on average is the best one in at least 95 % of the draws; "
    "leaning: in at least two thirds; open: in fewer"
)


def verdict_of(probability: float) -> str:
    """The confidence in the option that is best on average, in one word.

    >>> [verdict_of(probability) for probability in (0.99, 0.8, 0.5)]
    ['settled', 'leaning', 'open']

    Args:
        probability: that the option is the best of all.
    """
    return "settled" if probability >= SETTLED else "leaning" if probability >= LEANING else "open"


@dataclass(frozen=True)
class OptionConfidence:
    """One option at the scenario's own largest share; amounts in money per classified input."""

    option: str
    strategy: tuple[tuple[str, float], ...]  # defences and their probabilities
    stated: float  # what it is worth at the accuracies as measured
    value: Spread  # over the draws
    probability_best: float
    expected_loss: float  # short of the best option of each draw, on average


@dataclass(frozen=True)
class ThresholdSpread:
    """The share from which on one defence pays more than another under one attack; it may be infinite."""

    plain: str
    defended: str
    attack: str
    share: Spread


@dataclass(frozen=True, eq=False)
class ConfidenceCurve:
    """The probability that each option is the best one, over the largest share (acceptability curve).

    The recommended, secret and announced mixtures are those of the scenario's own share; the Stackelberg
    strategy is that of each share. Where it is a single defence or another of the mixtures, it has no value.
    """

    shares: FloatArray  # (shares,)
    options: tuple[str, ...]
    probability: FloatArray  # (shares, options), NaN where the option does not exist
    mean: FloatArray  # (shares, options) value, money per classified input
    frontier: tuple[str, ...]  # for each share the option best on average
    frontier_probability: FloatArray  # (shares,) that it is the best one

    def frame(self) -> pd.DataFrame:
        """One row per share and option: ``largest_share``, ``option``, ``probability_best``, ``value``,
        ``on_frontier``.
        """
        import pandas as pd

        shares, options = len(self.shares), len(self.options)
        frame = pd.DataFrame(
            {
                "largest_share": np.repeat(self.shares, options),
                "option": np.tile(np.array(self.options, dtype=object), shares),
                "probability_best": self.probability.ravel(),
                "value": self.mean.ravel(),
                "on_frontier": [option == best for best in self.frontier for option in self.options],
            }
        )
        kept: pd.DataFrame = frame[np.isfinite(frame["value"])].reset_index(drop=True)
        return kept


@dataclass(frozen=True, eq=False)
class SamplingError(StudyResult):
    """How far the answer depends on which inputs the accuracies were measured on.

    Money is per classified input.
    """

    largest_share: float
    options: tuple[OptionConfidence, ...]  # the best on average first
    value: Spread  # of the game, solved again in each draw
    deployed: tuple[tuple[str, Spread, float], ...]  # defence, its probability, share of draws that deploy it
    threshold: ThresholdSpread | None  # None where there is no attack, or a single defence
    curve: ConfidenceCurve
    flattery: float  # the winner's curse: by how much the best of the estimates is too high on average
    draws: int
    level: float  # of all intervals
    complete: float  # share of draws in which all equilibria are proven found; none are for commitments
    evidence: str  # what the accuracies rest on
    compared: str  # which options are
    rule: str = RULE

    @property
    def best(self) -> OptionConfidence:
        """The option best on average."""
        return self.options[0]

    @property
    def verdict(self) -> str:
        """``settled``, ``leaning`` or ``open``, by ``rule``."""
        return verdict_of(self.best.probability_best)

    @property
    def shrunken(self) -> float:
        """What the best option is worth on average, less what the best of many estimates is flattered."""
        return self.best.value.mean - self.flattery

    @property
    def sentence(self) -> str:
        """The verdict, the option, its probability of being best, and its value."""
        best, value = self.best, self.best.value
        rivals = [option for option in self.options[1:] if option.probability_best > 0]
        rival = max(rivals, key=lambda option: option.probability_best, default=None)
        against = (
            "no other option is ever better"
            if rival is None
            else f"{named_option(rival.option)} is the best in "
            f"{probability(rival.probability_best, 1)}, but worth "
            f"{significant(rival.value.mean)} on average"
        )
        return (
            f"{self.verdict.capitalize()}: {named_option(best.option)} is the best option on average, and "
            f"the best one in {probability(best.probability_best, 1)} of {self.draws:,} draws of "
            "the accuracies "
            f"({against}); it is worth {significant(value.mean)} per input ({100 * self.level:g} % interval "
            f"{significant(value.low)} to {significant(value.high)})."
        )

    def frame(self) -> pd.DataFrame:
        """One row per option, the best on average first."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "option": option.option,
                    "probability_best": option.probability_best,
                    "value": option.value.mean,
                    "low": option.value.low,
                    "high": option.value.high,
                    "value_as_measured": option.stated,
                    "expected_loss": option.expected_loss,
                    "deploy": " + ".join(f"{name} {share:.4g}" for name, share in option.strategy),
                }
                for option in self.options
            ]
        )

    @property
    def figure(self) -> Curves:
        """The acceptability curve of each option, the highest first, and the frontier."""
        curve = self.curve
        most = np.nan_to_num(curve.probability, nan=0.0).max(axis=0)
        shares = curve.shares.tolist()
        frontier = tuple(zip(shares, curve.frontier_probability.tolist(), strict=True))
        lines = tuple(
            Curve(
                curve.options[place],
                tuple(
                    (share, odds)
                    for share, odds in zip(shares, curve.probability[:, place].tolist(), strict=True)
                    if np.isfinite(odds)
                ),
            )
            for place in np.argsort(-most, kind="stable")
        )
        return Curves(
            "Probability of being the best option",
            "largest share of the traffic that can be adversarial",
            "probability",
            (Curve("best on average (frontier)", frontier, strong=True), *lines),
            here=self.largest_share,
        )

    def quantities(self) -> pd.DataFrame:
        """One row per quantity of the game solved in each draw: its mean and interval."""
        import pandas as pd

        rows: list[tuple[str, Spread, float | None]] = [("value of the game", self.value, None)]
        rows += [(f"P[{defence}]", spread, played) for defence, spread, played in self.deployed]
        if self.threshold is not None:
            name = f"share from which {self.threshold.defended} pays more than {self.threshold.plain}"
            rows.append((name, self.threshold.share, None))
        return pd.DataFrame(
            [(name, interval.mean, interval.low, interval.high, played) for name, interval, played in rows],
            columns=["quantity", "mean", "low", "high", "share_of_draws_deployed"],
        )


def confidence_in_words(result: SamplingError) -> str:
    """How sure the answer is, in two sentences for a summary: the verdict and what it rests on.

    Args:
        result: of the study ``sampling_error``.
    """
    low, high = result.value.low, result.value.high
    return (
        f"{result.sentence} Solved for each draw, the game is worth {significant(low)} to "
        f"{significant(high)} "
        f"per input. The best of {len(result.options)} estimates is flattered by "
        f"{significant(result.flattery, 2)}: plan with {significant(result.shrunken)}. {result.evidence}"
    )


@dataclass(frozen=True)
class SamplingErrorStudy(Study[SamplingError]):
    """How sure is the answer, given on how many inputs the accuracies were measured?

    Args:
        draws: joint draws of all accuracies; each is solved.
        level: of the intervals, in (0, 1).
        shares: points of the curve over the largest share.
        highest_share: where that curve ends; 0 for twice the scenario's share, at least one half.
        assumed_tested: test inputs assumed where a source gives a rate without their number; 0 refuses that.
        seed: of the draws.
    """

    name: ClassVar[str] = "sampling_error"
    draws: int = 10_000
    level: float = 0.95
    shares: int = 21
    highest_share: float = 0.0
    assumed_tested: int = 1000
    seed: int = SEED

    def run(self, situation: Situation) -> SamplingError:
        """The distribution of the answer, and the probability that each option is the best one.

        Raises:
            InputError: for too few draws, a setting that does not fit, or a concept that is solved one game
                at a time only.
            MeasurementError: where a rate has no number of inputs and none is assumed.
            SolverError: when a draw could not be certified.
        """
        check_draws(self.draws, self.level)
        shares = self._shares(situation.scenario.largest_share)
        evidence = evidence_of(situation.scenario, self.assumed_tested)
        fixed = fixed_options(situation)
        answers, curve = _Answers(situation, fixed, self.draws), _Curve(situation, fixed, shares)
        for drawn in tracked(in_chunks(evidence.posterior, self.draws, self.seed), self.draws, len):
            accuracy = evidence.shaped(drawn)
            answers.add(accuracy)
            curve.add(accuracy)
        return _result(self, situation, evidence, answers, curve)

    def _shares(self, largest: float) -> FloatArray:
        if isinstance(self.shares, bool) or not isinstance(self.shares, int) or not 2 <= self.shares <= 1000:
            raise InputError(f"shares is {self.shares!r}; expected 2 to 1000 points of the curve.")
        if not 0 <= self.highest_share <= 1:
            raise InputError(
                f"highest_share is {self.highest_share!r}; expected a share of the traffic in 0..1."
            )
        end = self.highest_share or min(1.0, max(0.5, 2 * largest))
        return np.unique(np.append(np.linspace(0.0, end, self.shares), largest))


@dataclass(eq=False)
class _Kept:
    """The first draws of some quantities."""

    draws: FloatArray  # (kept, quantities)
    filled: int = 0

    @staticmethod
    def of(draws: int, quantities: int) -> _Kept:
        return _Kept(np.empty((min(draws, KEPT), quantities)))

    def add(self, some: FloatArray) -> None:
        more = some[: len(self.draws) - self.filled]
        self.draws[self.filled : self.filled + len(more)] = more
        self.filled += len(more)


class _Answers:
    """The game of each draw solved, and what the options earn in it; memory does not grow with the draws."""

    def __init__(self, situation: Situation, fixed: Sequence[Option], draws: int) -> None:
        share = np.array([situation.scenario.largest_share])
        self.options = candidates_at(situation, fixed, share)[0]
        self.recommendation = recommend(situation)
        self.method = resolved_by(situation)
        self.pays = PayoffsOfDraws.at(situation.scenario)
        self.best = BestOfMany(len(self.options))
        self.values = _Kept.of(draws, len(self.options))
        self.solved = _Kept.of(draws, 1 + situation.game.shape[0])  # value, mixed strategy
        self.threshold = _Pair.of(self.recommendation)
        self.crossings = _Kept.of(draws, 1)
        self.deployed = np.zeros(situation.game.shape[0])
        self.complete = 0

    def add(self, accuracy: FloatArray) -> None:
        values = values_in_draws(self.options, self.pays, accuracy)
        self.best.add(values)
        self.values.add(values)
        value, defender, complete = solved_draws(self.pays, accuracy, self.method)
        self.solved.add(np.column_stack([value, defender]))
        self.deployed += (defender > PLAYED).sum(axis=0)
        self.complete += complete
        if self.threshold is not None:
            self.crossings.add(self.threshold.crossings(accuracy)[:, None])


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two defences under one attack: the share from which on the second pays more than the first."""

    plain: int
    defended: int
    column: int
    pays: PayoffsOfDraws  # where all traffic may be adversarial
    names: tuple[str, str, str]

    @staticmethod
    def of(recommendation: Recommendation) -> _Pair | None:
        """The undefended network and the defence that matters most; None where there is no such pair."""
        attack, names = main_attack(recommendation), recommendation.game.defences
        candidates = [name for name, _ in recommendation.deploy if name != recommendation.undefended]
        candidates += [
            option.defence for option in sorted(recommendation.alone, key=lambda option: -option.value)
        ]
        defended = next((name for name in candidates if name != recommendation.undefended), None)
        if attack is None or defended is None:
            return None
        ones = np.append(0.0, np.ones(recommendation.game.shape[1] - 1))
        return _Pair(
            names.index(recommendation.undefended),
            names.index(defended),
            recommendation.game.attacks.index(attack),
            PayoffsOfDraws.at(recommendation.scenario, ones),
            (recommendation.undefended, defended, attack),
        )

    def crossings(self, accuracy: FloatArray) -> FloatArray:
        """The share (draws,), 0 where the second pays more at once and infinite where it never does."""
        rows, columns = np.array([self.plain, self.defended]), np.array([0, self.column])
        known = self.pays.coefficients
        if known is None:
            pays = self.pays(accuracy)[0][:, rows][:, :, columns]
        else:
            pays = known.among(accuracy, rows, columns)[0]
        idle, busy = (pays[:, 1] - pays[:, 0]).T
        return pays_from(idle, busy)


class _Curve:
    """The options compared at every largest share, by the first draws."""

    def __init__(self, situation: Situation, fixed: Sequence[Option], shares: FloatArray) -> None:
        self.shares = shares
        self.options = candidates_at(situation, fixed, shares)
        self.pays = [
            PayoffsOfDraws.at(situation.scenario, shares_up_to(situation.scenario, float(share)))
            for share in shares
        ]
        self.best = [BestOfMany(len(options)) for options in self.options]

    def add(self, accuracy: FloatArray) -> None:
        accuracy = accuracy[: max(0, CURVE_DRAWS - self.best[0].draws)]
        if not len(accuracy):
            return
        for best, pays, options in zip(self.best, self.pays, self.options, strict=True):
            best.add(values_in_draws(options, pays, accuracy))

    def result(self) -> ConfidenceCurve:
        labels = [[option.label for option in options] for options in self.options]
        single = [label for label in labels[0] if label not in MIXTURES]
        every = [*single, *(name for name in MIXTURES if any(name in names for names in labels))]
        probability, mean = (np.full((len(self.shares), len(every)), np.nan) for _ in range(2))
        for row, (names, best) in enumerate(zip(labels, self.best, strict=True)):
            places = [every.index(name) for name in names]
            probability[row, places], mean[row, places] = best.probability_best, best.mean
        return ConfidenceCurve(
            self.shares,
            tuple(every),
            probability,
            mean,
            tuple(names[best.best] for names, best in zip(labels, self.best, strict=True)),
            np.array([best.probability_best[best.best] for best in self.best]),
        )


def _result(
    study: SamplingErrorStudy, situation: Situation, evidence: Evidence, answers: _Answers, curve: _Curve
) -> SamplingError:
    best, level, names = answers.best, study.level, situation.game.defences
    stated = values_of(
        answers.options, situation.game.defender_payoffs[None], situation.game.attacker_payoffs[None]
    )[0]
    options = [
        OptionConfidence(
            option.label,
            tuple(
                (name, float(share))
                for name, share in zip(names, option.mixed_strategy, strict=True)
                if share > PLAYED
            ),
            float(stated[place]),
            Spread(float(best.mean[place]), *_ends(answers.values.draws[:, place], level)),
            float(best.probability_best[place]),
            float(best.expected_loss[place]),
        )
        for place, option in enumerate(answers.options)
    ]
    pair = answers.threshold
    return SamplingError(
        situation.scenario.largest_share,
        tuple(sorted(options, key=lambda option: -option.value.mean)),
        Spread.of(answers.solved.draws[:, 0], level),
        tuple(
            (
                name,
                Spread.of(answers.solved.draws[:, 1 + place], level),
                float(answers.deployed[place] / best.draws),
            )
            for place, name in enumerate(names)
        ),
        None
        if pair is None
        else ThresholdSpread(*pair.names, Spread.of(answers.crossings.draws[:, 0], level)),
        curve.result(),
        best.flattery,
        best.draws,
        level,
        answers.complete / best.draws,
        evidence.words,
        compared_in(situation),
    )


def _ends(draws: FloatArray, level: float) -> tuple[float, float]:
    spread = Spread.of(draws, level)
    return spread.low, spread.high
