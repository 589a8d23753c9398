"""Names in plain words: labels that a scenario gives to its defences and attacks."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from advgame.arrays import NO_ATTACK
from advgame.errors import ScenarioError, UnknownName
from advgame.measurements import Column, MeasurementTable

LONGEST = 60  # characters


def check_labels(labels: Mapping[str, str]) -> None:
    """Checks the labels alone.

    >>> check_labels({"Rice2020Overfitting": "hardened network"})

    Args:
        labels: of each defence or attack, by its name in the table.

    Raises:
        ScenarioError: for a label that is empty, too long, not one line, or given twice.
    """
    owners: dict[str, str] = {}
    for name, label in labels.items():
        steers = any(unicodedata.category(character) in ("Cc", "Cf") for character in label)
        if not label.strip() or len(label) > LONGEST or steers:
            raise ScenarioError(
                f"labels.{name} is {label[:80]!r}; expected a name of 1 to {LONGEST} characters on one line."
            )
        if label in owners:
            raise ScenarioError(
                f"labels.{name} and labels.{owners[label]} are both {label!r}; give each a label of its own."
            )
        owners[label] = name


def check_labelled(labels: Mapping[str, str], table: MeasurementTable) -> None:
    """Checks that labels belong to something in the table, and that none is the name of something else.

    Raises:
        UnknownName: for a label of something that is not in the table.
        ScenarioError: for a label that is the name of another defence or attack.
    """
    if not labels:
        return
    names = _names(table)
    for name, label in labels.items():
        if name not in names:
            raise UnknownName("labelled defence or attack in the table", name, sorted(names))
        if label in names and label != name:
            raise ScenarioError(f"labels.{name} is {label!r}, which is the name of another one in the table.")


@lru_cache(maxsize=32)
def _names(table: MeasurementTable) -> frozenset[str]:
    """What a game of the table may call its defences and attacks."""
    names = set()
    for row in table:
        attack = Column(row.attack, source_model=row.source_model).full_name
        names |= {row.defence, f"{row.defence} ({row.network})", row.attack, attack, row.column.full_name}
    return frozenset(names - {NO_ATTACK})
