"""How far the decision depends on the errors of the judge that decided which attacks succeeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from advgame.arrays import FloatArray
from advgame.decision.decide import decide
from advgame.decision.policies import NOT_RUN
from advgame.decision.situation import Situation
from advgame.errors import InputError
from advgame.games.tolerances import PLAYED
from advgame.number_text import mixture, percent, significant
from advgame.scenarios.judges import JudgeEvidence, Range, judge_evidence_of
from advgame.studies.bulk_policy import solved_for
from advgame.studies.candidates import resolved_by
from advgame.studies.decisions_under_judges import CORRECTED, UnderJudge, rows_under_judges
from advgame.studies.figures import Tiles, tile_letter
from advgame.studies.judged_games import JudgedGames
from advgame.studies.study_contract import Study, StudyResult
from advgame.studies.study_progress import advanced

if TYPE_CHECKING:
    import pandas as pd

NO_BETTER = "the judge does no better than chance"
MOST_DRAWS, MOST_POINTS = 100_000, 41


@dataclass(frozen=True, eq=False)
class JudgeError(StudyResult):
    """The decision over the judge's sensitivity and specificity; money is per classified input."""

    evidence: JudgeEvidence
    rows: tuple[UnderJudge, ...]  # as stated first, then other error rates, then the other judge's verdicts
    rates: int  # success rates of the scenario
    deploy: tuple[str, ...]  # the defences deployed as the scenario states
    changed: float  # share of the draws of the error rates in which other defences are deployed
    value: Range  # of the stated decision: the interval over the draws
    draws: int
    useless: int  # draws, beside those counted, in which the judge does no better than chance
    map: Tiles
    solved: str

    @property
    def sentence(self) -> str:
        """The judge's error rates, what they change, and what keeping the stated decision would lose."""
        parts = [self.evidence.words, self._corrected(), self._varied(), self._other_judge()]
        return " ".join(part for part in parts if part)

    def _corrected(self) -> str:
        row = self._row(CORRECTED)
        if row is None:
            return ""
        how = " for that" if self.evidence.counts else f" for {percent(row.sensitivity or 1)} of both"
        if not self.evidence.counts and row.sensitivity != row.specificity:
            how = " for the middle of both ranges"
        if row.outside:
            how += f" (with {self._cut_off(row.outside)})"
        best, worth = _deployed(row.deploy), significant(row.value)
        if _same(row.deploy, self.deploy):
            return f"Corrected{how}, {best} is still best, worth {worth} per input."
        stated = _deployed(self.rows[0].deploy)
        return (
            f"Corrected{how}, {best} would be best, worth {worth} per input; {stated}, best as "
            f"the scenario states, loses {significant(row.loss, 3)} against it."
        )

    def _cut_off(self, cells: int) -> str:
        if cells == 1:
            return "one corrected rate outside 0 to 100 % and cut off there"
        return (
            f"{cells:,} of {self.rates:,} corrected rates outside 0 to 100 % and cut off there: the judge "
            "can hardly err that often"
        )

    def _varied(self) -> str:
        if not self.draws:
            return f"Over all of this range {NO_BETTER}, so that no success rate can be corrected."
        useless = (
            f" In a further {self.useless:,} {NO_BETTER}, and no rate can be corrected."
            if self.useless
            else ""
        )
        low, high = (significant(end) for end in self.value)
        worth = low if low == high else f"{low} to {high}"
        worst = max(row.loss for row in self.rows if row.sensitivity is not None)
        lost = (
            f"at the ends of their range it loses at most {significant(worst, 3)} against the best policy"
            if worst > 0
            else "it stays the best policy at every end of their range"
        )
        changed = percent(self.changed)
        return (
            f"In {self.draws:,} draws of the error rates, the stated decision is worth {worth} per input "
            f"against an attacker who knows it, and {lost}.{useless} Solved anew in each draw, other "
            f"defences are deployed than at the stated rates in {changed} of them. {self.solved}"
        )

    def _other_judge(self) -> str:
        row = self.rows[-1]
        if row.sensitivity is not None:
            return ""
        still = "still " if _same(row.deploy, self.deploy) else ""
        result = f"{_deployed(row.deploy)} is {still}best, worth {significant(row.value)} per input"
        return f"By {row.verdicts} alone, {result}. {self.evidence.uneven}".rstrip()

    def _row(self, verdicts: str) -> UnderJudge | None:
        return next((row for row in self.rows if row.verdicts == verdicts), None)

    def frame(self) -> pd.DataFrame:
        """One row per pair of error rates, and one for the other judge's verdicts where they are known."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "verdicts": row.verdicts,
                    "sensitivity": row.sensitivity,
                    "specificity": row.specificity,
                    "policy": row.policy,
                    "deploy": _deployed(row.deploy),
                    "value": row.value,
                    "value_of_stated": row.kept,
                    "loss_by_keeping": row.loss,
                    "rates_outside": row.outside,
                }
                for row in self.rows
            ]
        )

    def agreement_frame(self) -> pd.DataFrame:
        """One row per defence: the judge's error rates against the other judge; empty where there is none."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "defence": entry.defence,
                    "hits": entry.counts.hits,
                    "successes": entry.counts.successes,
                    "rejections": entry.counts.rejections,
                    "failures": entry.counts.failures,
                }
                for entry in self.evidence.by_defence
            ]
        )

    def further_frames(self) -> dict[str, pd.DataFrame]:
        """The judge's error rates by defence, where a second judge decided on the same cases."""
        frame = self.agreement_frame()
        return {f"Verdicts against {self.evidence.other!r}": frame} if len(frame) else {}

    @property
    def figure(self) -> Tiles:
        """What is deployed over sensitivity and specificity."""
        return self.map


