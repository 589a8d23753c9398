"""The standard error of every measured accuracy of a scenario, as far as its source allows computing it."""

from __future__ import annotations

from advgame.arrays import NO_ATTACK
from advgame.measurements import pool_seeds, standard_error
from advgame.measurements.measurement import PLAYABLE
from advgame.payoffs.accuracies import column_names, defence_names
from advgame.scenarios.scenario import Scenario


def stated_errors(scenario: Scenario) -> dict[tuple[str, str], float | None]:
    """The standard errors by the names of defence and attack in the game; None where one is not known.

    An accuracy that is assumed instead of measured has none, and is left out.

    >>> from advgame.scenarios import case
    >>> round(stated_errors(case("cifar10-two-defences"))["Standard", "none"], 4)
    0.0022

    Args:
        scenario: the scenario.
    """
    rows = pool_seeds(scenario.selected)
    names = defence_names(rows)
    attacked = (row.column for row in rows if row.metric in PLAYABLE and row.attack != NO_ATTACK)
    columns = column_names(tuple(dict.fromkeys(attacked)))
    errors = {}
    for row in rows:
        defence, attack = names[row.network, row.defence], columns.get(row.column)
        assumed = (
            f"clean_accuracy[{defence}]" if attack is None else f"attacked_accuracy[{defence}, {attack}]"
        )
        if row.metric in PLAYABLE and assumed not in scenario.what_if:
            errors[defence, attack or NO_ATTACK] = standard_error(row)
    return errors
