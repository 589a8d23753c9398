"""Reads the files of an experiment: accuracies, outcomes, costs, measures and the run record."""

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

BENIGN = "benign inputs"
WHITE_BOX = "white-box attacks"  # on the deployed network, adaptive if it is randomised
BLACK_BOX = "attacks by queries"
TRANSFERRED = "transferred examples"
MEANING = "changed meaning"  # the true label changes, and the network should follow
NATURAL = "natural changes"
UNBOUNDED = "attacks without a bound"  # run as a test for gradient masking; not a choice of the attacker
OURS = "strongest_"  # attacks that are run on every network
FULL = "autoattack"
SIDES = (BENIGN, WHITE_BOX, BLACK_BOX, TRANSFERRED, MEANING, NATURAL, UNBOUNDED)
FIRST_NAMES = {"fine_tuning": "retrain", "stand_in_draws": "surrogate_draws"}  # of settings, in older records
ANY_CHANGE = 1.0  # the L∞ radius within which every input can become any other


@dataclass(frozen=True)
class Step:
    """One step in the making of a network, from the run record."""

    name: str
    use: str  # the kind of defence
    after: str | None  # the defence it was made from
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """The value of a measure for a defence: the mean over seeds, and the span of their 95 % intervals."""

    mean: float
    low: float
    high: float

    @staticmethod
    def of(rows: pd.DataFrame, mean: str = "mean") -> Value:
        """The value from one row per seed."""
        return Value(float(rows[mean].mean()), float(rows["low"].min()), float(rows["high"].max()))

    @property
    def words(self) -> str:
        """The mean with the span of the intervals.

        >>> Value(0.5, -0.25, 0.75).words
        '0.50 (−0.25 to 0.75)'
        """
        return f"{hundredths(self.mean)} ({hundredths(self.low)} to {hundredths(self.high)})"


@dataclass(frozen=True, eq=False)
class Measured:
    """One network architecture on one data set, with all results of an experiment."""

    name: str  # the experiment, and the network where it has several
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
        """The steps by defence, in the order of the table."""
        known = self.record["defences"]
        return {
            name: Step(name, known[name]["use"], known[name]["after"], _renamed(known[name]["settings"]))
            for name in self.table.defences
        }

    def using(self, *kinds: str) -> list[Step]:
        """The defences of the given kinds."""
        return [step for step in self.steps.values() if step.use in kinds]

    def base(self, name: str) -> str | None:
        """The defence from which a defence was made, before any step of its own kind; None for new weights.

        ``pruned-4``, made from ``pruned-2``, made from ``plain``, is based on ``plain``.
        """
        use, step = self.steps[name].use, self.steps[name]
        while step.after is not None and self.steps[step.after].use == use:
            step = self.steps[step.after]
        return step.after

    @cached_property
    def randomised(self) -> frozenset[str]:
        """The defences that answered the same input both correctly and incorrectly."""
        frame = self.outcomes.frame
        of_network = (frame["dataset"] == self.dataset) & (frame["network"] == self.network)
        mixed = of_network & (frame["correct"] > 0) & (frame["correct"] < 1)
        return frozenset(map(str, frame.loc[mixed, "defence"].unique()))

    @property
    def audit(self) -> bool:
        """Whether the table only compares white-box attacks with AutoAttack, on networks of another table."""
        kinds = {str(attack["use"]) for attack in self.record["attacks"].values()}
        return any(kind.startswith(FULL) for kind in kinds) and all(
            kind.startswith((OURS, FULL)) for kind in kinds
        )

    def kind(self, attack: str) -> Mapping[str, Any]:
        """The entry of an attack in the run record."""
        entry: Mapping[str, Any] = self.record["attacks"][attack]
        return entry

    @cached_property
    def tested(self) -> dict[str, dict[Column, int]]:
        """The number of inputs by defence and column."""
        counts: dict[str, dict[Column, int]] = {name: {} for name in self.steps}
        for row in self.table:
            counts[row.defence][row.column] = row.tested or 0
        return counts

    def sides(self, defences: Sequence[str]) -> dict[str, list[Column]]:
        """The columns measured on all of the given defences, by kind of input.

        For each kind, only the columns with the most inputs: slow attacks on fewer inputs would restrict
        the comparison. Examples of changed meaning exist only for some inputs, so all columns are
        included. Kinds without a column are omitted.
        """
        first, *rest = (self.tested[name] for name in defences)
        kinds: dict[str, list[Column]] = {side: [] for side in SIDES}
        for column in first:
            if all(column in columns_of_defence for columns_of_defence in rest):
                kinds[self.side(column)].append(column)
        columns_by_side = {}
        for side, columns in kinds.items():
            most = max((first[column] for column in columns), default=0)
            kept = [column for column in columns if side == MEANING or first[column] == most]
            if kept:
                columns_by_side[side] = kept
        return columns_by_side

    def side(self, column: Column) -> str:
        """The kind of input in a column; one of ``SIDES``."""
        if column == CLEAN:
            return BENIGN
        kind = self.kind(column.attack)
        if kind["metric"] == "corruption":
            return NATURAL
        if str(kind["use"]).startswith("invariance"):
            return MEANING
        if column.norm == "Linf" and (column.radius or 0.0) >= ANY_CHANGE:
            return UNBOUNDED
        if column.source_model is not None:
            return TRANSFERRED
        return BLACK_BOX if kind["queries_only"] else WHITE_BOX

    def cell(self, defence: str, column: Column) -> Outcomes:
        """The outcomes of a defence under a column."""
        return self.outcomes.cell(self.dataset, self.network, defence, column)

    def standing(self, defence: str, columns: Sequence[Column]) -> Outcomes:
        """The robust accuracy of a defence, averaged over several strengths.

        An input counts as correct at a norm and radius if it withstands every attack of that norm and radius;
        each natural change counts separately.

        Raises:
            MeasurementError: when there is no column.
        """
        balls: dict[tuple[object, ...], list[Outcomes]] = {}
        for column in columns:
            by_nature = column.attack if self.side(column) == NATURAL else None
            balls.setdefault((by_nature, column.norm, column.radius), []).append(self.cell(defence, column))
        if not balls:
            raise MeasurementError(f"The experiment {self.experiment} has no such attack on all test inputs.")
        return averaged([right_in_all(ball) for ball in balls.values()])

    def values(self, measure: str) -> dict[str, dict[str, Value]]:
        """The values of a measure by defence and value name: means over seeds, spans of all intervals."""
        if self.measures.empty:
            return {}
        rows = self.measures[self.measures["measure"] == measure]
        by_defence: dict[str, dict[str, Value]] = {}
        for (defence, value), group in rows.groupby(["defence", "value"], sort=False):
            by_defence.setdefault(str(defence), {})[str(value)] = Value.of(group)
        return by_defence

    def measure(self, measure: str, value: str) -> dict[str, float]:
        """The mean of one value of a measure by defence."""
        return {
            defence: values_of_defence[value].mean
            for defence, values_of_defence in self.values(measure).items()
        }