def _deployed(strategy: Sequence[tuple[str, float]]) -> str:
    return mixture(strategy) or NOT_RUN


def _same(deploy: Sequence[tuple[str, float]], names: Sequence[str]) -> bool:
    return {name for name, _ in deploy} == set(names)


@dataclass(frozen=True)
class JudgeErrorStudy(Study[JudgeError]):
    """How far does the decision depend on the errors of the judge of success?

    A judge, a rule or a model, decided which attacks succeeded. Its error rates are those of the settings, of
    the scenario, or those against a second judge whose verdicts on the same cases lie beside the table
    (``NAME.verdicts.csv`` or ``.parquet``). Where there are none, a range is assumed.

    Args:
        sensitivity: least and greatest share of successes judged successes; empty for what is known.
        specificity: least and greatest share of failures judged failures; empty for what is known.
        assumed: lower end of both where nothing is known, above 0.5, at most 1; the upper end is 1.
        assumed_cases: cases behind error rates that a scenario states without counts.
        level: of the intervals, in (0, 1).
        draws: of the error rates, at least 100.
        points: of the map along each axis, at least 2.
        seed: of the draws.
    """

    name: ClassVar[str] = "judge_error"
    sensitivity: tuple[float, ...] = ()
    specificity: tuple[float, ...] = ()
    assumed: float = 0.9
    assumed_cases: int = 100
    level: float = 0.95
    draws: int = 2_000
    points: int = 9
    seed: int = 0

    def run(self, situation: Situation) -> JudgeError:
        """The decision at the ends of the range, over draws of the error rates, and on a map.

        Raises:
            InputError: for a setting that does not fit, a scenario without attacks, or verdicts that do not
                fit the table.
            SolverError: when nothing could be certified.
        """
        self._check()
        scenario = situation.scenario
        if not np.any(situation.accuracies.adversarial_share > 0):
            raise InputError(
                "No attack of the scenario has any traffic, so no judge's error changes anything. Set "
                "largest_share above 0, or add an attack."
            )
        evidence = judge_evidence_of(
            scenario,
            (self.sensitivity, self.specificity),
            assumed=self.assumed,
            assumed_cases=self.assumed_cases,
            level=self.level,
        )
        method = resolved_by(situation)
        verdict = decide(situation)
        rows = rows_under_judges(situation, verdict.policies, evidence)
        advanced(1, 3)
        judged = JudgedGames(situation, evidence.attack, method)
        kept = verdict.policies.verdict.strategy
        rates, useless = self._drawn(evidence)
        value = judged.values(rates, kept)
        changed = judged.share_changed(rates, evidence.given)
        advanced(2, 3)
        tails = (1 - self.level) / 2, (1 + self.level) / 2
        low, high = np.quantile(value, tails).tolist() if len(rates) else (np.nan, np.nan)
        return JudgeError(
            evidence,
            rows,
            situation.accuracies.attacked_accuracy[:, 1:].size,
            tuple(name for name, share in rows[0].deploy if share > PLAYED),
            changed,
            (low, high),
            len(rates),
            useless,
            _map(judged, evidence, self.points),
            solved_for(situation.concept),
        )

    def _check(self) -> None:
        for name, least, most in (
            ("draws", 100, MOST_DRAWS),
            ("points", 2, MOST_POINTS),
            ("assumed_cases", 1, 10**9),
        ):
            number = getattr(self, name)
            if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
                raise InputError(f"{name} is {number!r}; expected a whole number from {least} to {most:,}.")
        if not 0 < self.level < 1:
            raise InputError(
                f"level is {self.level!r}; expected a probability between 0 and 1, such as 0.95."
            )
        if not 0.5 < self.assumed <= 1:
            raise InputError(
                f"assumed is {self.assumed!r}; expected a rate above 0.5, at most 1: a judge at 0.5 does no "
                "better than chance."
            )

    def _drawn(self, evidence: JudgeEvidence) -> tuple[FloatArray, int]:
        """Draws (draws, 2) of sensitivity and specificity, without those that no rate can be corrected by."""
        rates = evidence.draw(np.random.default_rng(self.seed), self.draws)
        useful = rates.sum(axis=1) > 1
        return rates[useful], int((~useful).sum())


