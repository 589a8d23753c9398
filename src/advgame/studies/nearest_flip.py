"""The smallest joint change of the measured accuracies that changes which defences are deployed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.decision.attacker_amounts import attacker_amounts
from advgame.decision.decide import decide
from advgame.decision.recommendation import Recommendation
from advgame.decision.situation import Situation
from advgame.equilibria.concepts.robust_commitment import RobustCommitment
from advgame.errors import InputError
from advgame.games.tolerances import PLAYED
from advgame.number_text import signed, significant
from advgame.payoffs import build
from advgame.scenarios.evidence import Evidence, evidence_of, standard_errors
from advgame.scenarios.family.payoffs_at_draws import PayoffsOfDraws
from advgame.studies.bulk_policy import beside_the_verdict
from advgame.studies.candidates import resolved_by
from advgame.studies.nearest_change import Search
from advgame.studies.parameter_line import Deploy, deployed
from advgame.studies.solved_draws import worst_solutions
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import part

if TYPE_CHECKING:
    import pandas as pd

NOTED = 0.02  # of the distance: a figure that moves less is not named in a sentence
NAMED = 3  # figures named in a sentence
SEARCHED = 0.4  # of the work: the search along rays, before the nearest points are refined
RULE = (
    "The distance is the root of the sum of squared changes, each in standard errors of its own figure; "
    "errors that figures share because they were measured on the same inputs are not subtracted."
)


@dataclass(frozen=True)
class FigureChange:
    """One accuracy as measured, and after the smallest joint change."""

    defence: str
    attack: str
    accuracy: float  # 0..1
    standard_error: float  # 0 for an accuracy that is assumed, which stays
    changed: float  # 0..1

    @property
    def in_standard_errors(self) -> float:
        """The change; negative where the accuracy falls."""
        return (self.changed - self.accuracy) / self.standard_error if self.standard_error else 0.0


@dataclass(frozen=True)
class NearestFlip(StudyResult):
    """How far the measured accuracies are from those at which other defences are deployed."""

    in_money: ClassVar[bool] = False

    deploy: Deploy  # at the accuracies as measured
    deploy_changed: Deploy | None  # after the change; None where no change was found
    distance: float  # of all figures jointly, in standard errors; infinite where none was found
    single_distance: float  # of the nearest change of one figure alone
    single: FigureChange | None  # that figure; None where no single one suffices
    figures: tuple[FigureChange, ...]  # every accuracy, the greatest change first
    reach: float  # standard errors: how far was searched
    starts: int  # from which the search was refined
    agreeing: int  # of these, how many ended within 1 % of the smallest distance
    concept: str  # of the games solved
    evidence: str  # what the accuracies rest on
    solved: str  # for which policy, beside the verdict
    verdict_changed: Deploy | None  # what the verdict, with its margin, deploys there; None without a margin
    rule: str = RULE

    @property
    def sentence(self) -> str:
        """The distance, the defences before and after, and the figures that move most."""
        current = " + ".join(self.deploy)
        if self.deploy_changed is None:
            return (
                f"{current} stays deployed: no joint change of up to {self.reach:g} standard errors that was "
                f"tried changes which defences are deployed. {self.solved}"
            )
        moving = [figure for figure in self.figures if abs(figure.in_standard_errors) > NOTED * self.distance]
        named = ", ".join(_in_words(figure) for figure in moving[:NAMED])
        more = len(moving) - NAMED
        further = "" if more <= 0 else f" and {more} more figure{'s' if more > 1 else ''}"
        alone = (
            "no single figure does so within the same reach"
            if self.single is None
            else f"a single figure would have to move by {_distance(self.single_distance)}"
        )
        return (
            f"The nearest change of the deployed defences, from {current} to "
            f"{' + '.join(self.deploy_changed)}, is {_distance(self.distance)} standard errors away if all "
            f"figures move jointly ({alone}): {named}{further}. {self.solved}{self._verdict_there()}"
        )

    def _verdict_there(self) -> str:
        if self.verdict_changed is None:
            return ""
        return f" At the changed accuracies it deploys {' + '.join(self.verdict_changed)}."

    def frame(self) -> pd.DataFrame:
        """One row per accuracy, the greatest change first."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "defence": figure.defence,
                    "attack": figure.attack,
                    "accuracy": figure.accuracy,
                    "changed": figure.changed,
                    "standard_errors": figure.in_standard_errors,
                    "standard_error": figure.standard_error,
                }
                for figure in self.figures
            ]
        )


