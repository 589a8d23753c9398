"""What reads a file from outside: a whole example, its name, and the function that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import advgame as ag
from advgame.bundled import bundled
from advgame.jobs import InlineEngine
from advgame.measurements import table_text
from advgame.measurements.importers import RobustbenchImporter
from advgame.scenarios.linked_question import question_of

SWEEP = "sweep"
EXPERIMENT = "experiment TOML"  # its reader imports torch
CASE = "cifar10-two-defences"
NFG = b'NFG 1 R "game" { "a" "b" } { 2 2 }\n\n1 2 3 4 5 6 7 8\n'
LINK = b"case=cifar10-two-defences&set=largest_share=0.25&set=attack_cost[autoattack]=0.1&concept=nash"
RECORD = b"""{"dataset": "cifar10", "architecture": "WideResNet-34-20", "eps": "0.031", "clean_acc": "85.34",
"reported": 58, "autoattack_acc": "53.42", "external": "50.1", "unreliable": true, "corruptions_acc": "70.1",
"footnote": "Uses (l_inf) = 0.031 instead of 8/255."}"""


@dataclass(frozen=True)
class Reader:
    """A function that reads a file."""

    file_name: str
    whole: Callable[[], bytes]
    read: Callable[[Path], Any]


def _scenario() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.toml"
        ag.write_scenario(ag.case(CASE), path)
        return path.read_bytes()


def _table() -> bytes:
    return table_text(ag.case(CASE).selected).encode()


def _sweep() -> bytes:
    with TemporaryDirectory() as folder:
        axes = {"largest_share": [0.1, 0.2]}
        output = Path(folder) / "sweep.parquet"
        return ag.sweep(ag.case(CASE), axes, output=output, engine=InlineEngine()).path.read_bytes()


def _shown(path: Path) -> Any:
    """What `advgame show` reads."""
    reader = ag.SweepReader(path)
    return reader.summary(), reader.map() if reader.parameters else None


def _page(path: Path) -> Any:
    """The scenario that the dashboard opens for the query of a link."""
    from urllib.parse import parse_qs

    question = question_of(parse_qs(path.read_bytes().decode(errors="replace"), keep_blank_values=True))
    return question.applied(ag.case(CASE))


def _experiment(path: Path) -> Any:
    from advgame.lab.experiment.reading import read_experiment

    return read_experiment(path)


READERS = {
    "scenario TOML": Reader("scenario.toml", _scenario, ag.read_scenario),
    "CSV": Reader("rows.csv", _table, ag.read_table),
    "Parquet": Reader("rows.parquet", _table, ag.read_table),
    "nfg": Reader("game.nfg", lambda: NFG, ag.read_nfg),
    "JSON": Reader("a.json", lambda: RECORD, lambda path: RobustbenchImporter().read(path.parent)),
    SWEEP: Reader("sweep.parquet", _sweep, _shown),
    "page state": Reader("link.txt", lambda: LINK, _page),
    EXPERIMENT: Reader(
        "experiment.toml",
        (bundled("data") / "experiments" / "digits.toml").read_bytes,
        _experiment,
    ),
}
