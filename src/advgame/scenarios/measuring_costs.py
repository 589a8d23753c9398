"""How long it takes to test one more input in each cell, by the cost tables that an experiment wrote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from advgame.errors import ScenarioError
from advgame.scenarios.evidence import Cell, rows_of
from advgame.scenarios.scenario import Scenario
from advgame.scenarios.scenario_files import data_path

if TYPE_CHECKING:
    import pandas as pd

NEEDED = {"dataset", "network", "defence", "attack", "seconds", "crafted_on"}


def seconds_per_input(scenario: Scenario) -> dict[Cell, float]:
    """Seconds of attacking one input, the mean over seeds, for each cell whose cost was recorded.

    Read from the table's rows where they state seconds and inputs, else from ``….attacks.csv`` beside it.
    A clean input costs next to nothing and is not listed.

    >>> from advgame.scenarios import case
    >>> seconds = seconds_per_input(case("mnist-invariance-measured"))
    >>> round(seconds["plain", "strongest-Linf-0.1"], 2)
    0.03

    Args:
        scenario: the question with its table.
    """
    costs, found = _cost_table(scenario), dict[Cell, float]()
    for cell, rows in rows_of(scenario.selected).items():
        stated = [row.seconds / row.tested for row in rows if row.seconds and row.tested]
        if stated:
            found[cell] = fmean(stated)
            continue
        first = rows[0]
        recorded = costs.get(
            (first.dataset, first.network, first.defence, first.attack, first.crafted_on or "")
        )
        if recorded:
            found[cell] = recorded
    return found


def _cost_table(scenario: Scenario) -> Mapping[tuple[str, ...], float]:
    import pandas as pd

    if not scenario.data:
        return {}
    try:
        path = data_path(scenario.data, scenario.folder or Path()).with_suffix(".attacks.csv")
    except ScenarioError:  # the table was made in memory
        return {}
    frame = _frame(path) if path.is_file() else pd.DataFrame()
    if not NEEDED.issubset(frame):
        return {}
    keys = ["dataset", "network", "defence", "attack", "crafted_on"]
    grouped = frame.fillna({"crafted_on": ""}).groupby(keys)["seconds"].mean()
    names = grouped.index.to_frame().astype(str).itertuples(index=False, name=None)
    return dict(zip(names, grouped.tolist(), strict=True))


def _frame(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(path, dtype={"crafted_on": "object"})
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError):
        return pd.DataFrame()  # a damaged file: the costs are not known
