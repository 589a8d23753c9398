"""Locates the data of a scenario: relative to its file, or bundled."""

from __future__ import annotations

from pathlib import Path

from advgame.bundled import bundled
from advgame.errors import ScenarioError, shortened, suggestion

BESIDE = (  # endings of the files that may lie beside a table of accuracies, and are read with it
    ".outcomes.parquet",
    ".attacks.csv",
    ".networks.csv",
    ".measures.csv",
    ".verdicts.csv",
    ".verdicts.parquet",
    ".attacked.png",
    ".saliency.png",
)


def files_of(table: Path) -> list[Path]:
    """A table and every file that may lie beside it.

    >>> [path.name for path in files_of(Path("mine.csv"))][:2]
    ['mine.csv', 'mine.outcomes.parquet']
    """
    return [table, *(table.with_suffix(ending) for ending in BESIDE)]


def data_path(data: str, folder: Path) -> Path:
    """The path of a scenario's data: relative to its file, or bundled.

    Args:
        data: as the scenario names it.
        folder: of the scenario's file.

    Raises:
        ScenarioError: when there is no such file.
    """
    for path in (folder / data, bundled("data") / data):
        if _is_file(path):
            return path
    names = [f"published/{path.name}" for path in sorted((bundled("data") / "published").glob("*.csv"))]
    raise ScenarioError(
        f"data is {shortened(data)}, and neither {str(folder / data)[:200]} nor a bundled table of that name "
        f"is there;{suggestion(data[:200], names)} Bundled: {', '.join(names)}."
    )


def beside(data: str, folder: Path | None, *endings: str) -> Path | None:
    """The first file beside a scenario's data that ends in one of some endings; None where there is none.

    >>> str(beside("published/agent-injection.csv", None, ".outcomes.parquet"))[-32:]
    'agent-injection.outcomes.parquet'

    Args:
        data: as the scenario names it; empty for a table made in memory.
        folder: of the scenario's file; None for the working directory.
        endings: which replace the ending of the data, such as ``.outcomes.parquet``; listed in `BESIDE`.
    """
    assert {*endings} <= {*BESIDE}, endings
    if not data:
        return None
    try:
        table = data_path(data, folder or Path())
    except ScenarioError:  # the table was made in memory
        return None
    paths = [table.with_suffix(ending) for ending in endings]
    return next((path for path in paths if path.is_file()), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for the file system, or an invalid one
        return False
