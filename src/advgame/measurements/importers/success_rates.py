"""Whether figures under attack are accuracies or success rates: stated by the user, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from advgame.arrays import NO_ATTACK
from advgame.measurements.measurement import PLAYABLE, Measurement

SUCCESS_WORDS = (
    "asr",
    "success",
    "jailbreakrate",
    "jailbroken",
    "foolingrate",
    "evasion",
    "bypass",
    "breach",
    "hitrate",
    "hitat",
)
EXCEEDS = 0.02  # a figure under attack exceeds the clean one by more than sampling error explains
ROBUSTNESS, SUCCESS = "accuracy under attack", "success rate of the attack"


def which_is_open(names: Iterable[str], rows: Sequence[Measurement]) -> str:
    """Why it is open whether the figures under attack are accuracies or success rates; empty if it is not.

    >>> which_is_open(["PGD-20 ASR (%)"], ())
    "the column 'PGD-20 ASR (%)' has the name of a success rate"

    Args:
        names: of the columns that hold figures under attack.
        rows: the measurements, read as accuracies.
    """
    for name in names:
        words = re.sub(r"[^a-z0-9@]", " ", name.casefold()).replace("@", "at")
        if "asr" in words.split() or any(word in words.replace(" ", "") for word in SUCCESS_WORDS[1:]):
            return f"the column {name!r} has the name of a success rate"
    above, compared = _above_clean(rows)
    if compared and 2 * above > compared:
        return f"{above} of {compared} figures under attack exceed the clean accuracy of the same items"
    return ""


def _above_clean(rows: Sequence[Measurement]) -> tuple[int, int]:
    """How many figures under attack exceed the clean accuracy of the same items, and how many there are."""
    clean: dict[tuple[str, str, str, str | None], float] = {}
    for row in rows:
        if row.attack == NO_ATTACK and row.metric in PLAYABLE:
            clean[row.dataset, row.network, row.defence, row.population] = row.accuracy
    above = compared = 0
    for row in rows:
        key = row.dataset, row.network, row.defence, row.population
        if row.attack != NO_ATTACK and row.metric in PLAYABLE and key in clean:
            compared += 1
            above += row.accuracy > clean[key] + EXCEEDS
    return above, compared


def as_accuracy(row: Measurement) -> Measurement:
    """The measurement whose figure under attack was given as a success rate; a clean one is unchanged.

    Args:
        row: as read.
    """
    if row.attack == NO_ATTACK or row.metric not in PLAYABLE:
        return row
    correct = None if row.correct is None or row.tested is None else row.tested - row.correct
    return replace(row, accuracy=round(1 - row.accuracy, 12), correct=correct)


def figures_under_attack(
    columns: Mapping[str, str], accuracies: Iterable[Mapping[str, object]]
) -> tuple[str, ...]:
    """The names of the columns that hold figures under attack.

    Args:
        columns: our field → their column.
        accuracies: the columns of a wide table, each with its attack.
    """
    wide = [str(entry["column"]) for entry in accuracies if entry.get("attack") != NO_ATTACK]
    return (*wide, *(columns[field] for field in ("accuracy",) if field in columns and not wide))
