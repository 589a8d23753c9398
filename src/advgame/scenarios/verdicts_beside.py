"""The verdicts of several judges that lie beside a scenario's table, on the cells of the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from advgame.arrays import NO_ATTACK
from advgame.errors import InputError
from advgame.files import read_once
from advgame.measurements.judge_verdicts import Cell, JudgeVerdicts, read_verdicts
from advgame.measurements.measurement import PLAYABLE
from advgame.payoffs.accuracies import column_names, defence_names
from advgame.scenarios.data_paths import beside
from advgame.scenarios.scenario import Scenario

SAME_RATE = 1e-6  # success rates of a table and of its judge's verdicts differ by rounding only
ENDINGS = (".verdicts.csv", ".verdicts.parquet")

_verdicts_at = read_once(read_verdicts, kept=4)


@dataclass(frozen=True, eq=False)
class ScenarioVerdicts:
    """Verdicts on the cells of a scenario, and which judge decided on its table."""

    table: JudgeVerdicts
    cells: Mapping[Cell, tuple[str, str]]  # the scenario's names of the defence and the attack
    judge: str
    other: str


def verdicts_beside(scenario: Scenario) -> ScenarioVerdicts | None:
    """The verdicts beside the scenario's table; None where there are none.

    The judge of the table is the one whose verdicts give its success rates, the mean over its runs.

    Args:
        scenario: the scenario; its verdicts name a cell by network, defence and attack.

    Raises:
        InputError: when a cell has no verdicts, stands for attacks of several norms or radii, or no judge
            gives the success rates of the table.
        MeasurementError: for a file that is not a table of verdicts.
    """
    path = beside(scenario.data, scenario.folder, *ENDINGS)
    if path is None:
        return None
    whole = _verdicts_at(path)
    cells: dict[Cell, tuple[str, str]] = {}
    accuracies: dict[Cell, list[float]] = {}
    rows = [row for row in scenario.selected if row.attack != NO_ATTACK and row.metric in PLAYABLE]
    names = defence_names(scenario.selected)
    columns = column_names(tuple(dict.fromkeys(row.column for row in rows)))
    for row in rows:
        cell = row.network, row.defence, row.attack
        named = names[row.network, row.defence], columns[row.column]
        if cells.setdefault(cell, named) != named:
            raise InputError(
                f"{path.name} names a cell by network, defence and attack, and the scenario has both "
                f"{cells[cell][1]!r} and {named[1]!r}; select one of them."
            )
        accuracies.setdefault(cell, []).append(row.accuracy)
    missing = [cell for cell in cells if cell not in whole.cells]
    if missing:
        raise InputError(
            f"{path.name} has no verdicts on {' · '.join(missing[0])}; {len(missing)} of {len(cells)} cells "
            "lack them, and every cell of the scenario needs some."
        )
    table = JudgeVerdicts(whole.judges, {cell: whole.cells[cell] for cell in cells}, whole.left_out)
    judge = _judge_of(table, {cell: 1 - fmean(runs) for cell, runs in accuracies.items()}, path.name)
    other_judge = next(name for name in table.judges if name != judge)
    return ScenarioVerdicts(table, cells, judge, other_judge)


def _judge_of(table: JudgeVerdicts, success: Mapping[Cell, float], file: str) -> str:
    """The first judge whose verdicts give the success rates of a scenario's table."""
    for name in table.judges:
        if all(abs(table.success_rate(cell, name) - rate) <= SAME_RATE for cell, rate in success.items()):
            return name
    raise InputError(
        f"No judge of {file} ({', '.join(table.judges)}) gives the success rates of the table; "
        "one of them must have decided on it, on the same cases."
    )
