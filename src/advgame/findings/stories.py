"""The stories of the bundled measured tables: question and assumed amounts, one file per experiment.

A table of several networks has a file for each of them, ``EXPERIMENT-NETWORK.toml``.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from advgame.bundled import bundled
from advgame.errors import ScenarioError, shortened
from advgame.files import read_toml
from advgame.measurements.experiment_tables import Measured
from advgame.scenarios.from_experiment import Story

# Of the values of a file; each amount has a table of its own, and so have the labels and the basis.
KINDS = {
    "name": str,
    "question": str,
    "undefended": str,
    "largest_share": float,
    "volume_per_month": float,
    "nature_plays": bool,
    "attacker_knows": str,
}


def read_story(path: Path) -> Story:
    """The story in a TOML file: the keys of `Story`, and a table ``[amounts.NAME]`` for each amount.

    The table ``[basis]`` has the basis of ``attacker_knows``; an amount has its basis beside it. With
    ``based_on = "NAME"``, keys that the file lacks are those of the story NAME in the same folder.

    >>> read_story(bundled("data") / "stories" / "pneumonia.toml").amounts
    {'benign_loss': 5.0, 'breach_loss': 5.0}

    Raises:
        ScenarioError: for a file that cannot be read, an unknown or missing key, or a value of another type.
    """
    content = _content(path)
    amounts = content.pop("amounts", {})
    texts = {key: _texts(path, key, content.pop(key, {})) for key in ("labels", "basis")}
    missing = [name for name in ("name", "question", "undefended") if name not in content]
    if missing:
        raise ScenarioError(f"The story {path.name} lacks {', '.join(missing)}.")
    values = {key: _value(path, key, value) for key, value in content.items()}
    if not isinstance(amounts, dict) or not all(isinstance(about, dict) for about in amounts.values()):
        raise ScenarioError(f"The story {path.name}: amounts are not tables; write [amounts.NAME].")
    return Story(
        **values,
        amounts={name: _of_kind(path, name, about.get("amount"), float) for name, about in amounts.items()},
        basis=texts["basis"]
        | {name: _of_kind(path, name, about.get("basis"), str) for name, about in amounts.items()},
        labels=texts["labels"],
    )


def _content(path: Path) -> dict[str, Any]:
    """The content of a story file, completed by the story that it is based on."""
    content = read_toml(path, ScenarioError)
    if (basis := content.pop("based_on", None)) is None:
        return content
    base = path.with_name(f"{_of_kind(path, 'based_on', basis, str)}.toml")
    if not base.is_file():
        raise ScenarioError(
            f"The story {path.name} is based on {base.name}, which is not in {path.parent}; name one there."
        )
    completed: dict[str, Any] = read_toml(base, ScenarioError) | content
    return completed


def _texts(path: Path, key: str, table: Any) -> dict[str, str]:
    if not isinstance(table, dict):
        raise ScenarioError(f"The story {path.name}: {key} is {shortened(table)}; expected a table of texts.")
    return {name: _of_kind(path, f"{key}.{name}", text, str) for name, text in table.items()}


def _value(path: Path, key: str, value: Any) -> Any:
    if key not in KINDS:
        known = ", ".join(field.name for field in fields(Story))
        raise ScenarioError(f"The story {path.name}: the key {key!r} is unknown; known are {known}.")
    return _of_kind(path, key, value, KINDS[key])


def _of_kind(path: Path, key: str, value: Any, kind: type) -> Any:
    """The value, if it is a text, a number or a truth value as expected."""
    number = kind is float and isinstance(value, int | float) and not isinstance(value, bool)
    if not (number or isinstance(value, kind)):
        expected = {str: "text", float: "a number", bool: "true or false"}[kind]
        raise ScenarioError(f"The story {path.name}: {key} is {shortened(value)}; expected {expected}.")
    return float(value) if number else value


STORIES: dict[str, Story] = {
    path.stem: read_story(path) for path in sorted((bundled("data") / "stories").glob("*.toml"))
}


def story_name(measured: Measured) -> str | None:
    """The name of the story of a measured experiment; None if it has none.

    >>> from advgame.measurements.experiment_tables import read_measured
    >>> table = bundled("data") / "measured" / "cifar10-jpeg.csv"
    >>> [story_name(each) for each in read_measured(table)]
    ['cifar10-jpeg-vgg-half', 'cifar10-jpeg-resnet8-half']
    """
    of_the_network = f"{measured.experiment}-{measured.network.replace('_', '-')}"
    return next((name for name in (of_the_network, measured.experiment) if name in STORIES), None)
