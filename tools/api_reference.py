"""Writes docs/reference/api.md from the public names of the package and their docstrings.

    python tools/api_reference.py            writes the page
    python tools/api_reference.py --check    1 where the page is not what would be written

A docstring's prose is Markdown already; its examples become blocks that the tests of the pages execute, its
``Args``, ``Returns`` and ``Raises`` lists. Of a public class, the fields with their comments and the public
methods follow.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from textwrap import dedent
from typing import Any

import advgame
from advgame.catalogue import Catalogue

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "api.md"
OPENING = """# Python API

Made from the docstrings by `python tools/api_reference.py`. Every name below is `ag.NAME` after
`import advgame as ag`. In payoff matrices, rows are the defender's strategies and columns the attacker's.
The examples on this page are run with

```python
>>> import numpy as np
>>> from advgame import *
```
"""
SECTIONS = ("Args", "Returns", "Yields", "Raises")
WIDTH = 88  # characters: a longer signature has one parameter per line
ENTRY = re.compile(r"^((?:\*{0,2}\w+(?:, )?)+): (.*)$")


def page() -> str:
    """The page: a heading for each folder that has public names, and an entry for each name."""
    homes = {**advgame._HOMES, "advgame.lab": tuple(f"lab.{name}" for name in advgame.lab._HOMES)}
    parts = [OPENING, *(f"- {home}: {_listed(names)}" for home, names in homes.items()), ""]
    for home, names in homes.items():
        parts.append(f"## {home}\n")
        parts.extend(_entry(name, attrgetter(name)(advgame)) for name in names)
    return _with_links("\n".join(parts))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _with_links(text: str) -> str:
    """Every public name in backticks, outside blocks of code, as a link to its entry."""
    places: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        slug = re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
        places.setdefault(heading, f"#{slug}-{taken[slug]}" if taken[slug] else f"#{slug}")
        taken[slug] += 1

    def linked(match: re.Match[str]) -> str:
        place = places.get(match[1], "")
        return f"[`{match[1]}`]({place})" if place else match[0]

    blocks = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(
        block if block.startswith("```") else re.sub(r"`([\w.]+)`", linked, block) for block in blocks
    )


def _entry(name: str, value: Any) -> str:
    if isinstance(value, Catalogue):
        return "\n".join([f"### {name}\n", *_catalogue(value)])
    parts = [f"### {name}\n", _signature(name, value), *markdown(inspect.getdoc(value) or "")]
    if inspect.isclass(value):
        parts += [*_fields(value), *_methods(name, value)]
    return "\n".join(parts)


def _catalogue(value: Catalogue[Any]) -> Iterator[str]:
    yield f"Each {value.kind} by name. A name that is not there raises an error with the nearest one.\n"
    yield from (f"- `{name}`: {_first_line(item)}" for name, item in value.items())
    yield ""


def _first_line(item: object) -> str:
    return (inspect.getdoc(item) or "").partition("\n")[0]


def _signature(name: str, value: Any) -> str:
    """The call in a block of code; of an exception or a class nobody constructs, the class."""
    if inspect.isclass(value) and issubclass(value, Exception):
        return f"```text\nclass {name}({value.__bases__[0].__name__})\n```\n"
    parameters = [
        _parameter(parameter)
        for parameter in inspect.signature(value).parameters.values()
        if parameter.name != "self" and not parameter.name.startswith("_")
    ]
    parameters = _with_markers(value, parameters)
    returns = inspect.signature(value).return_annotation
    ends = "" if inspect.isclass(value) or returns is inspect.Signature.empty else f" -> {_kind(returns)}"
    short = f"{name}({', '.join(parameters)}){ends}"
    if len(short) > WIDTH:
        short = f"{name}(\n" + "".join(f"    {parameter},\n" for parameter in parameters) + f"){ends}"
    return f"```text\n{short}\n```\n"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = "*" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else ""
    stars = "**" if parameter.kind is inspect.Parameter.VAR_KEYWORD else stars
    text = f"{stars}{parameter.name}"
    if parameter.annotation is not inspect.Parameter.empty:
        text += f": {_kind(parameter.annotation)}"
    if parameter.default is not inspect.Parameter.empty:
        default = repr(parameter.default)
        text += f" = {default if '<' not in default else '…'}"  # a default made by a factory
    return text


def _kind(annotation: object) -> str:
    """An annotation as it is written: the text of the source, or the names of the types without modules."""
    if isinstance(annotation, str):
        return annotation
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", inspect.formatannotation(annotation))


def _with_markers(value: Any, texts: list[str]) -> list[str]:
    """A ``*`` before the first parameter that is given by keyword only."""
    kinds = [
        parameter.kind
        for parameter in inspect.signature(value).parameters.values()
        if parameter.name != "self"
    ]
    starred = inspect.Parameter.VAR_POSITIONAL in kinds or inspect.Parameter.KEYWORD_ONLY not in kinds
    if starred or len(kinds) != len(texts):
        return texts
    place = kinds.index(inspect.Parameter.KEYWORD_ONLY)
    return [*texts[:place], "*", *texts[place:]]


def markdown(docstring: str) -> Iterator[str]:
    """The parts of a docstring as Markdown: prose, examples, and lists of arguments, results and errors."""
    section = ""
    for block in docstring.split("\n\n"):
        head, _, rest = block.partition("\n")
        if head.rstrip(":") in SECTIONS and head.endswith(":"):
            section = head.rstrip(":")
            yield f"**{section}**\n"
            yield from _items(dedent(rest), section)
        elif block.lstrip().startswith(">>>"):
            section = ""
            yield f"```python\n{inspect.cleandoc(block)}\n```\n"
        elif block.startswith(" ") and section:  # a further paragraph of the section
            yield from _items(dedent(block), section)
        elif block.startswith(" "):  # a formula
            yield f"```text\n{inspect.cleandoc(block)}\n```\n"
        elif block:
            yield f"{_prose(block)}\n"


def _items(text: str, section: str) -> Iterator[str]:
    """The entries of a section, one per line that is not indented; prose where there are none."""
    entries: list[str] = []
    for line in text.split("\n"):
        if line.startswith(" ") and entries:
            entries[-1] += f" {line.strip()}"
        else:
            entries.append(line)
    if section in ("Returns", "Yields") or not all(ENTRY.match(entry) for entry in entries):
        yield f"{_prose(' '.join(entries))}\n"
        return
    for entry in entries:
        names, about = ENTRY.match(entry).groups()  # type: ignore[union-attr]
        yield f"- {', '.join(f'`{name}`' for name in names.split(', '))}: {_prose(about)}"
    yield ""


def _prose(text: str) -> str:
    """Text of a docstring as Markdown: one kind of backticks, and no asterisk that would start emphasis."""
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(piece if piece.startswith("`") else _escaped(piece) for piece in pieces)


def _escaped(text: str) -> str:
    return text.replace("*", r"\*").replace("<", "&lt;").replace("|", r"\|")


def _fields(cls: type) -> Iterator[str]:
    """The public fields of a dataclass with their types and comments, those of its base classes first."""
    if not is_dataclass(cls):
        return
    lines = [line for base in reversed(cls.__mro__) if _ours(base) for line in Source(base).fields()]
    if lines:
        yield "**Fields**\n"
        yield from dict.fromkeys(lines)
        yield ""


def _methods(name: str, cls: type) -> Iterator[str]:
    """The public methods and properties, also those of base classes of the package."""
    owners: dict[str, type] = {}
    for base in reversed(cls.__mro__):
        if _ours(base):
            owners |= dict.fromkeys((name for name in vars(base) if not name.startswith("_")), base)
    for method, owner in owners.items():
        value = vars(owner)[method]
        if isinstance(value, property | cached_property):
            getter = value.fget if isinstance(value, property) else value.func
            kind = inspect.signature(getter).return_annotation  # type: ignore[arg-type]
            yield f"#### {name}.{method}\n"
            yield f"```text\n{name}.{method}: {_kind(kind)}\n```\n"
            yield from markdown(inspect.getdoc(getter) or "")
        elif isinstance(value, staticmethod | classmethod) or inspect.isfunction(value):
            yield f"#### {name}.{method}\n"
            yield _signature(f"{name}.{method}", getattr(owner, method))
            yield from markdown(inspect.getdoc(getattr(owner, method)) or "")


def _ours(cls: type) -> bool:
    return cls.__module__.startswith("advgame")


class Source:
    """The source of a class, for the comments beside its fields."""

    def __init__(self, cls: type) -> None:
        self.lines = inspect.getsource(cls).splitlines()
        node = ast.parse(dedent("\n".join(self.lines))).body[0]
        assert isinstance(node, ast.ClassDef)
        self.node = node

    def fields(self) -> Iterator[str]:
        """A line of Markdown for each public field."""
        for part in self.node.body:
            if not isinstance(part, ast.AnnAssign) or not isinstance(part.target, ast.Name):
                continue
            kind = ast.unparse(part.annotation)
            if part.target.id.startswith("_") or kind.startswith("ClassVar"):
                continue
            about = self._comment(part.lineno - 1, (part.end_lineno or part.lineno) - 1)
            yield f"- `{part.target.id}`: `{kind}`" + (f" – {_prose(about)}" if about else "")

    def _comment(self, first: int, last: int) -> str:
        """What stands behind the field or, where nothing does, in the comment lines above it."""
        behind = [_after_hash(line) for line in self.lines[first : last + 1]]
        return " ".join(filter(None, behind)) or " ".join(self._above(first))

    def _above(self, line: int) -> Iterable[str]:
        headings: list[str] = []
        while line > 0 and self.lines[line - 1].lstrip().startswith("#"):
            line -= 1
            headings.insert(0, self.lines[line].strip().lstrip("# "))
        return headings


def _after_hash(line: str) -> str:
    _, hash_sign, comment = line.partition("  # ")
    return comment.strip() if hash_sign and not comment.startswith(("type:", "noqa")) else ""


def main(words: list[str]) -> int:
    """Writes the page, or says whether it is up to date."""
    if "--check" in words:
        return int(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
