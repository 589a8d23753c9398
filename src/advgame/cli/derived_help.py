"""Help texts with lists of names that are read from the catalogues when the help is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from copy import copy
from functools import partial
from typing import Any

from typer.core import TyperCommand

from advgame.bundled import bundled_names


def _concepts() -> Iterable[str]:
    from advgame.equilibria import CONCEPTS

    return CONCEPTS


def _formats() -> Iterable[str]:
    from advgame.reports.formats import FORMATS

    return FORMATS


def _designs() -> Iterable[str]:
    from advgame.jobs.designs import DESIGNS

    return DESIGNS


def _engines() -> Iterable[str]:
    from advgame.jobs.engines import ENGINES

    return ENGINES


def _importers() -> Iterable[str]:
    from advgame.measurements.importers import IMPORTERS

    return IMPORTERS


def _studies() -> Iterable[str]:
    from advgame.studies import STUDIES

    return STUDIES


def _questions() -> Iterable[str]:
    from advgame.findings import QUESTIONS_BY_NAME

    return QUESTIONS_BY_NAME


def _datasets() -> Iterable[str]:
    try:
        from advgame.lab.datasets import DATASETS
    except ModuleNotFoundError:
        return ["names are listed when advgame[lab] is installed"]
    return DATASETS


def _default_price(name: str) -> Iterable[str]:
    from advgame.scenarios.from_experiment import Prices

    return [f"{getattr(Prices(), name):g}"]


# The values of {name} in a help text.
LISTS: dict[str, Callable[[], Iterable[str]]] = {
    "concepts": _concepts,
    "formats": _formats,
    "designs": _designs,
    "engines": _engines,
    "importers": _importers,
    "studies": _studies,
    "questions": _questions,
    "datasets": _datasets,
    "presets": lambda: bundled_names("data/economics"),
    "experiments": lambda: bundled_names("data/experiments"),
    **{f"price_of_{name}": partial(_default_price, name) for name in ("propagation", "query", "notice")},
    "months_served": partial(_default_price, "months_served"),
    "measured": lambda: bundled_names("data/measured", ".run.json"),
}


def with_names(text: str) -> str:
    """A help text with each ``{name}`` replaced by the names of that catalogue.

    >>> with_names("One of {presets}.")
    'One of cloud-vision-api, face-verification, spam, white-box-compute.'
    """
    return re.sub(r"\{(\w+)\}", lambda place: ", ".join(LISTS[place[1]]()), text)


class DerivedHelp(TyperCommand):
    """A command whose help lists the current names of its catalogues."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Formats the help of a copy with the names filled in, so that the next help is derived again."""
        filled = copy(self)
        filled.params = [copy(parameter) for parameter in self.params]
        for parameter in filled.params:
            given = getattr(parameter, "help", None)
            if given:
                parameter.help = with_names(given)  # type: ignore[attr-defined]
        super(DerivedHelp, filled).format_help(ctx, formatter)
