"""A measurement: the accuracy of one network under one attack, with its source."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from math import isclose, isfinite
from typing import NamedTuple

from advgame.arrays import NO_ATTACK
from advgame.errors import MeasurementError, shortened, suggestion
from advgame.measurements.radii import radius_text

METRICS = {
    "clean": "accuracy on benign inputs",
    "robust": "measured accuracy on inputs attacked by a program",
    "corruption": "accuracy on inputs with a natural change",
    "robust_reported": "accuracy under attack reported by the defence's authors only",
    "certified": "share of inputs with a proof that no attack of this radius succeeds (a lower bound)",
    "human_recognition": "share of explanations in which people recognise the object",
    "utility_under_attack": "share of attacked items on which the attack failed and the user's task was done",
}
PLAYABLE = frozenset({"clean", "robust", "corruption"})  # what an attacker's column may be made of
ADAPTIVITY = {
    "adaptive": "made against the defence that it was measured on",
    "static": "written once, before the defence was chosen",
    "transferred": "made against another system",
}
MOST_COUNT = 2**64  # what Parquet can hold and seeds of NumPy and torch stay below


class Column(NamedTuple):
    """A column: an attack at a strength, crafted on a source model (None: on the attacked network itself)."""

    attack: str
    norm: str | None = None
    radius: float | None = None
    source_model: str | None = None

    @property
    def full_name(self) -> str:
        """The column's name with its norm and radius.

        >>> Column("autoattack", "Linf", 8 / 255).full_name
        'autoattack-Linf-8/255'
        >>> Column("fmn-L0", "L0", 3).full_name
        'fmn-L0-3'
        """
        norm = "" if self.norm is None or self.attack.endswith(f"-{self.norm}") else self.norm
        parts = [self.attack, norm, radius_text(self.radius, self.norm)]
        made_on = f"@{self.source_model}" if self.source_model else ""
        return "-".join(part for part in parts if part) + made_on


@dataclass(frozen=True)
class Measurement:
    """The accuracy of one network under one attack, published or measured.

    ``correct`` and ``tested`` are None if a source gives only a rate: counts are never inferred from a
    rounded mean. Without ``source_model`` the attack was run against the network itself. Rows that name
    different populations were measured on different items, such as harmless and hostile requests: neither
    bounds the other.

    >>> Measurement("cifar10", "WRN-28-10", "Standard", "none", metric="clean", accuracy=0.9478).accuracy
    0.9478

    Raises:
        MeasurementError: for a value that is not finite, not in 0..1, or contradicts another value.
    """

    dataset: str
    network: str
    defence: str
    attack: str
    norm: str | None = None
    radius: float | None = None
    source_model: str | None = None
    metric: str = "robust"
    accuracy: float = float("nan")  # share classified correctly, 0..1
    correct: int | None = None
    tested: int | None = None
    runs: int | None = None  # training runs behind a mean accuracy
    std: float | None = None  # standard deviation over those runs
    seed: int | None = None
    seconds: float | None = None  # wall time of the measurement
    compression_nominal: float | None = None  # parameters before / after, nominal
    parameters_left: int | None = None
    parameters_total: int | None = None
    population: str | None = None  # the items tested, where clean and attacked ones differ
    adaptivity: str | None = None  # a key of ADAPTIVITY; None: not stated
    source: str = ""
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for check in (_check_names, _check_accuracy, _check_counts, _check_amounts):
            check(self)

    @property
    def column(self) -> Column:
        """The column of this row."""
        return Column(self.attack, self.norm, self.radius, self.source_model)

    @property
    def row_name(self) -> str:
        """A short description of the row, for messages."""
        return f"{self.defence!r} ({self.network}, {self.dataset}) under {self.column.full_name!r}"

    @property
    def compression(self) -> float | None:
        """The compression: parameters before over remaining parameters; nominal if counts are not given."""
        if self.parameters_left and self.parameters_total:
            return self.parameters_total / self.parameters_left
        return self.compression_nominal


FIELD_OF = {  # column of a table file → field
    {"source_model": "crafted_on"}.get(field.name, field.name): field.name for field in fields(Measurement)
}
FIELDS = tuple(FIELD_OF)
OPTIONAL_NAMES = ("norm", "crafted_on", "population", "adaptivity")


def _check_names(row: Measurement) -> None:
    for field in ("dataset", "network", "defence", "attack", *OPTIONAL_NAMES):
        text = getattr(row, FIELD_OF[field])
        if text is None and field in OPTIONAL_NAMES:
            continue
        if not isinstance(text, str) or not text.strip():
            raise MeasurementError(f"Row {row.row_name}: {field} is {shortened(text)}; give it a name.")
        if text != text.strip() or text == "*":
            raise MeasurementError(
                f"Row {row.row_name}: {field} is {text!r}; a name has no spaces around it and is not '*'."
            )
        _check_text(row, field, text)
    _check_text(row, "source", row.source)
    for warning in row.warnings:
        _check_text(row, "a warning", warning)
        if not warning or "|" in warning:
            raise MeasurementError(
                f"Row {row.row_name}: the warning {warning!r} is empty or contains '|', which separates "
                "warnings in files; remove it."
            )
    if row.metric not in METRICS:
        raise MeasurementError(
            f"Row {row.row_name}: the metric {row.metric!r} is unknown;{suggestion(row.metric, METRICS)} "
            f"Known: {', '.join(METRICS)}."
        )
    if row.adaptivity is not None and row.adaptivity not in ADAPTIVITY:
        raise MeasurementError(
            f"Row {row.row_name}: the adaptivity {row.adaptivity!r} is unknown;"
            f"{suggestion(row.adaptivity, ADAPTIVITY)} Known: {', '.join(ADAPTIVITY)}."
        )
    if row.attack == NO_ATTACK and (row.adaptivity is not None or row.metric == "utility_under_attack"):
        raise MeasurementError(
            f"Row {row.row_name}: without an attack there is neither adaptivity nor utility under attack; "
            "name the attack, or leave the field empty."
        )
    if row.metric == "clean" and row.attack != NO_ATTACK:
        raise MeasurementError(
            f"Row {row.row_name}: a clean accuracy is measured under the attack 'none', not {row.attack!r}."
        )


def _check_text(row: Measurement, field: str, text: object) -> None:
    if not isinstance(text, str):
        raise MeasurementError(f"Row {row.row_name}: {field} is {shortened(text)}; expected text.")
    if not text.isprintable() and any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise MeasurementError(
            f"Row {row.row_name}: {field} contains a control character or an invalid one; remove it."
        )


def _check_accuracy(row: Measurement) -> None:
    value = row.accuracy
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise MeasurementError(
            f"Row {row.row_name}: accuracy is {value!r}; expected a finite number in 0..1."
        )
    if 1 < value <= 100:
        raise MeasurementError(
            f"Row {row.row_name}: accuracy is {value!r}, which looks like percent; expected a fraction in "
            "0..1. Divide by 100, or read the file with percent=True (advgame import csv --percent)."
        )
    if not 0 <= value <= 1:
        raise MeasurementError(f"Row {row.row_name}: accuracy is {value!r}; expected a fraction in 0..1.")


def _check_counts(row: Measurement) -> None:
    for field in ("correct", "tested", "runs", "parameters_left", "parameters_total", "seed"):
        count = getattr(row, field)
        if count is None:
            continue
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count < MOST_COUNT:
            raise MeasurementError(
                f"Row {row.row_name}: {field} is {shortened(count)}; expected a whole number ≥ 0, < 2⁶⁴."
            )
    if row.correct is None:
        return
    if not row.tested or row.correct > row.tested:
        raise MeasurementError(
            f"Row {row.row_name}: {row.correct} correct of {row.tested} tested; "
            "correct needs a positive tested that is not smaller."
        )
    rounded = 0.5 / row.tested  # a mean over draws of a randomised network has no whole count
    if not isclose(row.correct / row.tested, row.accuracy, abs_tol=max(5.1e-3, rounded * (1 + 1e-9))):
        raise MeasurementError(
            f"Row {row.row_name}: {row.correct} of {row.tested} is {row.correct / row.tested:.4f}, but "
            f"accuracy is {row.accuracy}; correct one of them, or leave the counts empty."
        )


def _check_amounts(row: Measurement) -> None:
    for field in ("radius", "std", "seconds", "compression_nominal"):
        amount = getattr(row, field)
        if amount is not None and (not isfinite(amount) or amount < 0):
            raise MeasurementError(
                f"Row {row.row_name}: {field} is {amount!r}; expected a finite number ≥ 0."
            )
