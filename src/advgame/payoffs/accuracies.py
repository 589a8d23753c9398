"""The accuracy of every defence under every attack, and each attack's largest share of the traffic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import NO_ATTACK, FloatArray
from advgame.errors import MeasurementError, ScenarioError, UnknownName, suggestion
from advgame.measurements import Column, Measurement, MeasurementTable, pool_seeds
from advgame.measurements.decimals import Exact, as_decimal, as_decimals, exact_accuracy
from advgame.measurements.measurement import PLAYABLE
from advgame.payoffs.field_success import ANY_ATTACK, AS_MEASURED, AttackStrength, Dependence

UTILITY = "utility_under_attack"
NOT_ADAPTIVE = ("static", "transferred")
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
    # metric → defence → value
    other_measures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    exact_accuracy: Callable[[], Exact] | None = None  # computes the exact accuracies (defences, attacks)
    # (defences, attacks) share of failed attacks with the user's task done; None where it was not measured
    completed: FloatArray | None = None
    exact_completed: Callable[[], Exact] | None = None
    # (defences, attacks) measured with a static or transferred attack
    static: NDArray[np.bool_] | None = None
    strength: AttackStrength = AS_MEASURED
    dependence: Dependence | None = None  # of several tries; None where they count as independent

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
            completed=self._completed_exactly(cut),
            static=None if self.static is None else self.static[cut],
            strength=self.strength,
            dependence=None if self.dependence is None else self.dependence.among(cut),
        )

    def _completed_exactly(self, cut: tuple[NDArray[np.intp], ...]) -> Any:
        if self.completed is None:
            return None
        return (
            as_decimals(self.completed[cut]) if self.exact_completed is None else self.exact_completed()[cut]
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
    def one_try(self) -> FloatArray:
        """Probability that one try of an attack succeeds in the field, (defences, attacks)."""
        measured = 1 - self.attacked_accuracy
        if self.strength.as_measured:
            return measured
        static = self.static if self.static is not None else np.zeros(measured.shape[-2:], dtype=bool)
        return self.strength.of_one_try(measured, self.attacks, static)

    @cached_property
    def attacked_error(self) -> FloatArray:
        """Share of attacked inputs on which the attack succeeds in the field, (defences, attacks).

        That of the measurement, unless the scenario states a judge's errors, an adaptive attacker or tries.
        """
        return self.strength.of_all_tries(self.one_try, self.dependence)

    @cached_property
    def expected_tries(self) -> FloatArray:
        """How many tries an attacker makes on an input on average, (defences, attacks); 1 without retries."""
        return self.strength.expected_tries(self.one_try, self.dependence)

    @cached_property
    def outside(self) -> tuple[tuple[str, str, float], ...]:
        """The (defence, attack, rate) that a judge's error rates put outside 0..1; each is cut off there."""
        return tuple(
            (defence, attack, float(rate))
            for column, attack in enumerate(self.attacks)
            if column and (judge := self.strength.judge_of(attack)) is not None
            for defence, rate in zip(
                self.defences, judge.corrected(1 - self.attacked_accuracy[:, column]), strict=True
            )
            if not 0 <= rate <= 1
        )

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
    strength: AttackStrength = AS_MEASURED,
) -> Accuracies:
    """The accuracy of every defence under every attack in a table, with the attacks' shares of the traffic.

    Args:
        table: rows of one data set; every defence needs a clean accuracy and one under every attack.
        largest_share: the largest adversarial share of the traffic, 0..1.
        caps: lower limits of the share by attack name.
        success: a key of ``SUCCESS_RULES``.
        what_if: accuracies to assume instead of the table's, by ``clean_accuracy[defence]`` or
            ``attacked_accuracy[defence, attack]``.
        strength: what changes the attacks' success rates between the measurement and the field.

    Raises:
        MeasurementError: for a missing cell or a table of several data sets.
        ScenarioError: for a share outside 0..1, an unknown success rule, or one that does not fit the table.
        UnknownName: for a cap or an assumed accuracy of something that is not in the table.
    """
    known = _measured(table)
    accuracy = _assumed(known, what_if) if what_if else known.accuracy
    _check_full(accuracy, known)
    _check_success(success, known)
    _check_judges(strength, known)
    completed = known.completed
    return Accuracies(
        known.defences,
        known.attacks,
        clean_accuracy=accuracy[:, 0],
        attacked_accuracy=accuracy,
        adversarial_share=_shares(known.attacks, largest_share, caps or {}),
        success=_known_success(success),
        other_measures=known.other_measures,
        exact_accuracy=_ExactAccuracy(known, what_if or {}),
        completed=completed,
        exact_completed=None if completed is None else lambda: known.exact_completed,
        static=known.static,
        strength=strength,
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
    utility: Mapping[tuple[str, str], tuple[Measurement, ...]]  # rows of utility under attack, as ``rows``

    @cached_property
    def completed(self) -> FloatArray | None:
        """(defences, attacks) share of failed attacks with the user's task done; None if a cell lacks it."""
        if any(
            (defence, attack) not in self.utility for defence in self.defences for attack in self.attacks[1:]
        ):
            return None
        return self.exact_completed.astype(np.float64) if len(self.attacks) > 1 else None

    @cached_property
    def exact_completed(self) -> Exact:
        """Like ``completed``, as Fractions; at most 1, and 0 where no attack failed."""
        shares = np.array([[Fraction(0)] * len(self.attacks)] * len(self.defences), dtype=object)
        for (defence, attack), rows in self.utility.items():
            place = self.defences.index(defence), self.attacks.index(attack)
            failed = self.exact_accuracy[place]
            shares[place] = min(Fraction(1), exact_accuracy(rows) / failed) if failed else Fraction(0)
        shares.setflags(write=False)
        return shares

    @cached_property
    def static(self) -> NDArray[np.bool_]:
        """(defences, attacks) whether an attack was measured as static or transferred."""
        return np.array(
            [
                [
                    any(row.adaptivity in NOT_ADAPTIVE for row in self.rows.get((defence, attack), ()))
                    for attack in self.attacks
                ]
                for defence in self.defences
            ]
        )

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
        defences,
        attacks,
        accuracy,
        _rows_of(table, names, columns, PLAYABLE),
        _other_measures(pooled, names),
        _rows_of(table, names, columns, frozenset({UTILITY})),
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
    attacks = [(column.attack, column.source_model) for column in columns]
    return {
        column: column.full_name
        if attacks.count((column.attack, column.source_model)) > 1
        else Column(column.attack, source_model=column.source_model).full_name
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
    table: MeasurementTable,
    names: Mapping[tuple[str, str], str],
    columns: Mapping[Column, str],
    metrics: frozenset[str],
) -> dict[tuple[str, str], tuple[Measurement, ...]]:
    """The rows of each cell whose metric is one of these, one per seed."""
    rows: dict[tuple[str, str], tuple[Measurement, ...]] = {}
    for row in table:
        if row.metric in metrics and (row.attack == NO_ATTACK or row.column in columns):
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


def _check_success(success: str, known: _Measured) -> None:
    """Refuses to subtract the errors on one population from those on another."""
    if success != "caused errors":
        return
    for defence in known.defences:
        clean = {row.population for row in known.rows.get((defence, NO_ATTACK), ())}
        for attack in known.attacks[1:]:
            attacked = {row.population for row in known.rows.get((defence, attack), ())}
            if clean and attacked and clean != attacked:
                raise ScenarioError(
                    f"success = {success!r} subtracts the errors on clean items from those under attack, but "
                    f"{defence!r} was measured on different items ({_listed(clean)} and, under {attack!r}, "
                    f'{_listed(attacked)}). Use success = "every error".'
                )


def _listed(populations: set[str | None]) -> str:
    return ", ".join(sorted(name or "not stated" for name in populations))


def _check_judges(strength: AttackStrength, known: _Measured) -> None:
    for name in strength.judges:
        if name != ANY_ATTACK and name not in known.attacks[1:]:
            raise UnknownName("attack (under [judge])", name, known.attacks[1:])


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
