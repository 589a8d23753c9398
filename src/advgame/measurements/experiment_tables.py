"""What an experiment left behind, read back: accuracies, outcomes, costs, measures, and its record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advgame.arrays import NO_ATTACK
from advgame.errors import MeasurementError
from advgame.measurements.measurement import Column
from advgame.measurements.outcomes import Outcomes, OutcomeTable, averaged, read_outcomes, right_in_all
from advgame.measurements.table import MeasurementTable
from advgame.measurements.table_files import read_table

if TYPE_CHECKING:
    import pandas as pd

CLEAN = Column(NO_ATTACK)

HONEST = "benign inputs"
WHITE_BOX = "white-box attacks"  # on the network that is met, adaptive where it is randomised
BLACK_BOX = "attacks by queries"
TRANSFERRED = "transferred examples"
MEANING = "changed meaning"  # the true label changed, and the network should follow
NATURAL = "natural changes"
UNBOUNDED = "attacks without a bound"  # tried to see whether gradients are hidden; no attacker's choice
OURS = "strongest_"  # attacks that every network meets
FULL = "autoattack"
SIDES = (HONEST, WHITE_BOX, BLACK_BOX, TRANSFERRED, MEANING, NATURAL, UNBOUNDED)
ANY_CHANGE = 1.0  # the L∞ radius within which every input can become every other


@dataclass(frozen=True)
class Step:
    """What was done to a network, as the run record tells it."""

    name: str
    use: str  # the kind of defence
    after: str | None  # the defence it started from
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """What a measure found of a defence: the mean of its seeds, and what their 95 % intervals span."""

    mean: float
    low: float
    high: float

    @staticmethod
    def of(rows: pd.DataFrame, mean: str = "mean") -> Value:
        """From one row per seed."""
        return Value(float(rows[mean].mean()), float(rows["low"].min()), float(rows["high"].max()))

    @property
    def words(self) -> str:
        """The mean with what the intervals span.

        >>> Value(0.5, -0.25, 0.75).words
        '0.50 (−0.25 to 0.75)'
        """
        return f"{hundredths(self.mean)} ({hundredths(self.low)} to {hundredths(self.high)})"


@dataclass(frozen=True, eq=False)
class Measured:
    """One network architecture on one data set, under everything an experiment tried."""

    experiment: str
    dataset: str
    network: str
    table: MeasurementTable
    outcomes: OutcomeTable
    networks: pd.DataFrame  # one row per defence and seed: sizes, speed, what training took
    attacks: pd.DataFrame  # one row per attack, defence and seed: what crafting took for each input
    measures: pd.DataFrame  # one row per defence, seed and value; may be empty
    importances: pd.DataFrame  # one row per network, seed, method and structure; may be empty
    record: Mapping[str, Any]

    @cached_property
    def steps(self) -> dict[str, Step]:
        """The defences by name, in the order of the table."""
        known = self.record["defences"]
        return {
            name: Step(name, known[name]["use"], known[name]["after"], known[name]["settings"])
            for name in self.table.defences
        }

    def using(self, *kinds: str) -> list[Step]:
        """The defences of some kinds."""
        return [step for step in self.steps.values() if step.use in kinds]

    def base(self, name: str) -> str | None:
        """The network a defence was made from, before any step of its own kind; None for fresh weights.

        ``pruned-4``, made from ``pruned-2``, made from ``plain``, is based on ``plain``.
        """
        use, step = self.steps[name].use, self.steps[name]
        while step.after is not None and self.steps[step.after].use == use:
            step = self.steps[step.after]
        return step.after

    @property
    def audit(self) -> bool:
        """Whether it only holds white-box attacks against AutoAttack, on networks of another table."""
        kinds = {str(attack["use"]) for attack in self.record["attacks"].values()}
        return any(kind.startswith(FULL) for kind in kinds) and all(
            kind.startswith((OURS, FULL)) for kind in kinds
        )

    def kind(self, attack: str) -> Mapping[str, Any]:
        """What the record says of an attack."""
        found: Mapping[str, Any] = self.record["attacks"][attack]
        return found

    @cached_property
    def tested(self) -> dict[str, dict[Column, int]]:
        """On how many inputs each defence was measured, by column."""
        found: dict[str, dict[Column, int]] = {name: {} for name in self.steps}
        for row in self.table:
            found[row.defence][row.column] = row.tested or 0
        return found

    def sides(self, defences: Sequence[str]) -> dict[str, list[Column]]:
        """The columns that all of some defences were measured under, by what kind of input they hold.

        Of a kind, the columns with most inputs: slow attacks on fewer would narrow what can be
        compared. Examples of changed meaning exist only for some inputs, and are all there. Kinds without
        a column are left out.
        """
        first, *others = (self.tested[name] for name in defences)
        kinds: dict[str, list[Column]] = {side: [] for side in SIDES}
        for column in first:
            if all(column in each for each in others):
                kinds[self.side(column)].append(column)
        found = {}
        for side, columns in kinds.items():
            most = max((first[column] for column in columns), default=0)
            kept = [column for column in columns if side == MEANING or first[column] == most]
            if kept:
                found[side] = kept
        return found

    def side(self, column: Column) -> str:
        """What kind of input a column holds; one of ``SIDES``."""
        if column == CLEAN:
            return HONEST
        kind = self.kind(column.attack)
        if kind["metric"] == "corruption":
            return NATURAL
        if str(kind["use"]).startswith("invariance"):
            return MEANING
        if column.norm == "Linf" and (column.radius or 0.0) >= ANY_CHANGE:
            return UNBOUNDED
        if column.crafted_on is not None:
            return TRANSFERRED
        return BLACK_BOX if kind["queries_only"] else WHITE_BOX

    def cell(self, defence: str, column: Column) -> Outcomes:
        """The outcomes of a defence under a column."""
        return self.outcomes.cell(self.dataset, self.network, defence, column)

    def standing(self, defence: str, columns: Sequence[Column]) -> Outcomes:
        """How right a defence stays, on average over several strengths.

        An input is right at a norm and radius if it withstands every attack of that norm and radius;
        each natural change counts for itself.

        Raises:
            MeasurementError: when there is no column.
        """
        balls: dict[tuple[object, ...], list[Outcomes]] = {}
        for column in columns:
            by_nature = column.attack if self.side(column) == NATURAL else None
            balls.setdefault((by_nature, column.norm, column.radius), []).append(self.cell(defence, column))
        if not balls:
            raise MeasurementError(f"The experiment {self.experiment} has no such attack on all test inputs.")
        return averaged([right_in_all(each) for each in balls.values()])

    def values(self, measure: str) -> dict[str, dict[str, Value]]:
        """What a measure found, by defence and value: means over seeds, limits over all their intervals."""
        if self.measures.empty:
            return {}
        rows = self.measures[self.measures["measure"] == measure]
        found: dict[str, dict[str, Value]] = {}
        for (defence, value), group in rows.groupby(["defence", "value"], sort=False):
            found.setdefault(str(defence), {})[str(value)] = Value.of(group)
        return found

    def measure(self, measure: str, value: str) -> dict[str, float]:
        """The mean of one value of a measure by defence."""
        return {defence: found[value].mean for defence, found in self.values(measure).items()}


def read_measured(table: Path) -> list[Measured]:
    """What stands beside a measured table, for each data set and network in it.

    Raises:
        MeasurementError: when a file is missing, or the record does not say how the networks were made.
    """

    record_path = table.with_suffix(".run.json")
    try:
        record = json.loads(record_path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise MeasurementError(
            f"{record_path.name} is missing or damaged; run `advgame measure EXPERIMENT.toml -o {table.name} "
            "--resume`, which writes it from the journal."
        ) from None
    if not _says_how_made(record):
        raise MeasurementError(
            f"{record_path.name} does not say how its networks were made; it was written by an earlier "
            f"version. Run `advgame measure EXPERIMENT.toml -o {table.name} --resume`, which writes it anew."
        )
    rows, outcomes = read_table(table), read_outcomes(table.with_suffix(".outcomes.parquet"))
    for kind, named in (
        ("defences", rows.defences),
        ("attacks", dict.fromkeys(row.attack for row in rows if row.column != CLEAN)),
    ):
        unrecorded = [name for name in named if name not in record[kind]]
        if unrecorded:
            raise MeasurementError(
                f"{record_path.name} does not say what {unrecorded[0]!r} is, which {table.name} lists among "
                f"its {kind}; use a table and a record of one run, unchanged."
            )
    beside = {
        name: _frame(table.with_suffix(f".{name}.csv"))
        for name in ("networks", "attacks", "measures", "importances")
    }
    if not beside["attacks"].empty and "runs" not in beside["attacks"]:
        raise MeasurementError(
            f"{table.with_suffix('.attacks.csv').name} does not say how many runs its costs sum up: an older "
            f"version wrote it. Run `advgame measure EXPERIMENT.toml -o {table.name} --resume`."
        )
    return [
        Measured(
            record["experiment"],
            dataset,
            network,
            rows.keep(lambda row, pair=(dataset, network): (row.dataset, row.network) == pair),  # type: ignore[misc]
            outcomes,
            **{name: _of(frame, dataset, network) for name, frame in beside.items()},
            record=record,
        )
        for dataset, network in outcomes.networks
    ]


def _says_how_made(record: object) -> bool:
    """Whether a run record has the entries that are read from it."""
    if not isinstance(record, dict) or not {"experiment", "defences", "attacks"} <= set(record):
        return False
    described = {"defences": {"use", "after", "settings"}, "attacks": {"use", "metric", "queries_only"}}
    return all(
        isinstance(record[kind], dict)
        and all(isinstance(each, dict) and needed <= set(each) for each in record[kind].values())
        for kind, needed in described.items()
    )


def _frame(path: Path) -> pd.DataFrame:
    """A table of costs or measures; empty where there is none, or nothing in it."""
    import pandas as pd
    from pandas.errors import EmptyDataError, ParserError

    try:
        return pd.read_csv(path)
    except (FileNotFoundError, EmptyDataError):
        return pd.DataFrame()
    except (ParserError, UnicodeDecodeError):
        raise MeasurementError(f"{path.name} is no CSV table; it is damaged or was changed.") from None


def _of(frame: pd.DataFrame, dataset: str, network: str) -> pd.DataFrame:
    if frame.empty or not {"dataset", "network"} <= set(frame):
        return frame
    return frame[(frame["dataset"] == dataset) & (frame["network"] == network)]


def hundredths(amount: float) -> str:
    """A number of two decimals.

    >>> hundredths(0.912), hundredths(-0.5), hundredths(-0.001)
    ('0.91', '−0.50', '0.00')
    """
    return f"{round(amount, 2) + 0.0:.2f}".replace("-", "−")
