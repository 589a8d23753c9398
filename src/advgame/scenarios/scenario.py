"""A scenario: measurements, prices, and the limits of the attacker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from math import isfinite
from numbers import Real
from pathlib import Path

from advgame.arrays import NO_ATTACK
from advgame.errors import MeasurementError, ScenarioError, UnknownName, shortened
from advgame.games import Game
from advgame.measurements import Measurement, MeasurementTable
from advgame.measurements.radii import same_radius
from advgame.payoffs import (
    SUCCESS_RULES,
    TERMS,
    Accuracies,
    AttackStrength,
    Judge,
    Term,
    accuracies_of,
    build,
)
from advgame.scenarios.attacker_type import AttackerType, check_types
from advgame.scenarios.knowledge import KNOWLEDGE, MIXTURE, NOTHING
from advgame.scenarios.labels import check_labelled, check_labels
from advgame.scenarios.measured_tries import measured_dependence, outcomes_beside

Noun = tuple[str, str]  # singular, plural


@dataclass(frozen=True)
class AttackChoice:
    """Selects columns by attack and, optionally, by norm, radius and source model."""

    attack: str
    norm: str | None = None
    radius: float | None = None
    source_model: str | None = None

    def fits(self, row: Measurement) -> bool:
        """Whether a row belongs to a selected column."""
        return (
            row.attack == self.attack
            and self.norm in (None, row.norm)
            and self.source_model in (None, row.source_model)
            and (self.radius is None or same_radius(self.radius, row.radius))
        )


@dataclass(frozen=True)
class Select:
    """The rows of the table that are used; None does not restrict."""

    dataset: str | None = None
    networks: tuple[str, ...] | None = None
    defences: tuple[str, ...] | None = None
    attacks: tuple[AttackChoice, ...] | None = None


@dataclass(frozen=True, eq=False)
class Scenario:
    """A question, its measurements, and all prices.

    Raises:
        ScenarioError: for a share outside 0..1, a volume that is not positive, an unknown success rule or
            state of knowledge, a margin outside 0..1, an interval that runs downwards, priors that do
            not sum to 1, labels that are empty or equal.
    """

    name: str
    measurements: MeasurementTable
    data: str = ""  # source of the measurements: a bundled name or a path
    folder: Path | None = None  # base of a relative path; None: the working directory
    question: str = ""
    success: str = "every error"
    attacker_knows: str | None = None  # a key of KNOWLEDGE; None: not stated, and played as "nothing"
    attacker_margin: float = 0.05  # by which its rewards and costs may differ from those assumed
    may_stop: bool = False  # whether the owner may choose not to run the service at all, worth 0
    undefended: str | None = None  # the defence that counts as doing nothing; None: the best without attacks
    largest_share: float = 0.1
    volume_per_month: float | None = None  # classified inputs
    currency: str = ""  # unit of all amounts; empty: the gain from one benign input
    select: Select = Select()
    terms: tuple[Term, ...] = field(default_factory=lambda: tuple(term() for term in TERMS.values()))
    adversarial_share: Mapping[str, float] = field(default_factory=dict)  # caps by attack
    what_if: Mapping[str, float] = field(default_factory=dict)  # accuracies assumed instead of measured
    basis: Mapping[str, str] = field(default_factory=dict)  # parameter → its source, or "assumed"
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # address → least, greatest
    attacker_types: Mapping[str, AttackerType] = field(default_factory=dict)  # for the study of that name
    item: Noun = ("input", "inputs")  # what is classified: requests, texts, transactions
    system: Noun = ("network", "networks")  # what answers: agents, detectors, models
    adaptive_factor: float = 1.0  # times an adaptive attacker succeeds more often than a static attack
    tries: float = 1.0  # whole: on one item, at most; the attacker stops at the first success
    # whether every run of the outcomes beside the table is a try of the attacker
    runs_are_tries: bool = False
    judge: Mapping[str, Judge] = field(default_factory=dict)  # attack → error rates of its verdicts
    atlas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # attack or defence → MITRE ATLAS ids
    labels: Mapping[str, str] = field(default_factory=dict)  # attack or defence → name in plain words

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ScenarioError(f"The scenario has no name (name is {self.name!r}); give it one.")
        if self.success not in SUCCESS_RULES:
            raise UnknownName("success rule", str(self.success), SUCCESS_RULES)
        if self.attacker_knows is not None and self.attacker_knows not in KNOWLEDGE:
            raise UnknownName("state of the attacker's knowledge", str(self.attacker_knows), KNOWLEDGE)
        if not _is_number(self.attacker_margin) or not 0 <= self.attacker_margin < 1:
            raise ScenarioError(
                f"attacker_margin is {self.attacker_margin!r}; expected a part of the attacker's rewards and "
                "costs, at least 0 and below 1 (5 % is 0.05)."
            )
        if not isinstance(self.may_stop, bool):
            raise ScenarioError(f"may_stop is {self.may_stop!r}; expected true or false.")
        for address, ends in self.intervals.items():
            _check_interval(address, ends)
        check_types(self.attacker_types)
        _check_nouns(self)
        _check_atlas(self.atlas)
        check_labels(self.labels)
        _ = self.strength  # raises for a factor, a number of tries or a judge that is impossible
        if self.tries != int(self.tries):
            raise ScenarioError(
                f"tries is {self.tries!r}; expected a whole number of at least 1: how often an attacker may "
                "try one item."
            )
        if not isinstance(self.runs_are_tries, bool):
            raise ScenarioError(f"runs_are_tries is {self.runs_are_tries!r}; expected true or false.")
        shares = {"largest_share": self.largest_share}
        shares |= {f"adversarial_share[{attack}]": cap for attack, cap in self.adversarial_share.items()}
        for address, share in shares.items():
            if not _is_number(share) or not 0 <= share <= 1:
                raise ScenarioError(
                    f"{address} is {share!r}; expected a share of the traffic in 0..1 (30 % is 0.3)."
                )
        volume = self.volume_per_month
        if volume is not None and (not _is_number(volume) or not 0 < volume < float("inf")):
            raise ScenarioError(f"volume_per_month is {volume!r}; expected a positive number of inputs.")

    @property
    def knowledge(self) -> str:
        """What the attacker knows as the scenario is played: nothing, where that is not stated."""
        return self.attacker_knows or NOTHING

    @property
    def announced(self) -> bool:
        """Whether the mixed strategy is known to the attacker."""
        return self.attacker_knows == MIXTURE

    @property
    def strength(self) -> AttackStrength:
        """What changes the attacks' success rates between the measurement and the field.

        Raises:
            ScenarioError: for a factor or a number of tries below 1.
        """
        return AttackStrength(self.adaptive_factor, self.tries, self.judge)

    @property
    def selected(self) -> MeasurementTable:
        """The selected rows, in the order of the selection.

        Raises:
            UnknownName: for a defence, network or data set that is not in the table.
            MeasurementError: when no row is left.
        """
        return _selected(self.measurements, self.select)

    @cached_property
    def accuracies(self) -> Accuracies:
        """Accuracies (defences, attacks) and the traffic share of each attack (attacks,), cached.

        Raises:
            MeasurementError: when a cell is not measured, or nothing is selected.
            UnknownName: for a defence, an attack or a cap that is not in the table.
        """
        return _accuracies(self)

    def term(self, name: str) -> Term:
        """The scenario's term with a name, at its defaults if the scenario does not set it."""
        return next((term for term in self.terms if term.name == name), TERMS[name]())

    def with_term(self, changed: Term) -> Scenario:
        """The same scenario with one term changed."""
        unchanged = [term for term in self.terms if term.name != changed.name]
        order = {name: place for place, name in enumerate(TERMS)}
        terms = sorted([*unchanged, changed], key=lambda term: order.get(term.name, len(order)))
        scenario = replace(self, terms=tuple(terms))
        if "accuracies" in self.__dict__:  # prices do not change them
            scenario.__dict__["accuracies"] = self.accuracies
        return scenario


