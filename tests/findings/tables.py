"""Small measured tables made by hand: who is right on which input is known, and so is every answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from advgame.measurements import Column, Measurement, MeasurementTable, write_table
from advgame.measurements.experiment_tables import Measured, read_measured

INPUTS = 200
SEEDS = (0, 1, 2)
CLEAN = Column("none")
STRONG = Column("strong", "Linf", 0.1)
WEAK = Column("weak", "Linf", 0.1)
ROUND = Column("round", "L2", 0.5)
WHOLE = Column("strong", "Linf", 1.0)
FULL = Column("full", "Linf", 0.1)
ASKING = Column("asking", "Linf", 0.1)
MOVED = Column("moved", "Linf", 0.1, "other")
MEANING = Column("meaning", "Linf", 0.3)
FOG = Column("fog", "share", 0.5)
FILTERED = Column("filtered", "cut", 0.5)
ATTACKS: dict[str, dict[str, Any]] = {
    "strong": {"use": "strongest_linf", "metric": "robust", "queries_only": False},
    "weak": {"use": "pgd", "metric": "robust", "queries_only": False},
    "round": {"use": "strongest_l2", "metric": "robust", "queries_only": False},
    "full": {"use": "autoattack", "metric": "robust", "queries_only": False},
    "asking": {"use": "square", "metric": "robust", "queries_only": True},
    "moved": {"use": "pgd", "metric": "robust", "queries_only": False},
    "meaning": {"use": "invariance_linf", "metric": "robust", "queries_only": True},
    "fog": {"use": "fog", "metric": "corruption", "queries_only": True},
    "filtered": {"use": "low_pass", "metric": "corruption", "queries_only": True},
}
Steps = Mapping[str, tuple[str, str | None, Mapping[str, Any]]]  # name → kind, what it came after, settings
Right = Mapping[str, Mapping[Column, float]]  # defence → column → accuracy

CELL = ("attack", "norm", "radius", "crafted_on")  # columns of the file, in the order of a Column


def write(
    folder: Path,
    steps: Steps,
    right: Right,
    measures: Mapping[str, tuple[str, Mapping[str, Any], list[dict[str, Any]]]] | None = None,
    warned: Mapping[tuple[str, Column], str] | None = None,
    inputs: Mapping[Column, int] | None = None,
    whole: Sequence[str] = (),
) -> Path:
    """Writes a table and what stands beside it; each accuracy is reached on the first inputs of each seed.

    ``inputs``: how many of the inputs a column was tried on, the first ones, if not on all; ``warned``: what
    the rows of a column say; ``whole``: the defences that have lost no parameter.
    """
    table = folder / "byhand.csv"
    rows, outcomes = [], []
    for defence, columns in right.items():
        for column, accuracy in columns.items():
            metric = "clean" if column == CLEAN else ATTACKS[column.attack]["metric"]
            tested = (inputs or {}).get(column, INPUTS)
            count = round(accuracy * tested)
            for seed in SEEDS:
                rows.append(
                    Measurement(
                        "digits",
                        "cnn",
                        defence,
                        *column,
                        metric=metric,
                        accuracy=count / tested,
                        correct=count,
                        tested=tested,
                        seed=seed,
                        parameters_left=100 if defence in whole else 50,
                        parameters_total=100,
                        source="by hand",
                        warnings=tuple(filter(None, [(warned or {}).get((defence, column))])),
                    )
                )
                about = {
                    "dataset": "digits",
                    "network": "cnn",
                    "defence": defence,
                    **dict(zip(CELL, column, strict=True)),
                }
                outcomes.append(
                    pd.DataFrame(
                        {
                            **about,
                            "radius": np.nan if column.radius is None else column.radius,
                            "seed": seed,
                            "input": np.arange(tested),
                            "correct": np.arange(tested) < count,
                        }
                    )
                )
    write_table(MeasurementTable(tuple(rows)), table)
    names = ["dataset", "network", "defence", "attack", "norm", "crafted_on"]
    pd.concat(outcomes, ignore_index=True).astype(dict.fromkeys(names, "category")).to_parquet(
        table.with_suffix(".outcomes.parquet"), index=False
    )
    _costs(table, right)
    record: dict[str, Any] = {
        "experiment": "by hand",
        "defences": {
            name: {"use": use, "after": after, "settings": dict(settings)}
            for name, (use, after, settings) in steps.items()
        },
        "attacks": ATTACKS,
        "measures": {
            name: {"use": use, "settings": settings} for name, (use, settings, _) in (measures or {}).items()
        },
    }
    table.with_suffix(".run.json").write_text(json.dumps(record), encoding="utf-8")
    if measures:
        found = [{"measure": name, **row} for name, (_, _, rows_) in measures.items() for row in rows_]
        frame = pd.DataFrame(found).assign(dataset="digits", network="cnn", seed=0)
        frame.to_csv(table.with_suffix(".measures.csv"), index=False)
    return table


def _costs(table: Path, right: Right) -> None:
    """Training of 1,000 forward and 500 backward propagations; attacks of 30 and 10, queries of 100."""
    same = {"dataset": "digits", "network": "cnn", "seed": 0}
    pd.DataFrame(
        [
            {
                **same,
                "defence": defence,
                "forward_inputs": 1000,
                "backward_inputs": 500,
                "multiplications": 80 if defence == "light" else 100,
                "multiplications_reference": 100,
            }
            for defence in right
        ]
    ).to_csv(table.with_suffix(".networks.csv"), index=False)
    pd.DataFrame(
        [
            {
                **same,
                "defence": defence,
                "attack": column.attack,
                "runs": 2,
                "forward_inputs": 30,
                "backward_inputs": 10,
                "queries": 100 if column == ASKING else 0,
            }
            for defence, columns in right.items()
            for column in columns
            if column != CLEAN
        ]
    ).to_csv(table.with_suffix(".attacks.csv"), index=False)


def measured(folder: Path, steps: Steps, right: Right, measures: Any = None, **others: Any) -> Measured:
    """The same, read back."""
    (found,) = read_measured(write(folder, steps, right, measures, **others))
    return found


PRUNED: dict[str, Any] = {
    "structure": "unstructured",
    "scope": "global",
    "compression": 2.0,
    "epochs": 5,
    "fine_tuning": "standard",
}