def _distance(away: float) -> str:
    return "less than 0.001" if 0 < away < 0.001 else significant(away, 3)


def _in_words(figure: FigureChange) -> str:
    under = "without attack" if figure.attack == NO_ATTACK else f"under {figure.attack}"
    ends = f"from {significant(figure.accuracy)} to {significant(figure.changed)}"
    return f"{figure.defence} {under} {ends} ({signed(significant(figure.in_standard_errors, 2))})"


@dataclass(frozen=True)
class NearestFlipStudy(Study[NearestFlip]):
    """How little must all measured accuracies change together until the decision deploys other defences?

    Args:
        reach: how far is searched, in standard errors.
        starts: from how many directions the search is refined.
        assumed_tested: test inputs assumed where a source gives a rate without their number; 0 refuses that.
    """

    name: ClassVar[str] = "nearest_flip"
    reach: float = 100.0
    starts: int = 8
    assumed_tested: int = 1000

    def run(self, situation: Situation) -> NearestFlip:
        """The nearest change found along rays from the accuracies as measured, verified by solving there.

        Raises:
            InputError: for a setting that does not fit, where no accuracy is measured, or for a concept that
                is solved one game at a time only.
            MeasurementError: where a rate has no number of inputs and none is assumed.
            SolverError: when a game could not be certified.
        """
        self._check()
        verdict = decide(situation).recommendation
        situation = verdict.situation
        evidence = evidence_of(situation.scenario, self.assumed_tested)
        moves = _Moves(situation, standard_errors(situation.scenario, self.assumed_tested))
        search = Search(moves.changes, *moves.box, self.reach)
        with part(0.0, SEARCHED / 2):
            single = search.first(np.concatenate([moves.single, -moves.single]))
        with part(SEARCHED / 2, SEARCHED):
            together = search.first(np.concatenate([moves.joint, -moves.joint]))
        with part(SEARCHED, 1.0):
            ends = search.nearest(np.concatenate([single, together]), self.starts)
        return self._result(moves, evidence, single, ends, verdict)

    def _check(self) -> None:
        if isinstance(self.reach, bool) or not 0 < self.reach < np.inf:
            raise InputError(f"reach is {self.reach!r}; expected a positive number of standard errors.")
        if isinstance(self.starts, bool) or not isinstance(self.starts, int) or self.starts < 1:
            raise InputError(f"starts is {self.starts!r}; expected at least 1 direction.")

    def _result(
        self,
        moves: _Moves,
        evidence: Evidence,
        single: FloatArray,
        ends: tuple[FloatArray, ...],
        verdict: Recommendation,
    ) -> NearestFlip:
        distances = [float(np.linalg.norm(end)) for end in ends]
        nearest = ends[0] if ends else np.zeros(len(moves.measured))
        figures = sorted(moves.figures(nearest), key=lambda figure: -abs(figure.in_standard_errors))
        alone = np.nan_to_num(np.linalg.norm(single, axis=1), nan=np.inf)
        best = int(alone.argmin())
        changes = bool(np.isfinite(alone[best]))
        return NearestFlip(
            moves.stated,
            moves.deployed(nearest) if ends else None,
            distances[0] if ends else float("inf"),
            float(alone[best]),
            max(moves.figures(single[best]), key=lambda figure: abs(figure.in_standard_errors))
            if changes
            else None,
            tuple(figures),
            self.reach,
            len(ends),
            sum(distance <= 1.01 * distances[0] for distance in distances),
            moves.method,
            evidence.words,
            beside_the_verdict(verdict),
            moves.with_margin(nearest) if ends else None,
        )


