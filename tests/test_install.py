"""The wheel works anywhere: installed in an environment of its own, from a folder that is no checkout."""

from __future__ import annotations

import ast
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib.metadata import packages_distributions
from pathlib import Path
from sysconfig import get_paths

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "streamlit", "nashpy", "pandas", "scipy", "plotly", "pydantic", "pyarrow", "numba")

pytestmark = pytest.mark.install


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        folder,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; the libraries of others are seen through a .pth file.

    A folder that a .pth file names is put on the path as it is: the .pth files inside it, and with them an
    editable checkout, are not read.
    """
    folder = tmp_path_factory.mktemp("elsewhere") / "environment"
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)], folder.parent)
    (folder / site_packages_in(folder) / "others.pth").write_text(
        get_paths()["purelib"] + "\n", encoding="utf-8"
    )
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    run([*pip, "install", "--quiet", "--no-deps", "--ignore-installed", str(wheel)], folder.parent)
    return folder


def test_the_package_comes_from_the_wheel(installed: Path) -> None:
    told = python(installed, "import advgame; print(advgame.__file__)")
    assert Path(told.strip()).is_relative_to(installed)


def test_the_bundled_cases_are_listed(installed: Path) -> None:
    told = command(installed, "cases")
    assert all(path.stem in told for path in (ROOT / "scenarios").glob("*.toml"))


def test_a_bundled_case_is_solved(installed: Path) -> None:
    told = " ".join(command(installed, "solve", "cifar10-two-defences").split())
    assert "adversarially trained network" in told
    assert "for 86 % of inputs" in told  # q = 0.48 / (1.05 × 0.5342)


def test_a_report_is_written_where_the_caller_stands(installed: Path) -> None:
    command(installed, "solve", "cifar10-two-defences", "-o", "decision.html")
    page = (installed.parent / "decision.html").read_text(encoding="utf-8")
    assert "Rice2020Overfitting" in page


def test_the_dashboard_is_part_of_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"advgame/bundled/{path.relative_to(ROOT).as_posix()}" for path in shipped_files()}
    assert wanted - packed == set()
    assert "advgame/py.typed" in packed


def test_the_wheel_carries_no_leftovers(wheel: Path) -> None:
    packed = zipfile.ZipFile(wheel).namelist()
    assert [name for name in packed if "__pycache__" in name or name.startswith("tests/")] == []


def test_the_installed_dashboard_is_found(installed: Path) -> None:
    told = python(installed, "from advgame.bundled import bundled; print(bundled('app') / 'main.py')")
    assert Path(told.strip()).is_relative_to(installed)
    assert Path(told.strip()).is_file()


def test_the_dashboard_starts_without_asking_on_a_machine_that_never_saw_streamlit(
    installed: Path, tmp_path: Path
) -> None:
    port = free_port()
    serving = subprocess.Popen(
        [str(installed / "bin" / "advgame"), "app", "--port", str(port)],
        cwd=tmp_path,
        env=surroundings() | {"HOME": str(tmp_path), "BROWSER": "true"},
        stdin=subprocess.PIPE,  # open and silent, as a person who has nothing to say
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert answer_of(f"http://127.0.0.1:{port}/_stcore/health", serving) == "ok"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
            assert page.headers["X-Frame-Options"] == "DENY"
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    finally:
        os.killpg(serving.pid, signal.SIGTERM)
        serving.communicate(timeout=30)


def test_importing_the_package_loads_no_heavy_library(installed: Path) -> None:
    told = python(installed, f"import advgame, sys; print([name for name in {HEAVY} if name in sys.modules])")
    assert told.strip() == "[]"


def test_every_imported_package_is_a_declared_dependency(wheel: Path) -> None:
    about = metadata_of(wheel)
    needed = {name for name, extra in requirements_of(about) if extra is None}
    optional = {name for name, extra in requirements_of(about) if extra not in {None, "test", "dev"}}
    distributions = packages_distributions()
    undeclared = [
        package
        for package in third_party_packages()
        if not {normal(name) for name in distributions.get(package, [package])} & (needed | optional)
    ]
    assert undeclared == []


def test_the_laboratory_is_an_optional_dependency(wheel: Path) -> None:
    needed = {name for name, extra in requirements_of(metadata_of(wheel)) if extra is None}
    assert needed & {"torch", "foolbox", "captum", "weasyprint", "dask", "distributed"} == set()
    assert {"streamlit", "plotly", "pyarrow"} <= needed


def shipped_files() -> Iterator[Path]:
    """What stands at the top of the repository and must be in the wheel."""
    for folder in ("app", "data", "scenarios"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                yield path


def third_party_packages() -> set[str]:
    files = [*(ROOT / "src" / "advgame").rglob("*.py"), *(ROOT / "app").rglob("*.py")]
    imported = {package for file in files for package in packages_imported_by(file)}
    own = {"advgame", *(path.stem for path in (ROOT / "app").iterdir())}
    return imported - own - set(sys.stdlib_module_names)


def packages_imported_by(file: Path) -> Iterator[str]:
    """What a file imports when it runs; imports for type checkers only do not count."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing_only = {id(inner) for node in ast.walk(tree) if is_for_types(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode("utf-8"))


def requirements_of(about: Message) -> list[tuple[str, str | None]]:
    """Each required distribution, and the extra it belongs to."""
    found = []
    for line in about.get_all("Requires-Dist") or []:
        name = re.match(r"[A-Za-z0-9._-]+", line)
        extra = re.search(r"extra == ['\"]([^'\"]+)['\"]", line)
        assert name is not None
        found.append((normal(name[0]), extra[1] if extra else None))
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def site_packages_in(environment: Path) -> Path:
    here = Path(get_paths()["purelib"]).relative_to(sys.prefix)
    return environment / here


def free_port() -> int:
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        return int(ours.getsockname()[1])


def answer_of(address: str, serving: subprocess.Popen[bytes]) -> str:
    """What a server answers once it is up; nothing if it ends or stays silent."""
    for _ in range(300):
        if serving.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5) as reply:
                return str(reply.read().decode())
        except OSError:
            time.sleep(0.2)
    return ""


def python(environment: Path, code: str) -> str:
    return run([str(environment / "bin" / "python"), "-c", code], environment.parent)


def command(environment: Path, *words: str) -> str:
    return run([str(environment / "bin" / "advgame"), *words], environment.parent)


def run(words: list[str], folder: Path) -> str:
    """What a program prints, started in a folder with nothing of this checkout in its environment."""
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        words,
        cwd=folder,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def surroundings() -> dict[str, str]:
    """The environment without what leads Python back to this checkout."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