def _accuracies(scenario: Scenario) -> Accuracies:
    check_labelled(scenario.labels, scenario.measurements)
    accuracies = accuracies_of(
        scenario.selected,
        largest_share=scenario.largest_share,
        caps=scenario.adversarial_share,
        success=scenario.success,
        what_if=scenario.what_if,
        strength=scenario.strength,
    )
    if not scenario.runs_are_tries:
        return accuracies
    outcomes = outcomes_beside(scenario.data, scenario.folder)
    dependence = measured_dependence(scenario.selected, accuracies.defences, accuracies.attacks, outcomes)
    return replace(accuracies, dependence=dependence)


def check_scenario(given: object) -> None:
    """Refuse what is no scenario, such as the name of a case.

    Raises:
        ScenarioError: names how a scenario is read.
    """
    if not isinstance(given, Scenario):
        raise ScenarioError(
            f"A scenario is expected, not {shortened(given)}; "
            "read one with advgame.case(NAME) or advgame.read_scenario(PATH)."
        )


def build_game(scenario: Scenario) -> Game:
    """The game of a scenario, in money per classified input.

    >>> from advgame.scenarios import case
    >>> build_game(case("cifar10-two-defences")).shape
    (2, 2)

    Raises:
        ScenarioError: when a name or path is given in place of a scenario.
    """
    check_scenario(scenario)
    return build(scenario.accuracies, scenario.terms)


