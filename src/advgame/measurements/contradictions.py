"""Marks rows that contradict each other or themselves with warnings; no row is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from math import sqrt

from advgame.measurements.inclusions import NORMS, contains, largest
from advgame.measurements.measurement import PLAYABLE, Measurement
from advgame.measurements.standard_errors import standard_error
from advgame.measurements.table import MeasurementTable

SAME = 1e-6  # below it, two rates differ by rounding only
ROUNDED = 6e-5  # by more, an accuracy with four decimals is not that of its count
Marks = Iterator[tuple[Measurement, str]]


def mark_contradictions(table: MeasurementTable) -> MeasurementTable:
    """The rows, with a warning on each row that another one contradicts."""
    networks: dict[tuple[str, str, str, int | None], list[Measurement]] = {}
    for row in table:
        if row.metric in PLAYABLE:
            networks.setdefault((row.dataset, row.network, row.defence, row.seed), []).append(row)
    marks: dict[int, dict[str, None]] = {}
    for rows in networks.values():
        for find in (_above_clean, _rises_with_radius, _weaker_inside_larger_ball, _other_runs):
            for row, warning in find(rows):
                marks.setdefault(id(row), {})[warning] = None
    for row, warning in _more_done_than_withstood(table):
        marks.setdefault(id(row), {})[warning] = None
    for row in table:
        for warning in (*_misses_compression(row), *_beyond_unit_inputs(row)):
            marks.setdefault(id(row), {})[warning] = None
    return MeasurementTable(tuple(_marked(row, marks.get(id(row), ())) for row in table))


def _marked(row: Measurement, new: Iterable[str]) -> Measurement:
    warnings = tuple(dict.fromkeys((*row.warnings, *new)))
    return row if warnings == row.warnings else replace(row, warnings=warnings)


def _clean(rows: list[Measurement]) -> Measurement | None:
    return next((row for row in rows if row.metric == "clean"), None)


def _above_clean(rows: list[Measurement]) -> Marks:
    """Attacking the same items cannot help the defender; other items may be easier than the clean ones."""
    clean = _clean(rows)
    if clean is None:
        return
    for row in rows:
        if row.population != clean.population:
            continue
        if row.metric == "robust" and row.accuracy - clean.accuracy > 2 * _error_of_difference(row, clean):
            yield row, f"accuracy under attack {row.accuracy:.4g} exceeds the clean {clean.accuracy:.4g}"


def _more_done_than_withstood(table: MeasurementTable) -> Marks:
    """Utility under attack counts failed attacks only: it cannot exceed the share of attacks that failed."""
    withstood = {
        (row.dataset, row.network, row.defence, row.column, row.seed): row.accuracy
        for row in table
        if row.metric in PLAYABLE
    }
    for row in table:
        most = withstood.get((row.dataset, row.network, row.defence, row.column, row.seed))
        if row.metric == "utility_under_attack" and most is not None and row.accuracy > most + SAME:
            yield (
                row,
                (
                    f"utility under attack {row.accuracy:.4g} exceeds the {most:.4g} of attacks that failed: "
                    "it also counts tasks done although the attack succeeded"
                ),
            )


def _rises_with_radius(rows: list[Measurement]) -> Marks:
    attacks: dict[tuple[str, str | None, str | None], list[Measurement]] = {}
    for row in rows:
        if row.metric == "robust" and row.radius is not None:
            attacks.setdefault((row.attack, row.norm, row.source_model), []).append(row)
    for group in attacks.values():
        ordered = sorted(group, key=lambda row: row.radius or 0.0)
        for smaller, larger in pairwise(ordered):
            if larger.accuracy > smaller.accuracy + 1e-12:
                yield (
                    larger,
                    (
                        f"accuracy rises with the radius: {smaller.accuracy:.4g} at {smaller.radius:.4g}, "
                        f"{larger.accuracy:.4g} at {larger.radius:.4g}"
                    ),
                )


def _weaker_inside_larger_ball(rows: list[Measurement]) -> Marks:
    """Accuracy within a ball cannot be higher than within a ball of another norm that it contains.

    Where a network answers at random, an excess within two standard errors is chance.
    """
    robust = [row for row in rows if row.metric == "robust" and row.radius is not None]
    by_accuracy = sorted(robust, key=lambda row: row.accuracy)
    for row in by_accuracy:
        for inside in by_accuracy:  # the lowest first
            if row.accuracy <= inside.accuracy + 1e-12:
                break
            by_chance = 2 * _error_of_difference(row, inside) if _is_mean(row) or _is_mean(inside) else 0.0
            if row.accuracy - inside.accuracy > by_chance and _contains(row, inside):
                yield (
                    row,
                    (
                        f"weak attack: accuracy {row.accuracy:.4g} in an {_shown(row.norm)} ball of "
                        f"{row.radius:.4g} exceeds the {inside.accuracy:.4g} in the "
                        f"{_shown(inside.norm)} ball of {inside.radius:.4g} inside it"
                    ),
                )
                break


def _is_mean(row: Measurement) -> bool:
    """Whether an accuracy is a mean over the answers of a randomised network; its count is rounded then."""
    if row.correct is None or not row.tested:
        return False
    return ROUNDED * row.tested < abs(row.accuracy * row.tested - row.correct) <= 0.5


def _shown(norm: str | None) -> str:
    return "L∞" if norm == "Linf" else str(norm)


def _contains(outer: Measurement, inner: Measurement) -> bool:
    """Whether both rows count the same inputs, in balls of two norms of which one contains the other."""
    values = PIXELS.get(outer.dataset)
    if values is None or outer.norm == inner.norm or outer.radius is None or inner.radius is None:
        return False
    if "L0" in (outer.norm, inner.norm) and outer.dataset not in GREY:
        return False
    alike = outer.source_model == inner.source_model and outer.tested == inner.tested
    return alike and contains(outer.norm, outer.radius, inner.norm, inner.radius, values)


# Of colour images, publications count changed pixels as often as changed values.
GREY = frozenset({"digits", "mnist", "fashion_mnist", "pneumoniamnist"})

# Input dimensions by data set, on which the inclusions of balls depend.
PIXELS = {
    "digits": 64,
    "mnist": 28 * 28,
    "fashion_mnist": 28 * 28,
    "pneumoniamnist": 28 * 28,
    "cifar10": 3 * 32 * 32,
    "cifar100": 3 * 32 * 32,
    "svhn": 3 * 32 * 32,
    "gtsrb": 3 * 32 * 32,
    "imagenette": 3 * 224 * 224,
    "imagenet": 3 * 224 * 224,
}


def _other_runs(rows: list[Measurement]) -> Marks:
    clean = _clean(rows)
    if clean is None or clean.runs is None:
        return
    for row in rows:
        if row.population == clean.population and row.runs is not None and row.runs != clean.runs:
            yield (
                row,
                (
                    f"a mean of {row.runs} runs beside a clean mean of {clean.runs}: "
                    "different sets of runs, do not pair them"
                ),
            )


def _misses_compression(row: Measurement) -> Iterator[str]:
    nominal, left, total = row.compression_nominal, row.parameters_left, row.parameters_total
    if nominal and left and total and abs(total / left / nominal - 1) > 0.1:
        yield (
            f"compressed {total / left:.3g} times by remaining parameters, not {nominal:.3g} times as stated"
        )


def _beyond_unit_inputs(row: Measurement) -> Iterator[str]:
    if row.norm is not None and row.norm.casefold() in LARGEST_CHANGE and (row.radius or 0.0) > 1:
        yield (
            f"the L∞ radius {row.radius:.10g} is larger than any change of inputs in [0, 1]: "
            f"for pixel values 0 to 255 write {row.radius:.10g}/255"
        )
    elif row.metric == "robust" and row.norm in NORMS and row.dataset in PIXELS:
        values = PIXELS[row.dataset]
        most = largest(row.norm, "Linf", 1.0, values)
        if (row.radius or 0.0) > most * (1 + SAME):
            yield (
                f"the {row.norm} radius {row.radius:.10g} is larger than any change of {values} values in "
                f"[0, 1], which is at most {most:.10g}"
            )


LARGEST_CHANGE = frozenset({"linf", "l∞", "l_inf", "l-inf", "inf", "linfty"})


def _error_of_difference(first: Measurement, second: Measurement) -> float:
    errors = [standard_error(first) or 0.0, standard_error(second) or 0.0]
    return sqrt(sum(error**2 for error in errors))
