"""What is compiled ahead is all that single games, reports and sweeps need."""

from __future__ import annotations

import subprocess
import sys

from advgame.cli.compile import SOLVERS
from tests.cli.test_cli import run

# In a process of its own, where no other test has loaded compiled code.
SCRIPT = """
import importlib, pkgutil
import numpy as np
from numba.core.dispatcher import Dispatcher
import advgame as ag
from advgame.cli.compile import SOLVERS
from advgame.equilibria import kernels
from advgame.studies.sweeps import COMPILED_FROM

def signatures():
    found = set()
    for module in pkgutil.iter_modules(kernels.__path__):
        for part in vars(importlib.import_module(f"{kernels.__name__}.{module.name}")).values():
            if isinstance(part, Dispatcher):
                found |= {(part.py_func.__module__, part.py_func.__name__, *map(str, part.overloads))}
    return found

for compile_solver in SOLVERS.values():
    compile_solver()
compiled = signatures()
assert len(compiled) > 10

grid = {"largest_share": np.linspace(0, 1, 40), "attack_cost": np.linspace(0, 1, 60)}
assert 40 * 60 >= COMPILED_FROM
for name in ("cifar10-two-defences", "mnist-pruning"):
    for concept in ("nash", "nash_one", "commitment", "pure_commitment"):
        ag.sweep(ag.case(name), grid, concept=concept)
    ag.report(ag.case(name))
    ag.report(ag.set_parameter(ag.case(name), "announced", True))
random = np.random.default_rng(5)
for payoffs in (random.normal(size=(2, 6, 5)), random.integers(0, 3, (2, 6, 5))):
    ag.solve(ag.Game(*payoffs))
payoffs = random.normal(size=(60, 60))
ag.solve(ag.Game(payoffs, np.outer(random.normal(size=60), random.normal(size=60)) - payoffs))
for method in ("nash", "nash_one", "commitment"):
    ag.solve_batch(*random.normal(size=(2, 5, 3, 4)), method)
print(sorted(signatures() - compiled))
"""


def test_games_reports_and_sweeps_need_nothing_else() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"


def test_progress_and_the_place_of_the_code_are_printed(monkeypatch, capsys) -> None:
    compiled = []
    for kind in SOLVERS:
        monkeypatch.setitem(SOLVERS, kind, lambda kind=kind: compiled.append(kind))
    assert run(monkeypatch, "compile") == 0
    printed = capsys.readouterr()
    assert compiled == [*SOLVERS]
    assert printed.err.splitlines() == [f"{n} of {len(SOLVERS)}: {kind}" for n, kind in enumerate(SOLVERS, 1)]
    assert printed.out.startswith("The solvers are ready after 0 seconds; they are stored in ")


def test_without_a_folder_for_compiled_code_the_exit_code_is_not_zero(monkeypatch, capsys) -> None:
    monkeypatch.setattr("advgame.equilibria.kernels.compiling.KEPT", None)
    for kind in SOLVERS:
        monkeypatch.setitem(SOLVERS, kind, lambda: None)
    assert run(monkeypatch, "compile") == 1
    assert "could not be stored" in capsys.readouterr().err
