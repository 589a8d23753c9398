"""How few defences suffice: the smallest set that earns nearly what all of them earn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision.decide import decide
from advgame.decision.policies import same_worth
from advgame.decision.recommendation import undefended_of
from advgame.decision.situation import Situation
from advgame.errors import InputError
from advgame.games.tolerances import PLAYED, TIE
from advgame.number_text import percent, significant
from advgame.studies.bulk_policy import beside_the_verdict
from advgame.studies.candidates import resolved_by
from advgame.studies.figures import Curve, Curves
from advgame.studies.solved_draws import worst_solutions
from advgame.studies.study_contract import Study, StudyResult

if TYPE_CHECKING:
    import pandas as pd

PAYOFFS_AT_A_TIME = 1 << 19
Sets = NDArray[np.intp]  # (sets, size) indices of defences

RULE = (
    "Each set is a game of its own, solved under the same concept as the scenario: the attacker adapts to "
    "the defences that are left."
)


@dataclass(frozen=True)
class DefenceSet:
    """The best set of some size; money per classified input."""

    defences: tuple[str, ...]
    value: float
    kept: float  # share of what all defences earn over doing nothing; 1 where they earn nothing
    solved: int  # sets of this size that were solved
    exact: bool  # whether these are all of them; otherwise the set was built up one by one

    @property
    def size(self) -> int:
        """How many defences it has."""
        return len(self.defences)


@dataclass(frozen=True)
class Portfolio(StudyResult):
    """The best set of each size, up to the first that is good enough; money per classified input."""

    sets: tuple[DefenceSet, ...]  # one for each size from 1 on
    defences: int  # of the scenario
    value: float  # with all of them
    undefended: str
    undefended_value: float  # with the undefended network alone
    within: float  # share of the gain over doing nothing that may be lost
    concept: str  # of the games solved
    solved: str  # for which policy, beside the verdict
    rule: str = RULE

    @property
    def smallest(self) -> DefenceSet:
        """The smallest set found that is good enough."""
        return self.sets[-1]

    @property
    def exact(self) -> bool:
        """Whether no smaller set is good enough: all of them were solved."""
        return all(chosen_set.exact for chosen_set in self.sets[:-1])

    @property
    def sentence(self) -> str:
        """The smallest set, what it keeps, and the best set of one fewer."""
        best = self.smallest
        if best.size == 1:
            how = "no set is smaller"
        elif self.exact:
            how = "all smaller sets were solved, and none does"
        else:
            how = "a smaller set may exist, because large sets were built up one defence at a time"
        fewer = "" if best.size == 1 else f" {_named(self.sets[-2])} keeps {percent(self.sets[-2].kept, 4)}."
        return (
            f"{best.size} of {self.defences} {'defence' if self.defences == 1 else 'defences'}, "
            f"{_named(best)}, {'suffices' if best.size == 1 else 'suffice'}: worth "
            f"{significant(best.value)} per input, with all of them "
            f"{significant(self.value)}{self._compared()}; "
            f"{how}.{fewer} {self.solved}"
        )

    def _compared(self) -> str:
        kept = self.smallest.kept
        if kept > 1 + TIE:
            return ", as the attacker adapts to what is left"
        if self.value <= self.undefended_value or same_worth(self.value, self.undefended_value):
            return f", no more than {self.undefended} alone"
        return f" ({percent(kept, 4)} of what all earn over {self.undefended} alone)"

    def frame(self) -> pd.DataFrame:
        """One row per size: the best set, its value, and what it keeps."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "size": chosen_set.size,
                    "defences": _named(chosen_set),
                    "value": chosen_set.value,
                    "kept": chosen_set.kept,
                    "sets_solved": chosen_set.solved,
                    "exact": chosen_set.exact,
                }
                for chosen_set in self.sets
            ]
        )

    @property
    def figure(self) -> Curves | None:
        """The value by the number of defences; None for a single size."""
        if len(self.sets) == 1:
            return None
        sizes = tuple((float(chosen_set.size), chosen_set.value) for chosen_set in self.sets)
        everything = tuple((size, self.value) for size, _ in sizes)
        return Curves(
            "Value by the number of defences",
            "defences in the set",
            "money per classified input",
            (Curve("best set of that size", sizes, strong=True), Curve("all defences", everything)),
        )


