"""Plays the recommendation on drawn traffic: what it earns, with its interval, against what was predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.decide import decide
from advgame.decision.recommendation import Recommendation, played
from advgame.decision.situation import Situation
from advgame.errors import InputError
from advgame.number_text import signed, significant
from advgame.scenarios.evidence import evidence_of
from advgame.studies.live_outcomes import Attack, Network, live_evidence, with_live_accuracy
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.traffic import Kinds, Money, Stream, realised

if TYPE_CHECKING:
    import pandas as pd

MOST_INPUTS, MOST_RUNS = 5_000_000, 1_000_000
OUTCOMES = "drawn from outcomes per input"
ACCURACIES = "each classified correctly with the probability of its accuracy"
LIVE = "answered by live networks"


@dataclass(frozen=True)
class Estimate:
    """A mean over a run of traffic, its interval, and the value predicted; money per classified input."""

    predicted: float
    mean: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the predicted value lies in the interval."""
        return self.low <= self.predicted <= self.high


@dataclass(frozen=True)
class KindOfInput:
    """Inputs of one kind in a run: answered by one network, benign or under one attack."""

    defence: str
    attack: str
    expected: float  # inputs
    inputs: int
    right: int
    accuracy: float
    earned: float  # money, by all of them


@dataclass(frozen=True, eq=False)
class Simulation(StudyResult):
    """One run of traffic in detail, and how often intervals of many runs hold the predicted value."""

    deploy: tuple[tuple[str, float], ...]
    attacked_by: tuple[tuple[str, float], ...]
    worth: Estimate  # of the recommendation
    gained: Estimate  # against doing nothing, on the same inputs
    undefended: str
    kinds: tuple[KindOfInput, ...]
    inputs: int  # in a run
    runs: int
    coverage: float  # share of the runs whose interval holds the predicted value
    level: float
    drawn: str  # how an input is found right or wrong

    @property
    def sentence(self) -> str:
        """The realised payoff with its interval, the predicted one, and the coverage."""
        worth, gained = self.worth, self.gained
        return (
            f"On {self.inputs:,} simulated inputs, {self.drawn}, the recommendation earned "
            f"{significant(worth.mean)} per input ({100 * self.level:g} % interval "
            f"{significant(worth.low)} to "
            f"{significant(worth.high)}; predicted {significant(worth.predicted)}), "
            f"{signed(significant(gained.mean, 3))} "
            f"against {self.undefended} on the same inputs (predicted "
            f"{signed(significant(gained.predicted, 3))}). The "
            f"interval held the predicted value in {100 * self.coverage:.3g} % of {self.runs:,} runs."
        )

    def frame(self) -> pd.DataFrame:
        """One row per kind of input: the network that answers, and no attack or the attack."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "defence": kind.defence,
                    "attack": kind.attack,
                    "expected_inputs": kind.expected,
                    "inputs": kind.inputs,
                    "right": kind.right,
                    "accuracy": kind.accuracy,
                    "earned": kind.earned,
                }
                for kind in self.kinds
            ]
        )


@dataclass(frozen=True)
class SimulationStudy(Study[Simulation]):
    """What does the recommendation earn on simulated traffic, and is that what was predicted?

    Where outcomes per input lie beside the table, inputs are drawn from those tested; otherwise every
    input is classified correctly with the probability of its accuracy. Live networks may be given as
    functions of any library; traffic is then drawn from the examples, attacked where it is adversarial, and
    answered by them.

    Args:
        inputs: classified inputs in a run, 30 to 5,000,000.
        runs: runs for the coverage of the interval.
        level: of the intervals, in (0, 1).
        seed: of the draws.
        networks: defence → function from an array of inputs (k, …) to labels (k,); empty for none.
        examples: (k, …) benign inputs for the networks.
        labels: (k,) the right label of each example.
        attacks: attack → function of a network, examples and labels that returns the attacked examples.
    """

    name: ClassVar[str] = "simulation"
    inputs: int = 20_000
    runs: int = 1000
    level: float = 0.95
    seed: int = 18120424
    networks: Mapping[str, Network] = field(default_factory=dict)
    examples: Any = None
    labels: Any = None
    attacks: Mapping[str, Attack] = field(default_factory=dict)

    def run(self, situation: Situation) -> Simulation:
        """One run in detail and many runs for the coverage.

        Raises:
            InputError: for settings out of range, payoffs that are not sums over inputs, and networks,
                attacks or examples that are missing or do not fit.
            SolverError: when nothing could be certified.
        """
        _whole("inputs", self.inputs, 30, MOST_INPUTS)
        _whole("runs", self.runs, 1, MOST_RUNS)
        if not 0 < self.level < 1:
            raise InputError(f"level is {self.level!r}; expected a number between 0 and 1, such as 0.95.")
        return _simulated(self, decide(situation).recommendation)


def _simulated(study: SimulationStudy, recommendation: Recommendation) -> Simulation:
    accuracies, money = recommendation.situation.accuracies, Money.of(recommendation.scenario)
    evidence = evidence_of(recommendation.scenario)
    names = recommendation.game.defences, recommendation.game.attacks
    defended = Kinds.of(accuracies, money, recommendation.profile.defender, recommendation.profile.attacker)
    nothing = recommendation.doing_nothing
    plain = Kinds.of(
        accuracies,
        money,
        np.eye(len(names[0]))[names[0].index(nothing.defence)],
        np.eye(len(names[1]))[names[1].index(nothing.answer)],
    )
    drawn = OUTCOMES if evidence.paired else ACCURACIES
    realised_kinds = defended
    if study.networks:
        live = study.networks, study.attacks, study.examples, study.labels
        evidence, drawn = live_evidence(evidence, (defended, plain), *live), LIVE
        realised_kinds = with_live_accuracy(defended, evidence)
    random = np.random.default_rng(study.seed)
    stream = Stream.drawn(evidence, study.inputs, random)
    earned, kind, right = stream.earned(defended, evidence, random)
    unprotected = stream.earned(plain, evidence, random)[0]
    means, errors = realised(realised_kinds, study.inputs, study.runs, random)
    margin = _quantile(study.level) * errors
    return Simulation(
        played(names[0], recommendation.profile.defender),
        played(names[1], recommendation.profile.attacker),
        _estimate(earned, defended.predicted, study.level),
        _estimate(earned - unprotected, defended.predicted - plain.predicted, study.level),
        nothing.defence,
        tuple(
            KindOfInput(
                names[0][defended.defence[place]],
                names[1][defended.attack[place]],
                float(study.inputs * defended.probability[place]),
                int((kind == place).sum()),
                int(right[kind == place].sum()),
                float(defended.accuracy[place]),
                float(earned[kind == place].sum()),
            )
            for place in range(len(defended.probability))
        ),
        study.inputs,
        study.runs,
        float((np.abs(means - defended.predicted) <= margin).mean()),
        study.level,
        drawn,
    )


def _estimate(earned: FloatArray, predicted: float, level: float) -> Estimate:
    mean = float(earned.mean())
    margin = _quantile(level) * float(earned.std(ddof=1)) / np.sqrt(len(earned))
    return Estimate(predicted, mean, float(mean - margin), float(mean + margin))


def _quantile(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))


def _whole(name: str, given: object, least: int, most: int) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise InputError(f"{name} is {given!r}; expected a whole number in {least:,}..{most:,}.")
