"""What is compiled is forgotten once it is outdated, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from advgame.equilibria import kernels
from advgame.equilibria.kernels.cache import RECORD, forget_outdated, made_of, sources_in
from advgame.equilibria.kernels.compiling import KEPT

FROM = "from advgame.equilibria.kernels"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three kernels: the walk takes steps, and looks at nothing else."""
    (tmp_path / "steps.py").write_text("LENGTH = 1\n")
    (tmp_path / "walk.py").write_text(f"{FROM}.steps import (\n    LENGTH,\n)\n")
    (tmp_path / "other.py").write_text("LENGTH = 1\n")
    return tmp_path


def compile_all(folder: Path) -> None:
    forget_outdated(folder, folder / "__pycache__")
    for name in ("steps", "walk", "other"):
        for end in ("nbi", "1.nbc"):
            (folder / "__pycache__" / f"{name}.function-7.py311.{end}").touch()
        (folder / "__pycache__" / f"{name}.cpython-311.pyc").touch()


def kept(folder: Path) -> list[str]:
    return sorted({path.name.partition(".")[0] for path in (folder / "__pycache__").glob("*.nb?")})


def test_while_nothing_changes_everything_is_kept(folder: Path) -> None:
    compile_all(folder)
    forget_outdated(folder, folder / "__pycache__")
    assert kept(folder) == ["other", "steps", "walk"]


def test_what_is_made_of_something_changed_is_forgotten_and_nothing_else(folder: Path) -> None:
    compile_all(folder)
    (folder / "steps.py").write_text("LENGTH = 2\n")
    forget_outdated(folder, folder / "__pycache__")
    assert kept(folder) == ["other"]
    assert len(list((folder / "__pycache__").glob("*.pyc"))) == 3  # Python looks after its own


def test_what_takes_something_changed_is_forgotten_but_not_what_it_takes(folder: Path) -> None:
    compile_all(folder)
    (folder / "walk.py").write_text(f"{FROM} import other, steps\n")
    forget_outdated(folder, folder / "__pycache__")
    assert kept(folder) == ["other", "steps"]
    assert made_of(sources_in(folder), "walk") == {"other", "steps", "walk"}


def test_what_holds_a_tolerance_is_forgotten_when_the_tolerances_change(tmp_path: Path) -> None:
    folder, tolerances = tmp_path / "equilibria" / "kernels", tmp_path / "games" / "tolerances.py"
    (folder / "__pycache__").mkdir(parents=True)
    tolerances.parent.mkdir()
    tolerances.write_text("TIE = 1e-12\n")
    (folder / "walk.py").write_text("from advgame.games.tolerances import TIE\n")
    (folder / "steps.py").write_text("LENGTH = 1\n")
    (folder / "other.py").write_text("LENGTH = 1\n")
    compile_all(folder)
    tolerances.write_text("TIE = 1e-11\n")
    forget_outdated(folder, folder / "__pycache__")
    assert kept(folder) == ["other", "steps"]


@pytest.mark.parametrize("record", [None, "", "[1, 2", "{}"])
def test_compiled_code_without_a_record_of_its_sources_is_discarded(folder: Path, record: str | None) -> None:
    compile_all(folder)
    if record is None:
        (folder / "__pycache__" / RECORD).unlink()
    else:
        (folder / "__pycache__" / RECORD).write_text(record)
    forget_outdated(folder, folder / "__pycache__")
    assert kept(folder) == []
    compile_all(folder)
    forget_outdated(folder, folder / "__pycache__")
    assert kept(folder) == ["other", "steps", "walk"]


def test_the_kernels_of_the_package_are_tracked() -> None:
    here = Path(str(kernels.__file__)).parent
    assert made_of(sources_in(here), "rank_one_solver") >= {
        "crossings",
        "rank_one_detection",
        "careful_rank_one_detection",
        "support_walk",
        "simd4",
        "tolerances",
    }
    assert KEPT is None or "rank_one_solver" in (KEPT / RECORD).read_text(encoding="utf-8")