def _named(chosen: DefenceSet) -> str:
    return " + ".join(chosen.defences)


@dataclass(frozen=True)
class PortfolioStudy(Study[Portfolio]):
    """How few of the defences suffice?

    Args:
        within: share of the gain over doing nothing that may be lost, 0..1.
        most_sets: sets of one size that are all solved; where there are more, sets are built up one defence
            at a time.
    """

    name: ClassVar[str] = "portfolio"
    within: float = 0.01
    most_sets: int = 20_000

    def run(self, situation: Situation) -> Portfolio:
        """The best set of 1, 2, … defences, until one is good enough.

        Raises:
            InputError: for a setting that does not fit, or a concept that is solved one game at a time only.
            SolverError: when a game could not be certified.
        """
        if isinstance(self.within, bool) or not 0 <= self.within <= 1:
            raise InputError(f"within is {self.within!r}; expected a share in 0..1 (1 % is 0.01).")
        if isinstance(self.most_sets, bool) or not isinstance(self.most_sets, int) or self.most_sets < 1:
            raise InputError(f"most_sets is {self.most_sets!r}; expected a whole number of at least 1.")
        verdict = decide(situation).recommendation
        situation = verdict.situation
        games, names = _Subgames(situation), situation.game.defences
        every = np.arange(len(names))
        undefended = undefended_of(situation.scenario, situation.game)
        whole, nothing = (
            float(games.values(np.array([rows]))[0]) for rows in (every, [names.index(undefended)])
        )
        gain, slack = whole - nothing, TIE * games.range
        sets: list[DefenceSet] = []
        best = np.empty(0, np.intp)
        for size in range(1, len(names) + 1):
            exact = comb(len(names), size) <= self.most_sets
            tried = _all_sets(len(names), size) if exact else games.extended(best)
            values = games.values(tried)
            best = tried[values.argmax()]
            value = float(values.max())
            kept = (value - nothing) / gain if gain > slack else 1.0
            sets.append(DefenceSet(tuple(names[row] for row in best), value, kept, len(tried), exact))
            if value >= whole - self.within * max(gain, 0.0) - slack:
                break
        return Portfolio(
            tuple(sets),
            len(names),
            whole,
            undefended,
            nothing,
            self.within,
            games.method,
            beside_the_verdict(verdict),
        )


class _Subgames:
    """The game of a scenario with fewer defences."""

    def __init__(self, situation: Situation) -> None:
        # an attack without traffic is no attack: left out, or it would tie with none
        columns = np.append(0, np.flatnonzero(situation.accuracies.adversarial_share > 0))
        self.a = situation.game.defender_payoffs[:, columns]
        self.b = situation.game.attacker_payoffs[:, columns]
        self.method = resolved_by(situation)
        self.range = float(np.ptp(self.a))
        (whole,) = worst_solutions(self.a[None].copy(), self.b[None].copy(), self.method)[1]
        self.played = np.flatnonzero(whole > PLAYED)

    def values(self, sets: Sets) -> FloatArray:
        """What each set of defences (sets, size) is worth, (sets,)."""
        size = max(1, PAYOFFS_AT_A_TIME // (sets.shape[1] * self.a.shape[1]))
        parts = [
            worst_solutions(self.a[some], self.b[some], self.method)[0]
            for some in (sets[first : first + size] for first in range(0, len(sets), size))
        ]
        return np.concatenate(parts)

    def extended(self, best: Sets) -> Sets:
        """The sets (sets, size + 1) that add one defence to a set; and the one played when all may be."""
        addable = np.setdiff1d(np.arange(len(self.a)), best)
        added = np.column_stack([np.tile(best, (len(addable), 1)), addable])
        if len(self.played) == added.shape[1]:
            added = np.vstack([added, self.played])
        return np.sort(added, axis=1)


def _all_sets(defences: int, size: int) -> Sets:
    return np.array(list(combinations(range(defences), size)), np.intp)