def _map(games: JudgedGames, evidence: JudgeEvidence, points: int) -> Tiles:
    """What is deployed over a grid of sensitivities and specificities."""
    upwards, across = (
        np.linspace(*_widened(ends), points) for ends in (evidence.sensitivity, evidence.specificity)
    )
    rates = np.column_stack(
        [coordinates.ravel() for coordinates in np.meshgrid(upwards, across, indexing="ij")]
    )
    useful = rates.sum(axis=1) > 1
    names = np.full(len(rates), NO_BETTER, dtype=object)
    names[useful] = [
        " + ".join(name for name, on in zip(games.accuracies.defences, row, strict=True) if on)
        for row in games.deployed(rates[useful])
    ]
    seen = list(dict.fromkeys(names.tolist()))
    letters = {name: tile_letter(place) for place, name in enumerate(seen)}
    grid = names.reshape(points, points)[::-1]
    estimate = evidence.estimate
    return Tiles(
        "Defences deployed over the judge's error rates",
        "across: specificity; upwards: sensitivity",
        tuple(f"{value:.3g}" for value in upwards[::-1].tolist()),
        tuple(f"{value:.3g}" for value in across.tolist()),
        tuple(tuple(letters[name] for name in row) for row in grid.tolist()),
        (
            points - 1 - int(np.abs(upwards - estimate[0]).argmin()),
            int(np.abs(across - estimate[1]).argmin()),
        ),
        tuple((letters[name], name) for name in seen),
    )


def _widened(ends: Range) -> Range:
    """The range of a map: at least from the interval to 1, so that verdicts taken as right are on it."""
    return max(ends[0], 1e-6), 1.0