@lru_cache(maxsize=64)
def _selected(table: MeasurementTable, chosen: Select) -> MeasurementTable:
    """The selected rows; cached, because scenarios that differ only in prices select the same."""
    if chosen.dataset is not None:
        _known("data set", (chosen.dataset,), table.datasets)
        table = table.keep(lambda row: row.dataset == chosen.dataset)
    if chosen.networks is not None:
        _known("network", chosen.networks, table.networks)
        table = table.keep(lambda row: row.network in (chosen.networks or ()))
    if chosen.defences is not None:
        _known("defence", chosen.defences, table.defences)
        table = table.keep(lambda row: row.defence in (chosen.defences or ()))
        order = {name: place for place, name in enumerate(chosen.defences)}
        table = MeasurementTable(tuple(sorted(table.rows, key=lambda row: order[row.defence])))
    if chosen.attacks is not None:
        table = _with_attacks(table, chosen.attacks)
    return table


def _check_nouns(scenario: Scenario) -> None:
    for key in ("item", "system"):
        noun = getattr(scenario, key)
        words = isinstance(noun, tuple) and len(noun) == 2 and all(isinstance(word, str) for word in noun)
        if not words or not all(word.strip() for word in noun):
            raise ScenarioError(
                f'{key} is {noun!r}; expected a noun, singular and plural, such as ["text", "texts"].'
            )


ATLAS_ID = re.compile(r"AML\.(T|M|TA|CS)\d{4}(\.\d{3})?")


def _check_atlas(atlas: Mapping[str, tuple[str, ...]]) -> None:
    for name, ids in atlas.items():
        for given in ids:
            if not ATLAS_ID.fullmatch(given):
                raise ScenarioError(
                    f"atlas.{name} has {given!r}; expected ids of MITRE ATLAS, such as AML.T0051.001 (a "
                    "technique) or AML.M0015 (a mitigation)."
                )


def _check_interval(address: str, ends: tuple[float, float]) -> None:
    if len(ends) != 2 or not all(_is_number(end) and isfinite(end) for end in ends):
        raise ScenarioError(
            f"intervals.{address} is {ends!r}; expected two numbers, the least and the greatest."
        )
    if ends[0] > ends[1]:
        raise ScenarioError(
            f"intervals.{address} runs from {ends[0]:g} down to {ends[1]:g}; write the smaller number first."
        )


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _known(kind: str, wanted: tuple[str, ...], there: tuple[str, ...]) -> None:
    if not wanted:
        raise ScenarioError(f"The selection of {kind}s is empty; name at least one, or remove the key.")
    for name in wanted:
        if name not in there:
            raise UnknownName(f"{kind} in the table", name, there)


def _with_attacks(table: MeasurementTable, choices: tuple[AttackChoice, ...]) -> MeasurementTable:
    if not choices:
        raise ScenarioError("The selection of attacks is empty; name at least one, or remove the key.")
    for choice in choices:
        if not any(choice.fits(row) for row in table):
            raise _no_such_column(choice, table)
    kept = {id(row): row for row in table if row.attack == NO_ATTACK}
    for choice in choices:
        kept |= {id(row): row for row in table if choice.fits(row)}
    if not kept:
        raise MeasurementError("The selection leaves no rows; widen it.")
    return MeasurementTable(tuple(kept.values()))


def _no_such_column(choice: AttackChoice, table: MeasurementTable) -> Exception:
    known = {row.attack for row in table}
    if choice.attack not in known:
        return UnknownName("attack in the table", choice.attack, known)
    strengths = {row.column.full_name for row in table if row.attack == choice.attack}
    return ScenarioError(
        f"No row of attack {choice.attack!r} matches norm {choice.norm}, radius {choice.radius}, crafted on "
        f"{choice.source_model}; the table has {', '.join(sorted(strengths))}."
    )
