"""The bundled scenarios by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from advgame.bundled import bundled
from advgame.errors import UnknownName
from advgame.files import read_once
from advgame.scenarios.scenario import Scenario
from advgame.scenarios.scenario_files import read_scenario


@dataclass(frozen=True)
class Case:
    """A bundled scenario: its name, title, question, file and table of accuracies."""

    name: str
    title: str
    question: str
    path: Path
    data: str = ""  # the table of accuracies, among the bundled data

    @property
    def measured(self) -> bool:
        """Whether the accuracies come from experiments of this project rather than from a publication.

        >>> [one.measured for one in cases() if one.name in ("cifar10-two-defences", "digits-measured")]
        [False, True]
        """
        return self.data.startswith("measured/")


def cases() -> tuple[Case, ...]:
    """The bundled scenarios, the introductory one first, then by name."""
    paths = sorted(bundled("scenarios").glob("*.toml"), key=lambda path: (path.stem != FIRST, path.stem))
    return tuple(_case_at(path) for path in paths)


FIRST = "cifar10-two-defences"


def case(name: str) -> Scenario:
    """The bundled scenario with a name.

    >>> case("cifar10-two-defences").largest_share
    0.3

    Raises:
        UnknownName: when no such scenario is bundled; the message suggests a similar name.
    """
    known = {path.stem: path for path in bundled("scenarios").glob("*.toml")}
    if name not in known:
        raise UnknownName("bundled case", name, known)
    return read_scenario(known[name])


@read_once
def _case_at(path: Path) -> Case:
    import tomllib

    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return Case(path.stem, content["name"], content.get("question", ""), path, content["data"])
