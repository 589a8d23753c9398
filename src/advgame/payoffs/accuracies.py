"""The accuracy of every defence under every attack, and each attack's largest share of the traffic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.errors import MeasurementError, ScenarioError, UnknownName, suggestion
from advgame.measurements import Column, Measurement, MeasurementTable, pool_seeds
from advgame.measurements.decimals import Exact, as_decimal, as_decimals, exact_accuracy
from advgame.measurements.measurement import PLAYABLE

SUCCESS_RULES = {
    "every error": "the attacker is paid for every misclassified attacked input",
    "caused errors": "the attacker is paid only for errors beyond those the defence makes on benign inputs",
}


@dataclass(frozen=True, eq=False)
class Accuracies:
    """Accuracies and traffic shares by defence and attack; attack 0 is *no attack*."""

    defences: tuple[str, ...]
    attacks: tuple[str, ...]
    clean_accuracy: FloatArray  # (defences,)
    attacked_accuracy: FloatArray  # (defences, attacks); column 0 is the clean accuracy
    adversarial_share: FloatArray  # (attacks,) adversarial share of the traffic; entry 0 is 0
    success: str = "every error"
    other_measures: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict
    )  # metric → defence → value
    exact_accuracy: Callable[[], Exact] | None = None  # computes the exact accuracies (defences, attacks)

    def exactly(self, defences: Sequence[int], attacks: Sequence[int]) -> Accuracies:
        """Selected accuracies as Fractions: measured ones from their counts, all others as decimals.

        Args:
            defences: indices of defences.
            attacks: indices of attacks; the first is 0, *no attack*.
        """
        cut = np.ix_(defences, attacks)
        whole = None if self.exact_accuracy is None else self.exact_accuracy()
        accuracy = as_decimals(self.attacked_accuracy[cut]) if whole is None else whole[cut]
        names = tuple(self.defences[place] for place in defences)
        return Accuracies(
            names,
            tuple(self.attacks[place] for place in attacks),
            accuracy[:, 0],
            accuracy,
            as_decimals(self.adversarial_share[cut[1][0]]),
            self.success,
            {
                metric: {name: as_decimal(value) for name, value in values.items() if name in names}  # type: ignore[misc]
                for metric, values in self.other_measures.items()
            },
        )

    def with_accuracy(self, defence: int, attack: int, value: float) -> Accuracies:
        """The accuracies with one value changed, also in the exact ones.

        Args:
            defence: index of the defence.
            attack: index of the attack; 0 is *no attack*, the clean accuracy.
            value: the accuracy, a fraction in 0..1.
        """
        accuracy = self.attacked_accuracy.copy()
        accuracy[defence, attack] = value
        before = self.exact_accuracy

        def exactly() -> Exact:
            exact = as_decimals(self.attacked_accuracy) if before is None else before().copy()
            exact[defence, attack] = as_decimal(value)
            return exact

        return replace(
            self, clean_accuracy=accuracy[:, 0], attacked_accuracy=accuracy, exact_accuracy=exactly
        )

    @cached_property
    def clean_error(self) -> FloatArray:
        """Share of misclassified benign inputs, (defences,)."""
        return 1 - self.clean_accuracy

    @cached_property
    def attacked_error(self) -> FloatArray:
        """Share of misclassified attacked inputs, (defences, attacks)."""
        return 1 - self.attacked_accuracy

    @cached_property
    def attack_success(self) -> FloatArray:
        """Share of attacked inputs that count as successes under the success rule, (defences, attacks)."""
        if self.success == "caused errors":
            return self.attacked_error - self.clean_error[..., None]
        return self.attacked_error


def accuracies_of(
    table: MeasurementTable,
    *,
    largest_share: float,
    caps: Mapping[str, float] | None = None,
    success: str = "every error",
    what_if: Mapping[str, float] | None = None,
) -> Accuracies:
    """The accuracy of every defence under every attack in a table, with the attacks' shares of the traffic.

    Args:
        table: rows of one data set; every defence needs a clean accuracy and one under every attack.
        largest_share: the largest adversarial share of the traffic, 0..1.
        caps: lower limits of the share by attack name.
        success: a key of ``SUCCESS_RULES``.
        what_if: accuracies to assume instead of the table's, by ``clean_accuracy[defence]`` or
            ``attacked_accuracy[defence, attack]``.

    Raises:
        MeasurementError: for a missing cell or a table of several data sets.
        ScenarioError: for a share outside 0..1 or an unknown success rule.
        UnknownName: for a cap or an assumed accuracy of something that is not in the table.
    """
    known = _measured(table)
    accuracy = _assumed(known, what_if) if what_if else known.accuracy
    _check_full(accuracy, known)
    return Accuracies(
        known.defences,
        known.attacks,
        clean_accuracy=accuracy[:, 0],
        attacked_accuracy=accuracy,
        adversarial_share=_shares(known.attacks, largest_share, caps or {}),
        success=_known_success(success),
        other_measures=known.other_measures,
        exact_accuracy=_ExactAccuracy(known, what_if or {}),
    )


def measured_cells(table: MeasurementTable) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.bool_]]:
    """Which accuracies a table has: the defences, the attacks, and (defences, attacks) whether it is there.

    Raises:
        MeasurementError: for a table of several data sets, or without any accuracy.
    """
    known = _measured(table)
    return known.defences, known.attacks, ~np.isnan(known.accuracy)


@dataclass(frozen=True, eq=False)
class _ExactAccuracy:
    """Computes the exact accuracies of a table, with assumed values applied, when ties must be decided."""

    known: _Measured
    what_if: Mapping[str, float]

    def __call__(self) -> Exact:
        if not self.what_if:
            return self.known.exact_accuracy
        accuracy = self.known.exact_accuracy.copy()
        for address, value in self.what_if.items():
            accuracy[_place(address, self.known)] = as_decimal(value)
        return accuracy


@dataclass(frozen=True, eq=False)
class _Measured:
    """The accuracies of a table by defence and attack; a cell without a row is NaN."""

    defences: tuple[str, ...]
    attacks: tuple[str, ...]
    accuracy: FloatArray  # (defences, attacks)
    rows: Mapping[tuple[str, str], tuple[Measurement, ...]]  # (defence, attack) → one row per seed
    other_measures: Mapping[str, Mapping[str, float]]

    @cached_property
    def exact_accuracy(self) -> Exact:
        """Like ``accuracy``, as Fractions; 0 without a row."""
        exact = np.array([[Fraction(0)] * len(self.attacks)] * len(self.defences), dtype=object)
        for (defence, attack), rows in self.rows.items():
            exact[self.defences.index(defence), self.attacks.index(attack)] = exact_accuracy(rows)
        exact.setflags(write=False)
        return exact


@lru_cache(maxsize=64)
def _measured(table: MeasurementTable) -> _Measured:
    """The table's accuracies as an array; cached, because all cells of a sweep use the same table."""
    if len(table.datasets) > 1:
        raise MeasurementError(
            f"The table contains several data sets ({', '.join(table.datasets)}), but a game uses one: "
            "select it with dataset = … under [select]."
        )
    pooled = pool_seeds(table)
    names = defence_names(pooled)
    played = [row.column for row in pooled if row.metric in PLAYABLE and row.attack != NO_ATTACK]
    columns = column_names(tuple(dict.fromkeys(played)))
    attacks = (NO_ATTACK, *columns.values())
    defences = tuple(dict.fromkeys(names[_identity(row)] for row in pooled if row.metric in PLAYABLE))
    if not defences:
        raise MeasurementError("The selection has no clean or attacked accuracy; widen it.")
    cells = _cells(pooled, names, columns)
    accuracy = np.array(
        [[cells.get((defence, attack), np.nan) for attack in attacks] for defence in defences]
    )
    accuracy.setflags(write=False)
    return _Measured(
        defences, attacks, accuracy, _rows_of(table, names, columns), _other_measures(pooled, names)
    )


