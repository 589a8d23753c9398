"""``advgame catalogues``: everything that can be named in a command, a scenario or an experiment."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from typing import Annotated, Any

import typer

from advgame.catalogue import Catalogue
from advgame.cli.application import app
from advgame.cli.arguments import Output
from advgame.cli.laboratory import needs_laboratory
from advgame.cli.pages import write_page
from advgame.errors import UnknownName

OPENING = """# Catalogues

Everything that can be named in a command, a scenario or an experiment, made by
`advgame catalogues -o docs/reference/catalogues.md`. Hyphens and underscores in a name mean the same.
[Extend](../how-to/extend.md) shows how to add to each. The settings of what an experiment names are in
[experiments](experiments.md).
"""


@dataclass(frozen=True)
class Family:
    """A catalogue: what it is called, where it is, and where its names are used."""

    title: str
    module: str
    attribute: str
    used: str

    @property
    def catalogue(self) -> Catalogue[Any]:
        """The catalogue, imported when it is asked for: the laboratory's take torch."""
        found: Catalogue[Any] = getattr(import_module(self.module), self.attribute)
        return found


FAMILIES: Mapping[str, Family] = {
    "concepts": Family(
        "Solution concepts",
        "advgame.equilibria",
        "CONCEPTS",
        "`--concept`, `concept=`, the dashboard's rules",
    ),
    "rules": Family("Equilibrium selection", "advgame.equilibria", "RULES", "`Nash(rule=…)`"),
    "terms": Family(
        "Payoff terms", "advgame.payoffs", "TERMS", "`[terms.NAME]` in a scenario, `--set`, the sliders"
    ),
    "studies": Family("Studies", "advgame.studies", "STUDIES", "`advgame study NAME`, `ag.study`"),
    "sections": Family(
        "Report sections", "advgame.reports.sections", "SECTIONS", "every report, in this order"
    ),
    "formats": Family("Report formats", "advgame.reports", "FORMATS", "`--format`, the ending of a file"),
    "importers": Family("Importers", "advgame.measurements.importers", "IMPORTERS", "`advgame import NAME`"),
    "pages": Family("Dashboard pages", "advgame.dashboard_pages", "PAGES", "the dashboard's navigation"),
    "datasets": Family("Data sets", "advgame.lab.datasets", "DATASETS", "`dataset` in an experiment"),
    "networks": Family("Networks", "advgame.lab.networks", "NETWORKS", "`network` in an experiment"),
    "defences": Family("Defences", "advgame.lab.defences", "DEFENCES", "`[defences.…]`, after `use`"),
    "attacks": Family("Attacks", "advgame.lab.attacks", "ATTACKS", "`[attacks.…]`, after `use`"),
    "measures": Family("Measures", "advgame.lab.measures", "MEASURES", "`[measures.…]`, after `use`"),
}


@app.command(epilog="Examples: advgame catalogues concepts · advgame catalogues -o catalogues.md")
def catalogues(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="[CATALOGUE]", help=f"One catalogue only: {', '.join(FAMILIES)}."),
    ] = None,
    output: Output = None,
) -> None:
    """Lists everything that can be named, in Markdown.

    It lists solution concepts, payoff terms, studies, formats, importers, attacks, defences and so on.
    """
    if kind is not None and kind not in FAMILIES:
        raise UnknownName("catalogue", kind, FAMILIES)
    wanted = list(FAMILIES.values()) if kind is None else [FAMILIES[kind]]
    with needs_laboratory():
        text = page(wanted) if kind is None else "\n".join(_section(wanted[0])) + "\n"
    write_page(text, output)


def page(families: list[Family] | None = None) -> str:
    """The page of all catalogues, or of some, in Markdown.

    Raises:
        ModuleNotFoundError: for a catalogue of the laboratory where torch is not installed.
    """
    chosen = list(FAMILIES.values()) if families is None else families
    sections = ["\n".join(_section(family)) for family in chosen]
    return "\n\n".join([OPENING.rstrip(), *sections]) + "\n"


def _section(family: Family) -> Iterator[str]:
    yield f"## {family.title}\n\nNames for {family.used}.\n"
    for name, part in family.catalogue.items():
        yield f"- `{name}`{_aliases(part)}: {about(part)}"
        yield from _settings(part)


def about(part: Any) -> str:
    """What a part is, in one line: what it says of itself, else the first line of its docstring.

    >>> from advgame.equilibria import CONCEPTS
    >>> about(CONCEPTS["minimax_regret"]).partition(". ")[0]
    'Only the ranges of the prices are known (minimax regret)'
    """
    from advgame.equilibria import Concept

    documented = part if inspect.isclass(part) or inspect.isfunction(part) else type(part)
    first_line = (inspect.getdoc(documented) or "").partition("\n")[0]
    if isinstance(part, Concept):
        return f"{part.situation}. {first_line}"
    if hasattr(part, "licence"):  # a data set
        return f"<{part.page}>, {part.licence}"
    for attribute in ("about", "words"):
        line = getattr(part, attribute, None)
        if isinstance(line, str) and line:
            return line[:1].upper() + line[1:].rstrip(".") + "."
    return first_line


def _aliases(part: Any) -> str:
    names = getattr(part, "aliases", ())
    return f" (also {', '.join(f'`{name}`' for name in names)})" if names else ""


def _settings(part: Any) -> Iterator[str]:
    """The parameters of a payoff term, and the settings of a study."""
    from advgame.payoffs import Term
    from advgame.payoffs.terms import parameters_of
    from advgame.studies import Study

    if not inspect.isclass(part) or not is_dataclass(part):
        return
    if issubclass(part, Term):
        for each in parameters_of(part):
            yield f"  - `{each.name}` ({each.default:g}, {each.unit}): {each.meaning}"
    elif issubclass(part, Study):
        meanings = dict(_documented(part))
        for setting in fields(part):
            yield f"  - `{setting.name}`: {meanings.get(setting.name, '')}"


def _documented(part: type[Any]) -> Iterator[tuple[str, str]]:
    """Name and meaning of each argument in a docstring."""
    block = (inspect.getdoc(part) or "").partition("Args:\n")[2]
    name, words = "", list[str]()
    for line in [*block.splitlines(), "    end: "]:
        if line.startswith("    ") and not line.startswith("     "):
            if name:
                yield name, " ".join(words)
            name, _, first = line.strip().partition(": ")
            words = [first]
        elif line.strip():
            words.append(line.strip())