class _Moves:
    """Joint changes of the accuracies, each coordinate in standard errors of one figure."""

    def __init__(self, situation: Situation, errors: FloatArray) -> None:
        self.situation = situation
        accuracies = situation.accuracies
        self.defences, self.attacks = accuracies.defences, accuracies.attacks
        self.measured = accuracies.attacked_accuracy.ravel()
        self.errors = errors.ravel()
        self.method = resolved_by(situation)
        self.pays = PayoffsOfDraws.at(situation.scenario)
        # an attack without traffic is no attack: left out, or it would tie with none
        self.open = np.append(0, np.flatnonzero(accuracies.adversarial_share > 0))
        if not self.errors.any():
            raise InputError(
                "All accuracies of the scenario are assumed, so none has a standard error. Remove what_if, "
                "or use the study thresholds."
            )
        (self._played_as_stated,) = self._played(np.zeros((1, len(self.measured))))
        self.stated = deployed(self._played_as_stated.astype(float), self.defences)

    @property
    def box(self) -> tuple[FloatArray, FloatArray]:
        """The least and the greatest coordinates: accuracies stay in 0..1."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = [(end - self.measured) / self.errors for end in (0.0, 1.0)]
        low, high = (np.where(self.errors > 0, end, 0.0) for end in ends)
        return low, high

    @property
    def single(self) -> FloatArray:
        """One direction for each figure that is measured."""
        return np.eye(len(self.measured))[self.errors > 0]

    @property
    def joint(self) -> FloatArray:
        """One direction for all figures of each defence, and of each attack."""
        shape = len(self.defences), len(self.attacks)
        cells = np.arange(len(self.measured)).reshape(shape)
        groups = [*cells, *cells.T]
        directions = np.array([np.isin(cells.ravel(), group) for group in groups]) * (self.errors > 0)
        return np.asarray(directions[directions.any(axis=1)], np.float64)

    def changes(self, points: FloatArray) -> NDArray[np.bool_]:
        """Whether other defences are deployed at some changes (k, figures)."""
        return np.asarray((self._played(points) != self._played_as_stated).any(axis=1))

    def deployed(self, point: FloatArray) -> Deploy:
        """The defences deployed after one change (figures,)."""
        return deployed(self._played(point[None])[0].astype(float), self.defences)

    def with_margin(self, point: FloatArray) -> Deploy | None:
        """What the verdict deploys after one change (figures,), where it has a margin; else None."""
        concept, scenario = self.situation.concept, self.situation.scenario
        if not isinstance(concept, RobustCommitment):
            return None
        changed = self.changed(point).reshape(len(self.defences), len(self.attacks))
        accuracies = replace(
            self.situation.accuracies,
            clean_accuracy=changed[:, 0],
            attacked_accuracy=changed,
            exact_accuracy=None,
        )
        shifted = replace(concept, amounts=attacker_amounts(scenario, accuracies))
        solved = shifted.solve(build(accuracies, scenario.terms)).recommended
        return deployed(solved.defender, self.defences)

    def changed(self, point: FloatArray) -> FloatArray:
        """The accuracies (figures,) after one change, without the last bit beyond 0 or 1."""
        return np.clip(self.measured + self.errors * point, 0.0, 1.0)

    def figures(self, point: FloatArray) -> list[FigureChange]:
        """Every accuracy before and after one change (figures,)."""
        changed = self.changed(point)
        names = [(defence, attack) for defence in self.defences for attack in self.attacks]
        return [
            FigureChange(*name, *numbers)
            for name, *numbers in zip(
                names, self.measured.tolist(), self.errors.tolist(), changed.tolist(), strict=True
            )
        ]

    def _played(self, points: FloatArray) -> NDArray[np.bool_]:
        accuracy = self.measured + self.errors * points
        a, b = self.pays(accuracy.reshape(-1, len(self.defences), len(self.attacks)))
        a, b = (np.ascontiguousarray(matrices[:, :, self.open]) for matrices in (a, b))
        return np.asarray(worst_solutions(a, b, self.method)[1] > PLAYED)
