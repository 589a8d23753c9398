"""Scenario files in TOML: reading with validation, and atomic writing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advgame.bundled import bundled
from advgame.errors import ScenarioError, UnknownName, shortened, suggestion
from advgame.files import read_once, read_toml, written_whole
from advgame.measurements import MeasurementTable, radius_text, read_radius, read_table
from advgame.payoffs import TERMS, Judge, Term
from advgame.payoffs.terms import Amount, parameters_of
from advgame.scenarios.attacker_type import AttackerType
from advgame.scenarios.data_paths import data_path
from advgame.scenarios.knowledge import MIXTURE, NOTHING
from advgame.scenarios.scenario import AttackChoice, Scenario, Select, check_scenario

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

PLAIN = (
    "name",
    "question",
    "data",
    "success",
    "attacker_knows",
    "undefended",
    "largest_share",
    "attacker_margin",
    "may_stop",
    "runs_are_tries",
    "volume_per_month",
    "currency",
    "item",
    "system",
    "adaptive_factor",
    "tries",
)
TABLES = ("adversarial_share", "what_if", "basis", "intervals", "labels")
# Values that a written file does not state
DEFAULTS_LEFT_OUT: dict[str, object] = {
    "attacker_margin": 0.05,
    "may_stop": False,
    "runs_are_tries": False,
    "item": ("input", "inputs"),
    "system": ("network", "networks"),
    "adaptive_factor": 1.0,
    "tries": 1.0,
}
TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".xlsx", ".xls", ".ods")


def read_scenario(path: str | os.PathLike[str]) -> Scenario:
    """The scenario in a TOML file, with its measurements.

    >>> from advgame.bundled import bundled
    >>> read_scenario(bundled("scenarios") / "cifar10-two-defences.toml").largest_share
    0.3

    Raises:
        ScenarioError: for an invalid file; the message names the key, the value and the remedy.
        MeasurementError: for an invalid table.
    """
    path = Path(path)
    if not path.is_file():
        raise ScenarioError(f"There is no scenario file {path}; `advgame cases` lists the bundled ones.")
    if path.suffix.lower() in TABLE_SUFFIXES:
        raise ScenarioError(
            f"{path.name} is a table, not a scenario. A scenario is a TOML file that names a table "
            f'(data = "{path.name}") and gives the prices.'
        )
    named = path.suffix == ".toml"
    hint = "" if named else "A scenario is a TOML file that names a table of accuracies."
    content = read_toml(path, ScenarioError, hint)
    try:
        return scenario_of(content, folder=path.parent)
    except ScenarioError as mistake:
        raise ScenarioError(f"{path.name}: {mistake}") from None


def scenario_of(content: Mapping[str, Any], *, folder: Path) -> Scenario:
    """The scenario of parsed TOML; relative data paths start at ``folder``."""
    given = _validated(content)
    select = given.pop("select", None) or {}
    given["attacker_knows"] = _knowledge(given)
    given["intervals"] = {address: tuple(ends) for address, ends in given.get("intervals", {}).items()}
    given["attacker_types"] = _types_of(given.get("attacker_types", {}))
    given["judge"] = _judges_of(given.get("judge", {}))
    given["atlas"] = {name: tuple(ids) for name, ids in given.get("atlas", {}).items()}
    given |= {key: tuple(given[key]) for key in ("item", "system") if key in given}
    return Scenario(
        measurements=_table(given["data"], folder),
        folder=folder,
        select=_select_of(select),
        terms=_terms_of(given.pop("terms", {})),
        **given,
    )


def _knowledge(given: dict[str, Any]) -> str | None:
    """What the attacker knows; ``announced`` is an alias: true is "mixture", false is "nothing"."""
    announced, stated = given.pop("announced", None), given.get("attacker_knows")
    if announced is None:
        return stated
    meant = MIXTURE if announced else NOTHING
    if stated not in (None, meant):
        raise ScenarioError(
            f"announced = {str(announced).lower()} means attacker_knows = {meant!r}, but attacker_knows is "
            f"{stated!r}; remove announced."
        )
    return meant


def write_scenario(scenario: Scenario, path: str | os.PathLike[str]) -> Path:
    """Writes the scenario as TOML; reading it back gives an equal scenario.

    A path to data that is not bundled is rewritten relative to the new file.

    Raises:
        ScenarioError: when something else is given in place of a scenario.
    """
    check_scenario(scenario)
    import tomli_w

    path = Path(path)
    content = _content_of(scenario, path.parent)
    return written_whole(path, lambda file: file.write(tomli_w.dumps(content)), text=True)


def toml_of(scenario: Scenario) -> str:
    """The scenario as TOML text, with the path to its data unchanged."""
    import tomli_w

    return tomli_w.dumps(_content_of(scenario, None))


def _content_of(scenario: Scenario, folder: Path | None) -> dict[str, Any]:
    content: dict[str, Any] = {key: getattr(scenario, key) for key in PLAIN}
    content["data"] = _data_from(scenario, folder)
    content = {
        key: value
        for key, value in content.items()
        if value is not None and value != "" and DEFAULTS_LEFT_OUT.get(key) != value
    }
    content["select"] = _select_content(scenario.select)
    content["terms"] = {
        term.name: {
            about.name: _amount_content(getattr(term, about.name)) for about in parameters_of(type(term))
        }
        for term in scenario.terms
    }
    content |= {key: dict(getattr(scenario, key)) for key in TABLES if getattr(scenario, key)}
    if scenario.intervals:
        content["intervals"] = {address: list(ends) for address, ends in scenario.intervals.items()}
    if scenario.attacker_types:
        content["attacker_types"] = {
            name: _type_content(kind) for name, kind in scenario.attacker_types.items()
        }
    if scenario.judge:
        content["judge"] = {name: _judge_content(judge) for name, judge in scenario.judge.items()}
    if scenario.atlas:
        content["atlas"] = {name: list(ids) for name, ids in scenario.atlas.items()}
    content |= {key: list(content[key]) for key in ("item", "system") if key in content}
    if not content["select"]:
        del content["select"]
    return content


def _types_of(given: Mapping[str, Mapping[str, Any]]) -> dict[str, AttackerType]:
    types = {}
    for name, keys in given.items():
        try:
            types[name] = AttackerType(**{**keys, "attacks": _tuple(keys.get("attacks"))})
        except ScenarioError as mistake:
            raise ScenarioError(f"[attacker_types.{name}]: {mistake}") from None
    return types


def _judges_of(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Judge]:
    judges = {}
    for name, keys in given.items():
        try:
            judges[name] = Judge(**keys)
        except ScenarioError as mistake:
            raise ScenarioError(f"[judge.{name}]: {mistake}") from None
    return judges


def _judge_content(judge: Judge) -> dict[str, Any]:
    return {key: value for key, value in asdict(judge).items() if value is not None}


def _type_content(kind: AttackerType) -> dict[str, Any]:
    """The keys of a type that differ from their defaults."""
    content = {about.name: getattr(kind, about.name) for about in fields(kind)}
    silent = {about.name: about.default for about in fields(kind)}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in content.items()
        if value != silent[key]
    }


def _validated(content: Mapping[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    try:
        return _schema().model_validate(content).model_dump(exclude_unset=True)
    except ValidationError as mistake:
        raise ScenarioError(_explained(mistake)) from None


@lru_cache(maxsize=1)
def _schema() -> type[BaseModel]:
    """The schema of a scenario file; pydantic is imported on first use."""
    from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

    class Strict(BaseModel):
        model_config = ConfigDict(strict=True, extra="forbid")

    class AttackTable(Strict):
        attack: str
        norm: str | None = None
        radius: str | FiniteFloat | None = None
        crafted_on: str | None = None

    class SelectTable(Strict):
        dataset: str | None = None
        networks: list[str] | None = None
        defences: list[str] | None = None
        attacks: list[str | AttackTable] | None = None

    class AttackerTypeTable(Strict):
        prior: FiniteFloat
        attacks: list[str] | None = None
        reward: FiniteFloat | None = None
        cost_multiplier: FiniteFloat = 1.0
        largest_share: FiniteFloat = 1.0

    class JudgeTable(Strict):
        sensitivity: FiniteFloat
        specificity: FiniteFloat
        successes: int | None = None
        failures: int | None = None

    class ScenarioFile(Strict):
        name: str
        data: str
        question: str = ""
        success: str = "every error"
        attacker_knows: str | None = None
        announced: bool | None = None
        undefended: str | None = None
        largest_share: FiniteFloat
        attacker_margin: FiniteFloat = 0.05
        may_stop: bool = False
        runs_are_tries: bool = False
        volume_per_month: FiniteFloat | None = None
        currency: str = ""
        select: SelectTable | None = None
        terms: dict[str, dict[str, FiniteFloat | dict[str, FiniteFloat]]] = Field(default_factory=dict)
        adversarial_share: dict[str, FiniteFloat] = Field(default_factory=dict)
        what_if: dict[str, FiniteFloat] = Field(default_factory=dict)
        basis: dict[str, str] = Field(default_factory=dict)
        intervals: dict[str, list[FiniteFloat]] = Field(default_factory=dict)
        attacker_types: dict[str, AttackerTypeTable] = Field(default_factory=dict)
        item: list[str] = Field(default_factory=list)
        system: list[str] = Field(default_factory=list)
        adaptive_factor: FiniteFloat = 1.0
        tries: FiniteFloat = 1.0
        judge: dict[str, JudgeTable] = Field(default_factory=dict)
        atlas: dict[str, list[str]] = Field(default_factory=dict)
        labels: dict[str, str] = Field(default_factory=dict)

    local = {table.__name__: table for table in (AttackTable, SelectTable, AttackerTypeTable, JudgeTable)}
    ScenarioFile.model_rebuild(_types_namespace={**local, "FiniteFloat": FiniteFloat})
    return ScenarioFile


KNOWN_KEYS = {
    (): [*PLAIN, "announced", "select", "terms", *TABLES, "attacker_types", "judge", "atlas"],
    ("select",): ["dataset", "networks", "defences", "attacks"],
    ("select", "attacks"): ["attack", "norm", "radius", "crafted_on"],
    ("judge",): ["sensitivity", "specificity", "successes", "failures"],
    ("attacker_types",): ["prior", "attacks", "reward", "cost_multiplier", "largest_share"],
}


def _explained(mistake: ValidationError) -> str:
    """The first error as one sentence: the place, the given value, the remedy."""
    first = _most_telling(mistake)
    place = _place(first)
    address = ".".join(str(part) for part in place)
    if first["type"] == "extra_forbidden":
        parent = tuple(part for part in place[:-1] if isinstance(part, str))
        known = KNOWN_KEYS.get(parent, KNOWN_KEYS.get(parent[:1], []))
        return (
            f"the key {address!r} is unknown;{suggestion(str(place[-1]), known)} Known: {', '.join(known)}."
        )
    if first["type"] == "missing":
        return f"the key {address!r} is missing; add it."
    problem = first["msg"].removeprefix("Input should be ")
    dotted = isinstance(first["input"], dict) and place[0] in ("terms", *TABLES)
    quoted = " A name with a dot in it stands in quotes." if dotted else ""
    if isinstance(first["input"], str) and "number" in problem:
        quoted = " Write it without quotes."
    return f"{address[:80]} is {shortened(first['input'])}; expected {problem}.{quoted}"


def _most_telling(mistake: ValidationError) -> ErrorDetails:
    """The first error, or the deepest one below its place, which names the closest of several shapes."""
    errors = mistake.errors()
    unknown = [error for error in errors if error["type"] == "extra_forbidden"]
    if unknown and all(error["type"] in ("extra_forbidden", "missing") for error in errors):
        return unknown[0]  # a misspelt key is reported as unknown, not as the missing key
    start = _place(errors[0])
    below = [error for error in errors if _place(error)[: len(start)] == start]
    return max(below, key=lambda error: len(_place(error)))


def _place(error: ErrorDetails) -> list[int | str]:
    return [part for part in error["loc"] if part not in _SCHEMA_WORDS]


_SCHEMA_WORDS = {
    "AttackTable",
    "str",
    "float",
    "constrained-float",
    "dict[str,constrained-float]",
    "dict[str,float]",
}


def _terms_of(given: Mapping[str, Mapping[str, Amount]]) -> tuple[Term, ...]:
    for name in given:
        if name not in TERMS:
            raise ScenarioError(str(UnknownName("payoff term", name, TERMS)))
    return tuple(_term_of(term, given.get(name, {})) for name, term in TERMS.items())


def _term_of(term: type[Term], given: Mapping[str, Amount]) -> Term:
    known = [about.name for about in parameters_of(term)]
    for key in given:
        if key not in known:
            raise ScenarioError(
                f"the key 'terms.{term.name}.{key}' is unknown;{suggestion(key, known)} "
                f"Known: {', '.join(known)}."
            )
    return term(**given)


def _select_of(given: Mapping[str, Any]) -> Select:
    return Select(
        given.get("dataset"),
        _tuple(given.get("networks")),
        _tuple(given.get("defences")),
        None if given.get("attacks") is None else tuple(_choice_of(attack) for attack in given["attacks"]),
    )


def _choice_of(given: str | Mapping[str, Any]) -> AttackChoice:
    if isinstance(given, str):
        return AttackChoice(given)
    return AttackChoice(
        given["attack"], given.get("norm"), read_radius(given.get("radius")), given.get("crafted_on")
    )


def _select_content(select: Select) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if select.dataset is not None:
        content["dataset"] = select.dataset
    for key in ("networks", "defences"):
        if getattr(select, key) is not None:
            content[key] = list(getattr(select, key))
    if select.attacks is not None:
        content["attacks"] = [_choice_content(choice) for choice in select.attacks]
    return content


def _choice_content(choice: AttackChoice) -> str | dict[str, Any]:
    text = radius_text(choice.radius, choice.norm)
    radius = text if read_radius(text) == choice.radius else choice.radius
    content = {
        "attack": choice.attack,
        "norm": choice.norm,
        "radius": radius,
        "crafted_on": choice.source_model,
    }
    content = {key: value for key, value in content.items() if value is not None and value != ""}
    return choice.attack if len(content) == 1 else content


def _amount_content(amount: Amount) -> float | dict[str, float]:
    return dict(amount) if isinstance(amount, Mapping) else amount


def _tuple(given: list[str] | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(given)


def _data_from(scenario: Scenario, folder: Path | None) -> str:
    """The name of the data in a file in ``folder``: bundled data by name, anything else by relative path."""
    if folder is None or not scenario.data:
        return scenario.data
    path = data_path(scenario.data, scenario.folder or Path())
    if path == bundled("data") / scenario.data:
        return scenario.data
    return Path(os.path.relpath(path, folder)).as_posix()


def _table(data: str, folder: Path) -> MeasurementTable:
    return _table_at(data_path(data, folder).resolve())


_table_at = read_once(read_table, kept=32)
