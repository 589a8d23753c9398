"""Joins the files of an experiment that was measured in parts, by network or by seed.

    python tools/join_measured.py EXPERIMENT.toml -o TABLE.csv PART.csv PART.csv …

Each part is a table that ``advgame measure`` wrote, with its files beside it, for some networks or seeds of
the experiment. Rows are put in the order of the whole experiment; their figures stay as they were written.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from advgame.errors import LabError
from advgame.files import written_whole
from advgame.lab.experiment.outputs import Output
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.reading import read_experiment
from advgame.lab.experiment.units import MAKE, Plan
from advgame.measurements.measurement import FIELDS

CELL = ["dataset", "network", "defence", "seed", "attack"]
NETWORK = CELL[:-1]
CATEGORIES = ["dataset", "network", "defence", "attack", "norm", "crafted_on"]
SUMMED = ("units", "seconds_of_this_run", "seconds_of_all_units", "unproved_records")


def joined(experiment: Experiment, parts: Sequence[Path], output: Path) -> int:
    """Writes the joined files and returns the number of cells that no part contains.

    Args:
        experiment: the whole experiment.
        parts: tables of its parts.
        output: the table to write.

    Raises:
        LabError: if two parts contain the same cell, or a part contains one that is not of the experiment.
    """
    plan, files, of_parts = Plan(experiment), Output(output), [Output(part) for part in parts]
    units = [(unit, attack.name if attack else "none") for unit, attack in plan.cells()]
    cells = [(unit.dataset, unit.network, unit.defence, unit.seed, attack) for unit, attack in units]
    made = [unit for unit in plan.units if unit.kind == MAKE]
    networks = [(unit.dataset, unit.network, unit.defence, unit.seed) for unit in made]
    table = _in_order([_read(part.table) for part in of_parts], CELL, cells)
    table = table[[field for field in FIELDS if field in table]].fillna("")
    _write(table, files.table)
    _write(_in_order([_read(part.attacks) for part in of_parts], CELL, cells), files.attacks)
    _write(_in_order([_read(part.networks) for part in of_parts], NETWORK, networks), files.networks)
    if experiment.measures:
        by_network = list(dict.fromkeys(cell[:-1] for cell in cells))
        _write(_in_order([_read(part.measures) for part in of_parts], NETWORK, by_network), files.measures)
    parts_of_outcomes = [pd.read_parquet(part.outcomes) for part in of_parts]
    types = {**parts_of_outcomes[0].dtypes, **dict.fromkeys(CATEGORIES, "category")}
    outcomes = _in_order(parts_of_outcomes, CELL, cells).astype(types)
    written_whole(files.outcomes, lambda file: outcomes.to_parquet(file, index=False))
    records = [json.loads(part.run.read_text(encoding="utf-8")) for part in of_parts]
    text = json.dumps(_run_record(experiment, records), indent=2, ensure_ascii=False) + "\n"
    written_whole(files.run, lambda file: file.write(text), text=True)
    return len(cells) - len(table[CELL].drop_duplicates())


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _write(frame: pd.DataFrame, path: Path) -> None:
    text = frame.fillna("").to_csv(index=False, lineterminator="\n")
    written_whole(path, lambda file: file.write(text), text=True)


def _in_order(
    parts: Sequence[pd.DataFrame], names: list[str], order: Iterable[tuple[Any, ...]]
) -> pd.DataFrame:
    """The rows of all parts, in the order of the values of some columns.

    Args:
        parts: tables with these columns.
        names: the columns, of which ``seed`` is an integer.
        order: the values, in order.

    Raises:
        LabError: if two parts contain the same values, or a part contains others.
    """
    places = {tuple(map(str, values)): place for place, values in enumerate(order)}
    owners = Counter(values for part in parts for values in dict.fromkeys(_values(part, names)))
    for values, count in owners.items():
        if values not in places:
            raise LabError(f"The experiment has no {', '.join(values)}; join parts of one experiment.")
        if count > 1:
            raise LabError(f"{count} parts contain {', '.join(values)}; give each cell once.")
    frame = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    rows = [place for part in parts for place in map(places.get, _values(part, names))]
    return frame.iloc[pd.Series(rows).argsort(kind="stable")].reset_index(drop=True)


def _values(frame: pd.DataFrame, names: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(frame[name].astype(str) for name in names), strict=True))


def _run_record(experiment: Experiment, records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The record of all parts: their units and seconds together, and the environments of both."""
    last = records[-1]
    made_with: dict[str, int] = {}
    for record in records:
        for environment in record["made_with"]:
            about = json.dumps({key: value for key, value in environment.items() if key != "units"})
            made_with[about] = made_with.get(about, 0) + environment["units"]
    seeds = {plan.name: list(experiment.seeds_of(plan)) for plan in experiment.defences}
    return {
        **last,
        "datasets": list(experiment.datasets),
        "networks": list(experiment.networks),
        "defences": {name: {**of, "seeds": seeds[name]} for name, of in last["defences"].items()},
        "failed": {unit: reason for record in records for unit, reason in record["failed"].items()},
        **{name: round(sum(record[name] for record in records), 1) for name in SUMMED},
        "set_aside": [file for record in records for file in record["set_aside"]],
        "made_with": [
            {**json.loads(about), "units": count}
            for about, count in sorted(made_with.items(), key=lambda item: -item[1])
        ],
    }


def main(arguments: list[str] | None = None) -> int:
    """Joins the parts and prints what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("experiment", type=Path)
    parser.add_argument("parts", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args(arguments)
    missing = joined(read_experiment(given.experiment), given.parts, given.output)
    print(f"{given.output} is written; {missing} cells of the experiment are in no part.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
