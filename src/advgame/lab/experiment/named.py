"""An experiment by the name of its file, or by that of a bundled one."""

from __future__ import annotations

from pathlib import Path

from advgame.bundled import bundled, bundled_names
from advgame.errors import UnknownName
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.reading import read_experiment

MOST_NAME = 200  # characters of a file name


def named_experiment(given: str) -> Experiment:
    """The experiment in a TOML file, or the bundled experiment of that name.

    >>> named_experiment("digits").datasets
    ('digits',)

    Args:
        given: a path that ends in .toml or is an existing file, or the name of a bundled one, as ``digits``.

    Raises:
        LabError: for a file that does not exist or is not a valid experiment.
        UnknownName: for a name that is not bundled.
    """
    path = Path(given)
    if path.suffix == ".toml" or (len(given) < MOST_NAME and path.is_file()):
        return read_experiment(path)
    known = bundled_names("data/experiments")
    if given not in known:
        raise UnknownName("bundled experiment", given, known)
    return read_experiment(bundled("data") / "experiments" / f"{given}.toml")
