"""Reads an experiment from TOML: defences, attacks and measures.

    name = "digits"
    dataset = "digits"                    # or datasets = [...]
    network = "small_cnn"                 # or networks = [...]
    seeds = [0, 1, 2]
    test_inputs = 500                     # drawn once from the test set, the same for every network

    [defences.plain]
    use = "standard"                      # a name in DEFENCES; the other keys are its settings
    epochs = 20

    [defences.pruned]
    use = "magnitude"
    after = "plain"                       # starts from that network; without it from an untrained one
    ladder = { compression = [2, 4, 8] }  # pruned-2, pruned-4, pruned-8, each starting from the previous one

    [attacks.strongest]
    use = "strongest_linf"                # a name in ATTACKS
    radii = [0.05, 0.1]

    [attacks.transferred]
    use = "pgd"
    radii = [0.1]
    crafted_on = "plain"                  # the source model; the examples are tried on all networks
    inputs = 200                          # only the first N test inputs
    against = ["pruned-4"]                # only these networks

    [measures.psi]
    use = "largest_divergence"            # a name in MEASURES: further properties of every network
    inputs = 200
    compared_with = "plain"               # for measures that compare two networks

The names of these tables are free; they are the names in the results.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from advgame.arrays import NO_ATTACK
from advgame.errors import LabError, MeasurementError, UnknownName, shortened, suggestion
from advgame.files import read_toml
from advgame.lab.attacks import ATTACKS
from advgame.lab.attacks.attack import Attack
from advgame.lab.attacks.natural import NaturalChange
from advgame.lab.datasets import DATASETS
from advgame.lab.defences import DEFENCES
from advgame.lab.defences.combination import Combination
from advgame.lab.defences.stored import Stored
from advgame.lab.experiment.plan import AttackPlan, DefencePlan, Experiment, MeasurePlan
from advgame.lab.measures import MEASURES
from advgame.lab.networks import NETWORKS
from advgame.measurements import read_radius

if TYPE_CHECKING:
    from pydantic import BaseModel

MOST_SEEDS = 1000
LARGEST_SEED = 2**63  # of torch


def read_experiment(path: str | os.PathLike[str]) -> Experiment:
    """The experiment in a TOML file.

    Raises:
        LabError: with the file, the key, the value given and what to do.
    """
    path = Path(path)
    if not path.is_file():
        raise LabError(f"There is no experiment file {path}; give the path of a TOML file.")
    content = read_toml(path, LabError)
    try:
        return experiment_of(content, name=path.stem)
    except (LabError, UnknownName) as mistake:
        raise LabError(f"{path.name}: {mistake}") from None


def experiment_of(content: Mapping[str, Any], *, name: str = "experiment") -> Experiment:
    """The experiment described by parsed TOML.

    >>> content = {"dataset": "digits", "network": "small_cnn", "seeds": [0],
    ...            "defences": {"plain": {"use": "standard"}}}
    >>> experiment_of(content).chain("plain")[0].name
    'plain'

    Raises:
        LabError, UnknownName: for a key, a name or a setting that cannot be used.
    """
    given = _validated(_schema(), content, "the experiment")
    defences = _in_order([plan for key, table in given["defences"].items() for plan in _defences(key, table)])
    experiment = Experiment(
        given.get("name") or name,
        _one_or_several(given, "dataset", DATASETS),
        _one_or_several(given, "network", NETWORKS),
        _seeds("the experiment", given.get("seeds", (0,))),
        given.get("test_inputs", 1000),
        defences,
        tuple(_attack(key, table) for key, table in given.get("attacks", {}).items()),
        tuple(_measure(key, table) for key, table in given.get("measures", {}).items()),
    )
    _check_names(experiment)
    return experiment


@lru_cache(maxsize=1)
def _schema() -> type[BaseModel]:
    """The schema of the top level of an experiment file."""
    from pydantic import BaseModel, ConfigDict, Field

    class ExperimentTable(BaseModel):
        model_config = ConfigDict(strict=True, extra="forbid")
        name: str | None = None
        dataset: str | None = None
        datasets: tuple[str, ...] | None = None
        network: str | None = None
        networks: tuple[str, ...] | None = None
        seeds: tuple[int, ...] | None = None
        test_inputs: int | None = Field(default=None, ge=1)
        defences: dict[str, dict[str, Any]] = Field(min_length=1)
        attacks: dict[str, dict[str, Any]] | None = None
        measures: dict[str, dict[str, Any]] | None = None

    return ExperimentTable


TOML_NAMES = {"valid tuple": "list", "valid dictionary": "table"}  # of what Python calls otherwise


def _validated(
    schema: type[BaseModel], content: Mapping[str, Any], where: str, own: Sequence[str] = ()
) -> dict[str, Any]:
    """The validated values of a table; only those that were given.

    Args:
        schema: the keys with their types.
        content: the values by key.
        where: the table, for messages.
        own: further keys of the table, which are validated elsewhere.
    """
    from pydantic import ValidationError

    try:
        return schema.model_validate(_tuples(content)).model_dump(exclude_none=True, exclude_unset=True)
    except ValidationError as mistake:
        first = mistake.errors()[0]
        key = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
        if first["type"] == "extra_forbidden":
            known = (*own, *schema.model_fields)
            raise LabError(
                f"The key {key!r} of {where} is unknown;{suggestion(key, known)} Known: {', '.join(known)}."
            ) from None
        if first["type"] == "missing":
            raise LabError(f"The key {key!r} of {where} is missing.") from None
        expected = first["msg"].lower()
        for python, toml in TOML_NAMES.items():
            expected = expected.replace(python, toml)
        raise LabError(f"The key {key!r} of {where} is {shortened(first['input'])}: {expected}.") from None


def _tuples(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {key: _tuples(value) for key, value in given.items()}
    return tuple(_tuples(value) for value in given) if isinstance(given, list) else given


def _one_or_several(given: Mapping[str, Any], key: str, catalogue: Mapping[str, Any]) -> tuple[str, ...]:
    single, several = given.get(key), given.get(f"{key}s")
    if (single is None) == (several is None) or several == ():
        raise LabError(f"Give either {key} = one name or {key}s = a list of names.")
    names = tuple(several) if several is not None else (single,)
    for name in names:
        catalogue[name]
    if len(set(names)) < len(names):
        raise LabError(f"The {key}s are {list(names)}; name each only once.")
    return names


def _seeds(where: str, given: Any) -> tuple[int, ...]:
    seeds = given if isinstance(given, tuple | list) else ()
    whole = all(isinstance(seed, int) and not isinstance(seed, bool) for seed in seeds)
    if not seeds or not whole or len(set(seeds)) < len(seeds) or len(seeds) > MOST_SEEDS:
        raise LabError(
            f"The seeds of {where} are {shortened(given)}; expected a list of different whole numbers."
        )
    if min(seeds) < 0 or max(seeds) >= LARGEST_SEED:
        raise LabError(f"The seeds of {where} are {shortened(given)}; expected numbers from 0 to below 2⁶³.")
    return tuple(seeds)


DEFENCE_KEYS = ("use", "after", "ladder", "seeds")
ATTACK_KEYS = ("use", "radii", "inputs", "against", "crafted_on")
MEASURE_KEYS = ("use", "inputs", "against", "compared_with")


def _defences(name: str, table: Mapping[str, Any]) -> list[DefencePlan]:
    """The plans of one table: one plan, or one for each step of its ladder."""
    _check_name(name, "defence")
    where = f"defence {name!r}"
    use, after = _text(table, "use", where), _text(table, "after", where, optional=True)
    kind = DEFENCES[str(use)]
    seeds = _seeds(where, table["seeds"]) if "seeds" in table else None
    settings = {key: value for key, value in table.items() if key not in DEFENCE_KEYS}
    if after is not None and issubclass(kind, Combination):
        raise LabError(f"{where} combines the networks named in 'of'; remove its key 'after'.")
    if after is not None and issubclass(kind, Stored):
        raise LabError(f"{where} is trained by another experiment; remove its key 'after'.")
    ladder = table.get("ladder")
    if ladder is None:
        return [DefencePlan(name, _part(kind, settings, where, DEFENCE_KEYS), after, seeds)]
    steps = next(iter(ladder.values())) if isinstance(ladder, Mapping) and len(ladder) == 1 else None
    if not isinstance(steps, tuple) or not steps:
        raise LabError(
            f"The ladder of {where} is {shortened(ladder)}; expected one setting with its values, as in "
            "{ compression = [2, 4, 8] }."
        )
    (key, values), plans = next(iter(ladder.items())), []
    for value in values:
        step = f"{name}-{value:g}" if isinstance(value, float) else f"{name}-{value}"
        part = _part(kind, {**settings, key: value}, where, DEFENCE_KEYS)
        plans.append(DefencePlan(step, part, after, seeds))
        after = step
    return plans


def _attack(name: str, table: Mapping[str, Any]) -> AttackPlan:
    _check_name(name, "attack")
    where = f"attack {name!r}"
    kind = ATTACKS[str(_text(table, "use", where))]
    try:
        radii = tuple(sorted(read_radius(radius) or 0.0 for radius in _tuple(table.get("radii", ()))))
    except MeasurementError as mistake:
        raise LabError(f"The radii of {where}: {mistake}") from None
    settings = {key: value for key, value in table.items() if key not in ATTACK_KEYS}
    attack = _part(kind, settings, where, ATTACK_KEYS)
    _check_radii(where, attack, radii)
    return AttackPlan(
        name,
        attack,
        radii,
        _inputs(table, where),
        _against(table, where),
        _text(table, "crafted_on", where, optional=True),
    )


def _measure(name: str, table: Mapping[str, Any]) -> MeasurePlan:
    _check_name(name, "measure")
    where = f"measure {name!r}"
    kind = MEASURES[str(_text(table, "use", where))]
    settings = {key: value for key, value in table.items() if key not in MEASURE_KEYS}
    return MeasurePlan(
        name,
        _part(kind, settings, where, MEASURE_KEYS),
        _inputs(table, where),
        _against(table, where),
        _text(table, "compared_with", where, optional=True),
    )


def _inputs(table: Mapping[str, Any], where: str) -> int | None:
    given = table.get("inputs")
    if given is not None and (not isinstance(given, int) or isinstance(given, bool) or given < 1):
        raise LabError(
            f"The key 'inputs' of {where} is {shortened(given)}; expected a whole number of at least 1."
        )
    return given


def _check_radii(where: str, attack: Attack, radii: tuple[float, ...]) -> None:
    if not radii or len(set(radii)) < len(radii) or radii[0] <= 0:
        raise LabError(
            f"The radii of {where} are {list(radii)}; expected at least one, all different and above 0."
        )
    if attack.norm == "Linf" and radii[-1] > 1:
        raise LabError(
            f"The radius {radii[-1]:g} of {where} is above 1, more than inputs in [0, 1] can change by in "
            "the L∞ norm; write pixel values as a fraction, such as '8/255'."
        )
    if attack.norm == "L0" and any(radius != int(radius) for radius in radii):
        raise LabError(
            f"The radii of {where} are {list(radii)}; in L0 they count values that may change: give whole "
            "numbers."
        )
    if isinstance(attack, NaturalChange):
        attack.check_strengths(radii)


def _part(kind: type, settings: Mapping[str, Any], where: str, own: Sequence[str]) -> Any:
    """A part with its settings; this function checks types, the part itself checks ranges.

    Args:
        kind: the class of the part.
        settings: its settings by name.
        where: the table, for messages.
        own: the keys of the table that are no settings.
    """
    values = _validated(_settings_schema(kind), settings, where, own)
    try:
        return kind(**values)
    except LabError as mistake:
        raise LabError(f"{where}: {mistake}") from None
    except OverflowError:
        raise LabError(f"{where}: a number is too large for a float64; give a smaller one.") from None


@lru_cache(maxsize=256)
def _settings_schema(kind: type) -> type[BaseModel]:
    from pydantic import ConfigDict, create_model

    hints = get_type_hints(kind)
    members: dict[str, Any] = {}
    for field in fields(kind):
        required = field.default is MISSING and field.default_factory is MISSING
        members[field.name] = (hints[field.name], ... if required else None)
    return create_model(
        kind.__name__,
        __config__=ConfigDict(strict=True, extra="forbid", allow_inf_nan=False),
        **members,
    )


def _text(table: Mapping[str, Any], key: str, where: str, *, optional: bool = False) -> str | None:
    given = table.get(key)
    if given is None and optional:
        return None
    if not isinstance(given, str) or not given:
        raise LabError(f"The key {key!r} of {where} is {shortened(given)}; expected a name.")
    return given


def _against(table: Mapping[str, Any], where: str) -> tuple[str, ...] | None:
    if "against" not in table:
        return None
    names = _tuple(table["against"])
    if not names or not all(isinstance(name, str) and name for name in names):
        raise LabError(
            f"The key 'against' of {where} is {shortened(table['against'])}; expected names of defences, "
            'such as ["plain"].'
        )
    return names


def _tuple(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, tuple | list) else (given,)


def _check_name(name: str, kind: str) -> None:
    """Raises an error for a name that a table of results could not contain."""
    reserved = name == "*" or (kind == "attack" and name == NO_ATTACK)
    usable = name.strip() and name == name.strip() and name.isprintable() and not {"@", "|"} & set(name)
    if reserved or not usable:
        why = " stands for benign inputs" if name == NO_ATTACK else " cannot be used"
        raise LabError(f"The {kind} name {name!r}{why}; use other letters, digits, '-', '_' and '.'.")


def _in_order(plans: Sequence[DefencePlan]) -> tuple[DefencePlan, ...]:
    """The plans in an order in which each follows the plans that it needs."""
    by_name = {plan.name: plan for plan in plans}
    if len(by_name) < len(plans):
        names = [plan.name for plan in plans]
        repeated = min(name for name in names if names.count(name) > 1)
        raise LabError(f"Two defences are called {repeated!r}; rename one.")
    placed: dict[str, DefencePlan] = {}

    def place(plan: DefencePlan, waiting: tuple[str, ...]) -> None:
        if plan.name in waiting:
            raise LabError(f"These defences come after each other: {' → '.join((*waiting, plan.name))}.")
        for name in plan.needs:
            if name not in by_name:
                raise UnknownName("defence of this experiment", name, by_name)
            place(by_name[name], (*waiting, plan.name))
        placed.setdefault(plan.name, plan)

    for plan in plans:
        place(plan, ())
    return tuple(placed.values())


def _check_names(experiment: Experiment) -> None:
    """Raises an error for unknown defences, and for seeds that a required defence lacks."""
    names = {plan.name for plan in experiment.defences}
    referenced = [(*(plan.against or ()), plan.source_model) for plan in experiment.attacks]
    referenced += [(*(plan.against or ()), plan.compared_with) for plan in experiment.measures]
    for name in (name for row in referenced for name in row if name is not None):
        if name not in names:
            raise UnknownName("defence of this experiment", name, names)
    for defence in experiment.defences:
        for name in defence.needs:
            missing = set(experiment.seeds_of(defence)) - set(experiment.seeds_of(experiment.defence(name)))
            if missing:
                raise LabError(
                    f"The defence {defence.name!r} has the seeds {sorted(missing)}, but {name!r}, which it "
                    "needs, does not; give both the same seeds."
                )
