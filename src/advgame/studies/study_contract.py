"""The contract of a study: a question about a scenario, answered by a sentence and a table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from advgame.decision import Situation
from advgame.scenarios import Scenario
from advgame.studies.figures import StudyFigure

if TYPE_CHECKING:
    import pandas as pd


class StudyResult(ABC):
    """The result of a study; a subclass is a frozen dataclass with the values as fields.

    ``in_money`` is False where neither the sentence nor the table states amounts of money per input.
    """

    in_money: ClassVar[bool] = True

    @property
    @abstractmethod
    def sentence(self) -> str:
        """The result in one sentence that makes sense without the table."""

    @abstractmethod
    def frame(self) -> pd.DataFrame:
        """The result as a table, one row per case, with stable and descriptive column names."""

    def report_frame(self) -> pd.DataFrame:
        """The table as a report shows it; by default `frame`."""
        return self.frame()

    def further_frames(self) -> dict[str, pd.DataFrame]:
        """Further tables by title, which the command line prints below the first; by default none."""
        return {}

    @property
    def figure(self) -> StudyFigure | None:
        """The values of a figure; None, the default, where the table suffices."""
        return None


Result_co = TypeVar("Result_co", bound=StudyResult, covariant=True)


@dataclass(frozen=True)
class Study(ABC, Generic[Result_co]):
    """One question about a scenario.

    The fields of a subclass are its settings, each with a default; its docstring states the question and
    the meaning of each setting. ``name`` is its name in ``STUDIES``.
    """

    name: ClassVar[str]

    @staticmethod
    def prepared(scenario: Scenario) -> Scenario:
        """The scenario as the study reads it, before it is solved; by default unchanged.

        Args:
            scenario: as given.
        """
        return scenario

    @abstractmethod
    def run(self, situation: Situation) -> Result_co:
        """The result for a scenario under a concept.

        Args:
            situation: the scenario with its game and solution, each computed once.

        Raises:
            InputError: when a setting does not fit the scenario.
            SolverError: when nothing could be certified.
        """
