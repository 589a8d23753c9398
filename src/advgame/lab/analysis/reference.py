"""The page of all that an experiment can name, made from the catalogues.

A setting's meaning is the comment behind it in the code, so that there is one place to keep it right.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from advgame.lab.attacks import ATTACKS
from advgame.lab.attacks.attack import Attack
from advgame.lab.attacks.kinds import SmallestChange
from advgame.lab.datasets import DATASETS
from advgame.lab.defences import DEFENCES
from advgame.lab.measures import MEASURES
from advgame.lab.networks import NETWORKS

OPENING = """# What an experiment can name

Made by `advgame reference -o docs/reference/experiments.md` from the catalogues of the
laboratory. [A how-to guide](../how-to/measure-your-networks.md) shows how the parts are put together. Names
stand after `use`, settings beside it; hyphens and underscores mean the same. Inputs are in [0, 1], and so
are radii in L∞; in L0 a radius is a number of values.
"""
DATA_SETS = """
## Data sets

Named by `dataset`. All but the digits are files in the folder that ADVGAME_IMAGES or `--images` names;
`advgame fetch NAME` downloads them.
"""
ARCHITECTURES = """
## Networks

Named by `network`.
"""
HOW_DEFENDED = """
## Defences

Under `[defences.NAME]`. Beside the settings: `after`, the defence whose network this one starts from;
`ladder`, one setting with several values, each after the one before; `seeds`, where they differ.
"""
HOW_ATTACKED = """
## Attacks

Under `[attacks.NAME]`. Beside the settings: `radii`; `inputs`, only so many of the test inputs; `against`,
only these defences; `crafted_on`, the defence on whose network the examples are made.
"""
HOW_MEASURED = """
## Measures

Under `[measures.NAME]`. Beside the settings: `inputs`, `against`, and `compared_with`, a defence to compare
with.
"""
COMMENT = r"^\s+{name}: .*?#\s*(?P<comment>.+)$"


def page() -> str:
    """The page, in Markdown."""
    lines = [
        OPENING,
        DATA_SETS,
        *(f"- `{name}`: {source.page}; licence: {source.licence}" for name, source in DATASETS.items()),
        ARCHITECTURES,
        *(f"- `{name}`: {_first_line(network)}" for name, network in NETWORKS.items()),
        HOW_DEFENDED,
        *_entries(DEFENCES),
        HOW_ATTACKED,
        *_entries(ATTACKS),
        HOW_MEASURED,
        *_entries(MEASURES),
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _entries(catalogue: Mapping[str, type[Any]]) -> Iterator[str]:
    for name, kind in catalogue.items():
        yield f"### `{name}`\n"
        yield f"{_first_line(kind)}\n"
        if issubclass(kind, Attack):
            yield f"*{_about(kind)}*\n"
        settings = [*_settings(kind)]
        if settings:
            yield "\n".join(settings) + "\n"


def _about(kind: type[Attack]) -> str:
    """What an attack's strength is, and what it needs to see."""
    norm = str(kind.norm).replace("Linf", "L∞")
    if kind.metric == "corruption":
        return f"A natural change, in {norm}."
    sees = "answers only" if kind.queries_only else "white box"
    runs = "one run for all radii" if issubclass(kind, SmallestChange) else "a run for each radius"
    return f"{norm}; {sees}; {runs}."


def _settings(kind: type[Any]) -> Iterator[str]:
    for setting in fields(kind):
        comment = _comment(kind, setting.name)
        yield f"- `{setting.name}`{_default(setting)}" + (f": {comment}" if comment else "")


def _default(setting: Field[Any]) -> str:
    if setting.default is MISSING:
        return " (must be given)"
    given = setting.default
    if given is None:
        return " (not set)"
    return f" ({json.dumps(list(given) if isinstance(given, tuple) else given)})"


def _comment(kind: type[Any], name: str) -> str:
    """What stands behind the setting in the class that has it first."""
    for each in kind.__mro__:
        if name in vars(each).get("__annotations__", {}):
            found = re.search(COMMENT.format(name=re.escape(name)), inspect.getsource(each), re.MULTILINE)
            return found["comment"] if found else ""
    return ""


def _first_line(part: Any) -> str:
    return (inspect.getdoc(part) or "").partition("\n")[0]
