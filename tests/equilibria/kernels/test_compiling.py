"""Kernels are compiled where nothing can be written, and compiling is announced."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numba.core.errors import NumbaError

from advgame.equilibria.kernels import compiling
from advgame.equilibria.kernels.parts import PartLibrary
from tests.equilibria.kernels.parts import callable_part

PACKAGE = Path(compiling.__file__).parents[2]
PROGRAM = """
import tempfile

import advgame as ag

{before}
solved = ag.solve_batch([[[3, 0], [2, 1]]], [[[0, 2], [1, 0]]])
assert solved.attacker.tolist() == [[0.5, 0.5]]
from advgame.equilibria.kernels import compiling
print("kept" if compiling.KEPT else "not kept")
"""
NO_TEMPORARY_FOLDER = """
def refuse(*given, **settings):
    raise OSError("read-only file system")

tempfile.mkdtemp = refuse
"""


@pytest.fixture
def locked(tmp_path: Path) -> dict[str, str]:
    """The settings of a process that finds the package, and no folder of numba's that can be written.

    A file in the place of a folder stops even the superuser.
    """
    package = tmp_path / "advgame"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "lab"))
    (package / "equilibria" / "kernels" / "__pycache__").write_text("")
    nowhere = {"HOME": "/dev/null/home", "XDG_CACHE_HOME": "/dev/null/cache"}
    kept = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    return kept | nowhere | {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.parametrize(("before", "kept"), [("", "kept"), (NO_TEMPORARY_FOLDER, "not kept")])
def test_batches_are_solved_where_no_folder_can_be_written(
    tmp_path: Path, locked: dict[str, str], before: str, kept: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(before=before)],
        check=False,
        env=locked,
        cwd=tmp_path,
        timeout=300,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == kept
    assert ended.stderr.count("NUMBA_CACHE_DIR") == 1


def begins(module: str) -> SimpleNamespace:
    """What numba tells before it compiles a function of a module."""
    function = SimpleNamespace(__module__=module)
    return SimpleNamespace(data={"dispatcher": SimpleNamespace(py_func=function)})


def test_compiling_is_announced_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="advgame")
    announcement = compiling.Announcement()
    for _ in range(2):
        announcement.on_start(begins("advgame.equilibria.kernels.fused"))
    assert [record.getMessage() for record in caplog.records] == [compiling.COMPILING % compiling.SECONDS]


def test_code_that_others_compile_is_not_announced(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="advgame")
    compiling.Announcement().on_start(begins("somebody.else"))
    assert caplog.records == []


def test_a_part_is_compiled_with_its_caller_only() -> None:
    @compiling.part()
    def doubled(number):  # type: ignore[no-untyped-def]
        return 2 * number

    assert callable_part(doubled)(1.5) == 3.0
    (compiled,) = doubled.overloads.values()
    code = compiled._asdict()["library"]
    assert isinstance(code, PartLibrary)
    assert code.get_pointer_to_function(compiled.fndesc.llvm_func_name) == 0


def test_a_part_that_makes_arrays_has_to_say_so() -> None:
    def zeros(number):  # type: ignore[no-untyped-def]
        return np.zeros(number)

    def opposite(numbers):  # type: ignore[no-untyped-def]
        return (-numbers)[0]

    def first_of_new(number):  # type: ignore[no-untyped-def]
        return maker(number)[0]

    maker = compiling.part(allocates=True)(zeros)
    for function, given in ((opposite, np.ones(2)), (first_of_new, 3)):
        with pytest.raises(NumbaError, match="declare that it allocates"):
            callable_part(compiling.part()(function))(given)
    with pytest.raises(NumbaError):  # of numba's own, which cannot make the array
        callable_part(compiling.part()(zeros))(3)
    assert callable_part(maker)(3).tolist() == [0.0] * 3
