"""What stands behind `make run` and `make test`: an environment made once, and a Chromium found or installed.

The scripts are run with small stand-ins for Python and for Debian's package manager.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = ("sh", "sed", "cat", "cksum", "env", "id", "ln", "echo")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a pyproject.toml and a path of its own."""
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "path").mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found is not None
        (tmp_path / "path" / name).symlink_to(found)
    return tmp_path


def test_an_old_python_is_refused_with_the_version_it_has(place: Path) -> None:
    program(place / "path" / "python3", '[ "$1" = --version ] && echo "Python 3.9.18" && exit 0; exit 1')
    done = environment(place)
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "'python3' is Python 3.9.18" in done.stderr
    assert not (place / "environment").exists()


def test_a_newer_python_beside_an_old_one_is_taken(place: Path) -> None:
    program(place / "path" / "python3", "exit 1")
    program(place / "path" / "python3.12", stand_in(place))
    assert environment(place).returncode == 0


def test_a_python_that_was_named_is_the_only_one_tried(place: Path) -> None:
    program(place / "path" / "python3", stand_in(place))
    done = environment(place, PYTHON="python9")
    assert done.returncode == 1
    assert "'python9' is not there" in done.stderr


def test_a_python_without_venv_gets_the_name_of_debians_package(place: Path) -> None:
    program(
        place / "path" / "python3", f'case "$*" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"'
    )
    done = environment(place)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_it_installs_once_and_again_only_when_the_dependencies_changed(place: Path) -> None:
    program(place / "path" / "python3", stand_in(place))
    installed = place / "installed"
    assert [environment(place).returncode for _ in range(2)] == [0, 0]
    assert installed.read_text().splitlines() == ["."]
    (place / "pyproject.toml").write_text("[project]\ndependencies = []\n", encoding="utf-8")
    environment(place)
    environment(place)
    assert installed.read_text().splitlines() == [".", "."]


def test_the_tests_own_needs_are_installed_beside_the_rest(place: Path) -> None:
    program(place / "path" / "python3", stand_in(place))
    environment(place)
    environment(place, "test")
    environment(place, "test")
    assert (place / "installed").read_text().splitlines() == [".", ".[test]"]


def test_an_installation_that_failed_is_tried_again(place: Path) -> None:
    program(place / "path" / "python3", stand_in(place))
    (place / "refuse").touch()
    assert environment(place).returncode == 1
    (place / "refuse").unlink()
    assert environment(place).returncode == 0
    assert (place / "installed").read_text().splitlines() == ["."]


def test_a_chromium_that_is_named_comes_first(place: Path) -> None:
    program(place / "path" / "chromium", "exit 0")
    program(place / "mine", "exit 0")
    assert browser(place, CHROMIUM=str(place / "mine")).stdout.strip() == str(place / "mine")


def test_a_named_chromium_that_does_not_start_is_refused(place: Path) -> None:
    program(place / "path" / "chromium", "exit 0")
    done = browser(place, CHROMIUM=str(place / "absent"))
    assert done.returncode == 1
    assert "does not start" in done.stderr


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_on_the_path_is_found(place: Path, name: str) -> None:
    program(place / "path" / name, "exit 0")
    assert browser(place).stdout.strip() == str(place / "path" / name)


def test_a_browser_that_does_not_start_is_passed_over(place: Path) -> None:
    program(place / "path" / "chromium", "exit 1")
    program(place / "path" / "google-chrome", "exit 0")
    assert browser(place).stdout.strip() == str(place / "path" / "google-chrome")


def test_debians_package_is_installed_where_there_is_none(place: Path) -> None:
    chromium = place / "path" / "chromium"
    program(
        place / "path" / "apt-get",
        f'case "$*" in *install*chromium*) ln -s {shutil.which("true")} {chromium};; esac',
    )
    program(place / "path" / "id", "echo 0")
    assert browser(place).stdout.strip() == str(chromium)


def test_without_root_debians_package_is_left_alone(place: Path) -> None:
    program(place / "path" / "apt-get", f"touch {place / 'asked'}")
    program(place / "path" / "id", "echo 1000")
    done = browser(place)
    assert done.returncode == 1
    assert "make test BROWSER=0" in done.stderr
    assert not (place / "asked").exists()


def stand_in(place: Path) -> str:
    """A Python that makes an environment of itself and writes down what pip is asked to install."""
    return f"""
case "$*" in
    *"-m venv --clear"*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    *"-m pip install"*)
        [ ! -e {place}/refuse ] || exit 1
        for last in "$@"; do :; done
        echo "$last" >> {place}/installed ;;
    *) exec {sys.executable} "$@" ;;
esac
"""


def program(path: Path, body: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin:$PATH\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def environment(place: Path, *extra: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return script(place, "environment.sh", "environment", *extra, **variables)


def browser(place: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    program(place / "no-playwright", "exit 1")
    return script(place, "browser.sh", str(place / "no-playwright"), **variables)


def script(place: Path, name: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "tools" / name), *words],
        cwd=place,
        env={"PATH": str(place / "path"), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_tests_are_run_under_every_float_path_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tool_called("float_paths")
    monkeypatch.setattr(tool.platform, "machine", lambda: "x86_64")
    runs: list[tuple[str, dict[str, str], list[str]]] = []

    def run(name: str, variables: dict[str, str], arguments: list[str], _cache: Path) -> bool:
        runs.append((name, variables, arguments))
        return name != "avx2"

    monkeypatch.setattr(tool, "passes", run)
    assert tool.main(["oldest", "avx2", "--", "tests/games", "-x"]) == 1  # one of them fails
    assert tool.main(["oldest"]) == 0
    assert [(name, arguments) for name, _, arguments in runs] == [
        ("oldest", ["tests/games", "-x"]),
        ("avx2", ["tests/games", "-x"]),
        ("oldest", []),
    ]
    assert runs[0][1]["ATEN_CPU_CAPABILITY"] == "default"
    assert tool.main(["newest"]) == 2
    monkeypatch.setattr(tool.platform, "machine", lambda: "arm64")
    assert tool.main(["oldest"]) == 2


def test_a_path_reaches_the_tests_as_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tool_called("float_paths")
    told: list[dict[str, str]] = []

    def run(_command: list[str], env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        told.append(env)
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr(tool.subprocess, "run", run)
    assert tool.passes("oldest", {"OPENBLAS_CORETYPE": "Nehalem"}, [], tmp_path)
    assert {env["OPENBLAS_CORETYPE"] for env in told} == {"Nehalem"}
    assert {env["NUMBA_CACHE_DIR"] for env in told} == {str(tmp_path / "oldest")}


def test_every_mutant_changes_code_that_is_in_its_kernel() -> None:
    tool = tool_called("mutations")
    for mutant in tool.MUTANTS:
        source = (ROOT / tool.KERNELS / f"{mutant.kernel}.py").read_text(encoding="utf-8")
        assert source.count(mutant.old) == 1, f"{mutant.name}: {mutant.old!r} must be in {mutant.kernel} once"


def tool_called(name: str) -> ModuleType:
    specification = spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = module_from_spec(specification)
    sys.modules[name] = module  # where dataclasses look for it
    specification.loader.exec_module(module)
    return module
