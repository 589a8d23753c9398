"""The laboratory beside other attacks, and beside another checkout: ``python -m benchmarks.laboratory``.

Three tables, on Fashion-MNIST where ADVGAME_IMAGES is its folder, otherwise on scikit-learn's digits: attacks
beside their libraries, the strongest attack in L∞ beside AutoAttack's standard version, and sparse attacks.
With ``--against PATH``, instead, the whole command ``advgame measure`` is timed side by side with another
checkout. Runs alternate, on one thread per process.
"""

from __future__ import annotations

import argparse
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import torch

from advgame.lab.datasets import DATASETS
from benchmarks.laboratory_builds import SMALL, WITH_STRONGEST, whole_measurements
from benchmarks.laboratory_libraries import INPUTS, beside_libraries
from benchmarks.laboratory_strength import beside_autoattack, networks, sparse_attacks
from benchmarks.machine import machine

RESULTS = Path(__file__).parent / "results"
AUDITED = 200  # inputs under AutoAttack and sparse attacks


def main(arguments: list[str] | None = None) -> int:
    """Prints the tables and saves them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.laboratory", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--against", type=Path, help="the folder of another checkout of advgame")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder of results")
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    logging.disable()
    torch.set_num_threads(1)
    if given.against is not None:
        file = "laboratory-builds.md"
        tables = {
            f"{about}, medians of {given.repeats} runs each, in turns.": whole_measurements(
                experiment, given.against, given.repeats
            )
            for about, experiment in {
                "Attacks that do the same work in both": SMALL,
                "With the strongest attack in L∞, which is not the same in every version": WITH_STRONGEST,
            }.items()
        }
    else:
        name = "fashion_mnist" if "ADVGAME_IMAGES" in os.environ else "digits"
        file, tables = f"laboratory-{name.replace('_', '-')}.md", of_attacks(name, given.repeats)
    parts = [_printed(machine())]
    for about, lines in tables.items():
        parts.append(_printed(about) + "\n\n" + "\n".join(_printed(line) for line in lines))
    (given.results / file).write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return 0


def of_attacks(name: str, repeats: int) -> dict[str, Iterator[str]]:
    """The lines of each table, by a sentence about it.

    Args:
        name: the data set.
        repeats: runs of each attack beside its library.
    """
    dataset = DATASETS[name].load(None)
    trained = dict(networks(dataset))
    costs = "gradient evaluations and CPU seconds per input"
    return {
        f"{INPUTS} inputs of {name}; CPU seconds, medians of {repeats} runs each.": beside_libraries(
            dataset, repeats
        ),
        f"{AUDITED} inputs of {name}; {costs}.": beside_autoattack(dataset, trained, AUDITED),
        f"{AUDITED} inputs of {name}, attacks in L0.": sparse_attacks(dataset, trained, AUDITED),
    }


def _printed(line: str) -> str:
    print(line, flush=True)
    return line


if __name__ == "__main__":
    raise SystemExit(main())
