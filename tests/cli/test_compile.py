"""advgame compile says what it does and where the code is stored."""

from __future__ import annotations

from advgame.cli.compile import SOLVERS
from tests.cli.test_cli import run


def test_progress_and_the_place_of_the_code_are_printed(monkeypatch, capsys) -> None:
    compiled = []
    for kind in SOLVERS:
        monkeypatch.setitem(SOLVERS, kind, lambda kind=kind: compiled.append(kind))
    assert run(monkeypatch, "compile") == 0
    printed = capsys.readouterr()
    assert compiled == [*SOLVERS]
    assert printed.err.splitlines() == [f"{n} of {len(SOLVERS)}: {kind}" for n, kind in enumerate(SOLVERS, 1)]
    assert printed.out.startswith("The solvers are ready after 0 seconds; they are stored in ")


def test_without_a_folder_to_store_the_code_the_exit_code_says_so(monkeypatch, capsys) -> None:
    monkeypatch.setattr("advgame.equilibria.kernels.compiling.KEPT", None)
    for kind in SOLVERS:
        monkeypatch.setitem(SOLVERS, kind, lambda: None)
    assert run(monkeypatch, "compile") == 1
    assert "cannot be stored" in capsys.readouterr().err
