"""Outcomes per input (correct or wrong), for accuracies and paired comparisons."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import NO_ATTACK
from advgame.errors import MeasurementError
from advgame.measurements.measurement import Column

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("dataset", "network", "defence", "attack", "norm", "radius", "crafted_on")  # of a cell
NEEDED = (*NAMES, "seed", "input", "correct")


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The outcomes of a network, trained with several seeds, on each input.

    >>> Outcomes((0,), np.array([7, 9]), np.array([[1.0, 0.0]])).accuracy
    0.5

    Raises:
        MeasurementError: when shapes do not match, or a value is not in 0..1.
    """

    seeds: tuple[int, ...]
    inputs: NDArray[np.int64]  # (inputs,) places in the test set, rising
    right: NDArray[np.float64]  # (seeds, inputs) 1 right, 0 wrong; between them where columns were averaged

    def __post_init__(self) -> None:
        shape = len(self.seeds), len(self.inputs)
        if self.right.shape != shape or 0 in shape:
            raise MeasurementError(
                f"Outcomes of shape {self.right.shape} for {shape[0]} seeds and {shape[1]} inputs; expected "
                "one for each seed and input, and at least one of both."
            )
        if not ((self.right >= 0) & (self.right <= 1)).all():
            raise MeasurementError("An outcome is not in 0..1; expected 1 for right and 0 for wrong.")

    @property
    def accuracy(self) -> float:
        """The share of correct outcomes over all seeds and inputs."""
        return float(self.right.mean())

    def among(self, seeds: Sequence[int], inputs: NDArray[np.int64]) -> Outcomes:
        """The outcomes of selected seeds and inputs."""
        rows = [self.seeds.index(seed) for seed in seeds]
        places = np.searchsorted(self.inputs, inputs)
        return Outcomes(tuple(seeds), inputs, self.right[rows][:, places])


def on_common_ground(outcomes: Sequence[Outcomes]) -> tuple[Outcomes, ...]:
    """The outcomes restricted to their common seeds and inputs.

    Raises:
        MeasurementError: when there are no common seeds and inputs.
    """
    first = outcomes[0]
    seeds = [seed for seed in first.seeds if all(seed in other_outcomes.seeds for other_outcomes in outcomes)]
    inputs = first.inputs
    for other_outcomes in outcomes[1:]:
        inputs = np.intersect1d(inputs, other_outcomes.inputs)
    if not seeds or len(inputs) == 0:
        raise MeasurementError(
            "The outcomes have no seed and input in common, so they cannot be paired; measure both in one "
            "experiment."
        )
    return tuple(other_outcomes.among(seeds, inputs) for other_outcomes in outcomes)


def averaged(outcomes: Sequence[Outcomes]) -> Outcomes:
    """The mean over several columns, per seed and input."""
    common = on_common_ground(outcomes)
    return Outcomes(common[0].seeds, common[0].inputs, np.mean([outcome.right for outcome in common], axis=0))


def right_in_all(outcomes: Sequence[Outcomes]) -> Outcomes:
    """Correct only if correct in all columns, per seed and input."""
    common = on_common_ground(outcomes)
    return Outcomes(common[0].seeds, common[0].inputs, np.min([outcome.right for outcome in common], axis=0))


@dataclass(frozen=True, eq=False)
class OutcomeTable:
    """The outcomes of an experiment: one row per data set, network, defence, column, seed and input."""

    frame: pd.DataFrame

    @cached_property
    def _cells(self) -> dict[tuple[str, str, str, Column], Outcomes]:
        # The groups are cut out of arrays: cut out of the frame they take several times as long, and an
        # experiment has hundreds of them.
        number = self.frame.groupby(list(NAMES), dropna=False, observed=True, sort=False).ngroup().to_numpy()
        order = np.argsort(number, kind="stable")
        starts = np.flatnonzero(np.diff(number[order], prepend=-1))
        firsts = self.frame.iloc[order[starts]][list(NAMES)].itertuples(index=False, name=None)
        seed, place = (self.frame[name].to_numpy(np.int64)[order] for name in ("seed", "input"))
        correct = self.frame["correct"].to_numpy(np.float64)[order]
        cells = {}
        for first, start, end in zip(firsts, starts, [*starts[1:], len(order)], strict=True):
            dataset, network, defence, *column = first
            about = f"{defence!r} under {column[0]!r}"
            outcomes = _outcomes(seed[start:end], place[start:end], correct[start:end], about)
            cells[str(dataset), str(network), str(defence), _column(*column)] = outcomes
        return cells

    @property
    def networks(self) -> tuple[tuple[str, str], ...]:
        """The data sets and networks, in order."""
        return tuple(dict.fromkeys((dataset, network) for dataset, network, _, _ in self._cells))

    def columns(self, dataset: str, network: str, defence: str) -> tuple[Column, ...]:
        """The columns measured on a defence, benign inputs first.

        Args:
            dataset: name of the data set.
            network: name of the network.
            defence: name of the defence.
        """
        return tuple(key[3] for key in self._cells if key[:3] == (dataset, network, defence))

    def has(self, dataset: str, network: str, defence: str, column: Column) -> bool:
        """Whether a cell was measured.

        Args:
            dataset: name of the data set.
            network: name of the network.
            defence: name of the defence.
            column: the attack column; the clean column for benign inputs.
        """
        return (dataset, network, defence, column) in self._cells

    def cell(self, dataset: str, network: str, defence: str, column: Column) -> Outcomes:
        """The outcomes of a defence under a column, on the inputs common to all its seeds.

        Args:
            dataset: name of the data set.
            network: name of the network.
            defence: name of the defence.
            column: the attack column; the clean column for benign inputs.

        Raises:
            MeasurementError: when the cell was not measured.
        """
        try:
            return self._cells[dataset, network, defence, column]
        except KeyError:
            raise MeasurementError(
                f"No outcomes of {defence!r} ({network}, {dataset}) under {column.full_name!r}; add the cell "
                "to the experiment and run `advgame measure EXPERIMENT.toml --resume`."
            ) from None


