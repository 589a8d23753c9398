"""How far to prune: size against accuracy and explanations, and the compression the game recommends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision.recommendation import values_alone
from advgame.decision.situation import Situation
from advgame.decision.solve_many import solve_many
from advgame.equilibria import batch_method_of, for_many_games
from advgame.errors import InputError, UnknownName
from advgame.games.tolerances import PLAYED
from advgame.number_text import significant
from advgame.scenarios import Scenario
from advgame.scenarios.evidence import Evidence, evidence_of
from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws, shares_up_to
from advgame.scenarios.network_sizes import NetworkSize, network_sizes
from advgame.statistics.best_of_many import BestOfMany
from advgame.studies.candidates import Option, values_in_draws
from advgame.studies.figures import Curve, Curves
from advgame.studies.study_contract import Study, StudyResult

if TYPE_CHECKING:
    import pandas as pd

HIGHER = {  # criteria, and whether a higher value is better
    "compression": True,
    "clean_accuracy": True,
    "robust_accuracy": True,
    "explanation": True,
    "relative_latency": False,
    "defence_cost": False,
}
USUAL = ("compression", "clean_accuracy", "robust_accuracy")
SAME_COMPRESSION = 1e-3  # relative: rounding of counts makes no other compression


@dataclass(frozen=True)
class PrunedNetwork:
    """One network with all that is known of it; NaN where a figure is not known."""

    defence: str
    compression: float  # parameters before over parameters left
    parameters_left: float
    relative_latency: float  # over that of the network it was made from
    clean_accuracy: float
    robust_accuracy: float  # the least over the attacks that have traffic; NaN without any
    explanation: float  # by the measure of the result; higher is better
    defence_cost: float  # money per classified input
    on_front: bool  # no other network is at least as good in all criteria and better in one


@dataclass(frozen=True)
class AtShare:
    """What is best when the attacker can supply some share of the traffic at most."""

    largest_share: float
    network: str  # the best single known network
    compression: float
    probability_best: float  # that this network is the best one
    probability_of_compression: float  # that a network of this compression is
    value: float  # of the network, money per classified input
    deploy: tuple[tuple[str, float], ...]  # the mixed strategy recommended
    parameters_kept: float  # by that strategy, as a share of all, averaged over inputs; NaN if not known


@dataclass(frozen=True, eq=False)
class SweetSpots(StudyResult):
    """Pruned networks compared, and the compression that the game recommends as the share grows."""

    in_money: ClassVar[bool] = False

    networks: tuple[PrunedNetwork, ...]
    criteria: tuple[str, ...]
    explanation: str  # the measure of explanations; empty for none
    along: tuple[AtShare, ...]
    here: AtShare  # at the scenario's own largest share
    evidence: str  # what the probabilities rest on

    @property
    def sentence(self) -> str:
        """The front, and the recommended compression without an attacker and at the scenario's share."""
        front = [network for network in self.networks if network.on_front]
        compressions = sorted({round(network.compression, 3) for network in front})
        first, own = self.along[0], self.here
        ends = f"x{compressions[0]:.3g} to x{compressions[-1]:.3g}" if compressions else "none"
        are = "is" if len(front) == 1 else "are"
        return (
            f"{len(front)} of {len(self.networks)} networks {are} on the Pareto "
            f"front of {', '.join(self.criteria)} ({ends}). Without an attacker the best single network is "
            f"{first.network}{_times(first.compression)}; at a largest share of {own.largest_share:.3g} it "
            f"is {own.network}{_times(own.compression)}, the best one with probability "
            f"{significant(own.probability_best, 2)}."
        )

    def frame(self) -> pd.DataFrame:
        """One row per network."""
        import pandas as pd

        names = [about.name for about in fields(PrunedNetwork)]
        return pd.DataFrame([{name: getattr(network, name) for name in names} for network in self.networks])

    @property
    def figure(self) -> Curves:
        """The recommended compression, and its probability of being best, by the largest share."""
        return Curves(
            "Recommended compression by the largest share",
            "largest share of the traffic that can be adversarial",
            "compression",
            (
                Curve(
                    "of the best single network",
                    tuple((point.largest_share, point.compression) for point in self.along),
                    strong=True,
                ),
            ),
            here=self.here.largest_share,
        )

    def along_shares(self) -> pd.DataFrame:
        """One row per largest share: the best network, its compression, and their probabilities."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "largest_share": point.largest_share,
                    "network": point.network,
                    "compression": point.compression,
                    "probability_best": point.probability_best,
                    "probability_of_compression": point.probability_of_compression,
                    "value": point.value,
                    "parameters_kept": point.parameters_kept,
                    "deploy": " + ".join(f"{share:.4g} {name}" for name, share in point.deploy),
                }
                for point in self.along
            ]
        )


def _times(compression: float) -> str:
    return "" if np.isnan(compression) else f" (x{compression:.3g})"


@dataclass(frozen=True)
class SweetSpotStudy(Study[SweetSpots]):
    """How far should a network be pruned, given size, accuracy, explanations and the attacker?

    Args:
        criteria: of the Pareto front: compression, clean_accuracy, robust_accuracy, explanation,
            relative_latency, defence_cost; empty for the first three, with explanation where it is known of
            every network.
        shares: points along the largest share, 2 to 1000.
        highest_share: where they end; 0 for twice the scenario's share, at least one half.
        draws: of the accuracies, for the probability of being best, 100 to 1,000,000.
        assumed_tested: test inputs assumed where a source gives a rate without their number; 0 refuses that.
        seed: of the draws.
    """

    name: ClassVar[str] = "sweet_spots"
    criteria: tuple[str, ...] = ()
    shares: int = 11
    highest_share: float = 0.0
    draws: int = 2000
    assumed_tested: int = 1000
    seed: int = 19891116

    def run(self, situation: Situation) -> SweetSpots:
        """The networks, their front, and the best compression along the largest share.

        Raises:
            InputError: for a scenario without networks of different sizes, and settings out of range.
            MeasurementError: where a rate has no number of inputs and none is assumed.
            UnknownName: for a criterion that does not exist.
        """
        self._check()
        scenario = situation.scenario
        sizes, measure = network_sizes(scenario)
        compressions = {round(network.compression, 3) for network in sizes if network.compression}
        if len(compressions) < 2:
            raise InputError(
                "The networks of the scenario do not differ in size, as far as its table states: "
                f"{'all have all their parameters' if compressions else 'no compression is given'}. Give "
                "compression_nominal, or parameters_left and parameters_total, for pruned networks."
            )
        rows = _rows(situation, sizes)
        criteria = self.criteria or (*USUAL, *(("explanation",) if _all_known(rows, "explanation") else ()))
        criteria = tuple(criterion for criterion in criteria if self.criteria or _any_known(rows, criterion))
        front = pareto_front(np.array([_oriented(row, criteria) for row in rows]))
        largest = scenario.largest_share
        evidence = evidence_of(scenario, self.assumed_tested)
        along = _along(self, situation, sizes, evidence)
        return SweetSpots(
            tuple(
                PrunedNetwork(**row, on_front=bool(best))  # type: ignore[arg-type]
                for row, best in zip(rows, front, strict=True)
            ),
            criteria,
            measure,
            along,
            next(point for point in along if point.largest_share == largest),
            evidence.words,
        )

    def _check(self) -> None:
        for name in self.criteria:
            if name not in HIGHER:
                raise UnknownName("criterion", str(name), HIGHER)
        for name, most, least in (("shares", 1000, 2), ("draws", 1_000_000, 100)):
            given = getattr(self, name)
            if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
                raise InputError(f"{name} is {given!r}; expected a whole number in {least}..{most:,}.")
        if not 0 <= self.highest_share <= 1:
            raise InputError(f"highest_share is {self.highest_share!r}; expected a share in 0..1.")

    def along(self, largest: float) -> FloatArray:
        """The largest shares at which networks are compared, the scenario's own among them.

        Args:
            largest: the scenario's largest share.
        """
        end = self.highest_share or min(1.0, max(0.5, 2 * largest))
        return np.unique(np.append(np.linspace(0.0, end, self.shares), largest))


def pareto_front(values: FloatArray) -> NDArray[np.bool_]:
    """Which rows no other row dominates, (rows,) of booleans; rows with a NaN are on no front.

    >>> pareto_front(np.array([[1.0, 3.0], [2.0, 2.0], [1.0, 2.0], [2.0, 2.0]])).tolist()
    [True, True, False, True]

    Args:
        values: (rows, criteria), higher is better.
    """
    known = np.asarray(~np.isnan(values).any(axis=1))
    at_least = (values[:, None] >= values[None]).all(axis=2)
    better = (values[:, None] > values[None]).any(axis=2)
    dominated = (at_least & better & known[:, None]).any(axis=0)
    return np.asarray(np.logical_and(known, np.logical_not(dominated)))


Row = dict[str, float | str]


def _rows(situation: Situation, sizes: Sequence[NetworkSize]) -> list[Row]:
    accuracies = situation.accuracies
    open_columns = np.flatnonzero(accuracies.adversarial_share > 0)
    robust = (
        accuracies.attacked_accuracy[:, open_columns].min(axis=1)
        if len(open_columns)
        else np.full(len(sizes), np.nan)
    )
    cost = np.asarray(situation.scenario.term("defence_cost").to_defender(accuracies))
    costs = -np.broadcast_to(cost, situation.game.shape)[:, 0]
    return [
        {
            "defence": size.defence,
            "compression": _number(size.compression),
            "parameters_left": _number(size.parameters_left),
            "relative_latency": _number(size.relative_latency),
            "clean_accuracy": float(accuracies.clean_accuracy[place]),
            "robust_accuracy": float(robust[place]),
            "explanation": _number(size.explanation),
            "defence_cost": float(costs[place]),
        }
        for place, size in enumerate(sizes)
    ]


def _number(given: float | None) -> float:
    return float("nan") if given is None else float(given)


def _all_known(rows: list[Row], name: str) -> bool:
    return not any(np.isnan(float(row[name])) for row in rows)


def _any_known(rows: list[Row], name: str) -> bool:
    return not all(np.isnan(float(row[name])) for row in rows)


def _oriented(row: Row, criteria: Sequence[str]) -> list[float]:
    return [float(row[name]) if HIGHER[name] else -float(row[name]) for name in criteria]


def _along(
    study: SweetSpotStudy, situation: Situation, sizes: Sequence[NetworkSize], evidence: Evidence
) -> tuple[AtShare, ...]:
    scenario, names = situation.scenario, situation.game.defences
    shares = study.along(scenario.largest_share)
    method = batch_method_of(for_many_games(situation.concept)) or "nash"
    mixtures = solve_many(scenario, {"largest_share": shares}, method).defender
    compressions = np.array([_number(size.compression) for size in sizes])
    accuracy = evidence.draw(np.random.default_rng(study.seed), study.draws)
    return tuple(
        _at(scenario, names, compressions, float(share), mixture, accuracy)
        for share, mixture in zip(shares, mixtures, strict=True)
    )


def _at(
    scenario: Scenario,
    names: tuple[str, ...],
    compressions: FloatArray,
    share: float,
    mixture: FloatArray,
    accuracy: FloatArray,
) -> AtShare:
    pays = PayoffsOfDraws.at(scenario, shares_up_to(scenario, share))
    values = values_alone(*pays(scenario.accuracies.attacked_accuracy[None]), in_favour=False)[0]
    best = int(values.argmax())
    compared = BestOfMany(len(names))
    options = tuple(Option(name, row) for name, row in zip(names, np.eye(len(names)), strict=True))
    compared.add(values_in_draws(options, pays, accuracy))
    chances = compared.probability_best
    alike = np.abs(compressions - compressions[best]) <= SAME_COMPRESSION * compressions[best]
    return AtShare(
        share,
        names[best],
        float(compressions[best]),
        float(chances[best]),
        float(chances[alike].sum()),
        float(values[best]),
        tuple((name, float(part)) for name, part in zip(names, mixture, strict=True) if part > PLAYED),
        float(mixture[mixture > PLAYED] @ (1 / compressions[mixture > PLAYED])),
    )