def read_measured(table: Path) -> list[Measured]:
    """The results beside a measured table, for each data set and network in it.

    Raises:
        MeasurementError: when a file is missing, or the record does not describe how the networks were made.
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
            f"{record_path.name} does not describe how its networks were made; it was written by an earlier "
            f"version. Run `advgame measure EXPERIMENT.toml -o {table.name} --resume` to rewrite it."
        )
    rows, outcomes = read_table(table), read_outcomes(table.with_suffix(".outcomes.parquet"))
    for kind, named in (
        ("defences", rows.defences),
        ("attacks", dict.fromkeys(row.attack for row in rows if row.column != CLEAN)),
    ):
        unrecorded = [name for name in named if name not in record[kind]]
        if unrecorded:
            raise MeasurementError(
                f"{record_path.name} does not describe {unrecorded[0]!r}, which {table.name} lists among "
                f"its {kind}; use the unchanged table and record of one run."
            )
    beside = {
        name: _frame(table.with_suffix(f".{name}.csv"))
        for name in ("networks", "attacks", "measures", "importances")
    }
    if not beside["attacks"].empty and "runs" not in beside["attacks"]:
        raise MeasurementError(
            f"{table.with_suffix('.attacks.csv').name} does not state the number of runs behind its costs; "
            "it was "
            f"written by an older version. Run `advgame measure EXPERIMENT.toml -o {table.name} --resume`."
        )
    several_networks = len({network for _, network in outcomes.networks}) > 1
    return [
        Measured(
            record["experiment"] + (f" ({network})" if several_networks else ""),
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
    """Whether a run record has the required entries."""
    if not isinstance(record, dict) or not {"experiment", "defences", "attacks"} <= set(record):
        return False
    described = {"defences": {"use", "after", "settings"}, "attacks": {"use", "metric", "queries_only"}}
    return all(
        isinstance(record[kind], dict)
        and all(isinstance(entry, dict) and needed <= set(entry) for entry in record[kind].values())
        for kind, needed in described.items()
    )


def _frame(path: Path) -> pd.DataFrame:
    """A table of costs or measures; empty if the file is missing or empty."""
    import pandas as pd
    from pandas.errors import EmptyDataError, ParserError

    try:
        return pd.read_csv(path)
    except (FileNotFoundError, EmptyDataError):
        return pd.DataFrame()
    except (ParserError, UnicodeDecodeError):
        raise MeasurementError(f"{path.name} is not a CSV table; it is damaged or was changed.") from None


def _of(frame: pd.DataFrame, dataset: str, network: str) -> pd.DataFrame:
    if frame.empty or not {"dataset", "network"} <= set(frame):
        return frame
    return frame[(frame["dataset"] == dataset) & (frame["network"] == network)]


def hundredths(amount: float) -> str:
    """A number with two decimals.

    >>> hundredths(0.912), hundredths(-0.5), hundredths(-0.001)
    ('0.91', '−0.50', '0.00')
    """
    return f"{round(amount, 2) + 0.0:.2f}".replace("-", "−")


def _renamed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings under their names of today."""
    names = {first: name for name, first in FIRST_NAMES.items()}
    return {names.get(name, name): value for name, value in settings.items()}