def read_outcomes(path: str | os.PathLike[str]) -> OutcomeTable:
    """The outcomes in ``….outcomes.parquet``, written by ``advgame measure`` beside a table.

    Raises:
        MeasurementError: when the file does not exist or is not a table of outcomes.
    """
    import pandas as pd
    import pyarrow as pa

    path = Path(path)
    if not path.is_file():
        raise MeasurementError(f"There is no file {path}; `advgame measure` writes it beside its table.")
    try:
        frame = pd.read_parquet(path)
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError) as mistake:
        raise MeasurementError(f"{path.name} is not a Parquet file: {str(mistake)[:120]}.") from None
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing or frame.empty:
        raise MeasurementError(
            f"{path.name} has {len(frame)} rows and lacks the columns {', '.join(missing) or 'none'}; "
            f"expected {', '.join(NEEDED)}."
        )
    for name in NEEDED:
        if not _holds(frame[name], name):
            raise MeasurementError(
                f"{path.name}: the column {name!r} holds {frame[name].dtype} values that are not "
                f"{EXPECTED.get(name, 'texts')}; measure the experiment again."
            )
    return OutcomeTable(frame)


EXPECTED = {
    "norm": "texts or empty",
    "crafted_on": "texts or empty",
    "radius": "numbers or empty",
    "seed": "whole numbers",
    "input": "whole numbers",
    "correct": "in 0..1",
}


def _holds(values: pd.Series[Any], name: str) -> bool:
    """Whether a column of outcomes has values of the expected type."""
    from pandas.api.types import is_integer_dtype, is_numeric_dtype

    if name in ("seed", "input"):
        return bool(is_integer_dtype(values) and not values.isna().any())
    if name == "correct":
        return bool(is_numeric_dtype(values) and values.between(0, 1).all())
    if name == "radius":
        return bool(is_numeric_dtype(values) or values.isna().all())
    try:
        different = values.unique()
    except TypeError:  # lists and the like
        return False
    empty = EXPECTED.get(name, "").endswith("empty")
    return all(isinstance(text, str) or (empty and _is_empty(text)) for text in different)


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def _column(attack: object, norm: object, radius: object, crafted_on: object) -> Column:
    if attack == NO_ATTACK:
        return Column(NO_ATTACK)
    return Column(
        str(attack),
        norm if isinstance(norm, str) else None,
        float(radius) if isinstance(radius, float) and not np.isnan(radius) else None,
        crafted_on if isinstance(crafted_on, str) else None,
    )


def _outcomes(
    seed: NDArray[np.int64], place: NDArray[np.int64], correct: NDArray[np.float64], about: str
) -> Outcomes:
    """The outcomes on the inputs common to all seeds; an attack may not produce an example for each.

    Args:
        seed: (outcomes,) of the training.
        place: (outcomes,) of the input in the test set.
        correct: (outcomes,) in 0..1.
        about: what they are of, for messages.
    """
    whole = _in_order(seed, place, correct)
    if whole is not None:
        return whole
    seeds, row = np.unique(seed, return_inverse=True)
    inputs, column = np.unique(place, return_inverse=True)
    table = np.full((len(seeds), len(inputs)), np.nan)
    table[row, column] = correct
    if len(np.unique(row * len(inputs) + column)) < len(seed):
        raise MeasurementError(
            f"The outcomes of {about} contain an input twice; measure the experiment again."
        )
    common = ~np.isnan(table).any(axis=0)
    if not common.any():
        raise MeasurementError(
            f"The outcomes of {about} have no input common to all seeds; measure the complete experiment."
        )
    return Outcomes(tuple(seeds.tolist()), inputs[common], np.ascontiguousarray(table[:, common]))


def _in_order(
    seed: NDArray[np.int64], place: NDArray[np.int64], correct: NDArray[np.float64]
) -> Outcomes | None:
    """The outcomes, where those of one seed follow another's and each has the same inputs; else None."""
    changes = np.flatnonzero(np.diff(seed))
    count = int(changes[0]) + 1 if len(changes) else len(seed)
    if len(seed) % count:
        return None
    seeds, places = seed.reshape(-1, count), place.reshape(-1, count)
    whole = (
        (seeds == seeds[:, :1]).all()
        and (places == places[0]).all()
        and (np.diff(seeds[:, 0]) > 0).all()
        and (np.diff(places[0]) > 0).all()
    )
    if not whole:
        return None
    return Outcomes(tuple(seeds[:, 0].tolist()), places[0].copy(), correct.reshape(-1, count).copy())