def defence_names(table: MeasurementTable) -> dict[tuple[str, str], str]:
    """(network, defence) → the name of the strategy: the defence, with its network if ambiguous."""
    identities = dict.fromkeys(_identity(row) for row in table)
    networks: dict[str, set[str]] = {}
    for network, defence in identities:
        networks.setdefault(defence, set()).add(network)
    return {
        (network, defence): defence if len(networks[defence]) == 1 else f"{defence} ({network})"
        for network, defence in identities
    }


def column_names(columns: tuple[Column, ...]) -> dict[Column, str]:
    """Column → its name: the attack if unique, otherwise with norm and radius; ``@k`` if crafted on k."""
    attacks = [(column.attack, column.crafted_on) for column in columns]
    return {
        column: column.full_name
        if attacks.count((column.attack, column.crafted_on)) > 1
        else Column(column.attack, crafted_on=column.crafted_on).full_name
        for column in columns
    }


def _identity(row: Measurement) -> tuple[str, str]:
    return row.network, row.defence


def _cells(
    table: MeasurementTable, names: Mapping[tuple[str, str], str], columns: Mapping[Column, str]
) -> dict[tuple[str, str], float]:
    cells: dict[tuple[str, str], float] = {}
    for row in table:
        if row.metric not in PLAYABLE:
            continue
        cell = _cell(row, names, columns)
        if cell in cells:
            raise MeasurementError(
                f"Two playable rows for {row.row_name} (metrics differ); keep one of them in the selection."
            )
        cells[cell] = row.accuracy
    return cells


