"""Trains the networks of an experiment into a journal, without measuring them."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.plan import Experiment
from advgame.lab.experiment.runner import Bench
from advgame.lab.experiment.units import MAKE


def make_networks(experiment: Experiment, table: Path, defences: Container[str] | None = None) -> Bench:
    """The experiment with its networks in the journal beside a table.

    Args:
        experiment: the experiment.
        table: the path of the table, which is not written.
        defences: names of the defences; by default all.
    """
    bench = Bench(experiment, Journal.beside(table))
    bench.journal.open(experiment.name)
    for unit in bench.plan.units:
        if unit.kind == MAKE and (defences is None or unit.defence in defences):
            bench.do(unit)
    return bench
