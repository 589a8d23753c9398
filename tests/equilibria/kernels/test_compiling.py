"""Kernels are compiled where nothing can be written, and compiling is announced."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from advgame.equilibria.kernels import compiling

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