def _rows_of(
    table: MeasurementTable, names: Mapping[tuple[str, str], str], columns: Mapping[Column, str]
) -> dict[tuple[str, str], tuple[Measurement, ...]]:
    """The rows of each cell, one per seed."""
    rows: dict[tuple[str, str], tuple[Measurement, ...]] = {}
    for row in table:
        if row.metric in PLAYABLE:
            cell = _cell(row, names, columns)
            rows[cell] = (*rows.get(cell, ()), row)
    return rows


def _cell(
    row: Measurement, names: Mapping[tuple[str, str], str], columns: Mapping[Column, str]
) -> tuple[str, str]:
    return names[_identity(row)], NO_ATTACK if row.attack == NO_ATTACK else columns[row.column]


def _assumed(known: _Measured, what_if: Mapping[str, float]) -> FloatArray:
    accuracy = known.accuracy.copy()
    for address, value in what_if.items():
        place = _place(address, known)
        if not 0 <= value <= 1:
            raise ScenarioError(f"what_if {address!r} is {value!r}; expected a fraction in 0..1.")
        accuracy[place] = value
    return accuracy


def _place(address: str, known: _Measured) -> tuple[int, int]:
    """The index of the accuracy at an address."""
    defence, attack = accuracy_cell(address, known.defences, known.attacks)
    return known.defences.index(defence), known.attacks.index(attack)


def accuracy_cell(address: str, defences: tuple[str, ...], attacks: tuple[str, ...]) -> tuple[str, str]:
    """The (defence, attack) of an address ``clean_accuracy[…]`` or ``attacked_accuracy[…, …]``.

    Args:
        address: ``clean_accuracy[defence]`` or ``attacked_accuracy[defence, attack]``.
        defences: names of the scenario's defences.
        attacks: names of the scenario's attacks, no attack first.

    Raises:
        ScenarioError: when the address names no cell of the scenario.
        UnknownName: for a defence that the scenario does not have.
    """
    field_name, _, rest = address.partition("[")
    inside = rest.removesuffix("]")
    if not rest.endswith("]") or field_name not in ("clean_accuracy", "attacked_accuracy"):
        raise ScenarioError(
            f"{address!r} does not name an accuracy; write clean_accuracy[defence] or "
            "attacked_accuracy[defence, attack]."
        )
    if field_name == "clean_accuracy":
        if inside not in defences:
            raise UnknownName("defence", inside, defences)
        return inside, NO_ATTACK
    for attack in sorted(attacks[1:], key=len, reverse=True):
        defence = inside.removesuffix(attack).rstrip().removesuffix(",").rstrip()
        if inside.endswith(attack) and defence in defences:
            return defence, attack
    known = [f"{defence}, {attack}" for defence in defences for attack in attacks[1:]]
    raise ScenarioError(
        f"{address!r} does not name a defence and attack of the scenario;{suggestion(inside, known)}"
    )


def _check_full(accuracy: FloatArray, known: _Measured) -> None:
    missing = np.argwhere(np.isnan(accuracy))
    if len(missing) == 0:
        return
    defence, attack = known.defences[missing[0][0]], known.attacks[missing[0][1]]
    further = f" ({len(missing) - 1} more cells are missing)" if len(missing) > 1 else ""
    wanted = "No clean accuracy" if attack == NO_ATTACK else "No accuracy"
    raise MeasurementError(
        f"{wanted} of {defence!r} under {attack!r}{further}; add the row to the table, or narrow [select] to "
        "defences and attacks that are all measured."
    )


def _shares(attacks: tuple[str, ...], largest_share: float, caps: Mapping[str, float]) -> FloatArray:
    for name, share in (("largest_share", largest_share), *caps.items()):
        if not isfinite(share) or not 0 <= share <= 1:
            raise ScenarioError(f"The share {name} is {share!r}; expected a fraction of the traffic in 0..1.")
    for name in caps:
        if name not in attacks[1:]:
            raise UnknownName("attack (under [adversarial_share])", name, attacks[1:])
    return np.array([0.0] + [min(largest_share, caps.get(attack, 1.0)) for attack in attacks[1:]])


def _known_success(success: str) -> str:
    if success not in SUCCESS_RULES:
        raise UnknownName("success rule", success, SUCCESS_RULES)
    return success


def _other_measures(
    table: MeasurementTable, names: Mapping[tuple[str, str], str]
) -> dict[str, dict[str, float]]:
    measures: dict[str, dict[str, float]] = {}
    for row in table:
        if row.metric not in PLAYABLE and row.attack == NO_ATTACK:
            measures.setdefault(row.metric, {})[names[_identity(row)]] = row.accuracy
    return measures
