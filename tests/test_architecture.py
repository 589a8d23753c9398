"""The code keeps to the arrows that ARCHITECTURE.md draws."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "advgame"
APP = ROOT / "app"
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

# The same pictures as in ARCHITECTURE.md, so that a reader of the tests sees them.
FOLDERS = """
app, cli → reports → wording → studies → jobs → decision → scenarios → payoffs → measurements → statistics
decision → equilibria → games ← payoffs          cli → findings → scenarios          cli → lab → measurements
measurements → files          scenarios → bundled          lab → bundled
jobs, reports → version    cli → stopping          app, cli → dashboard_pages
app, cli, lab, jobs → plugins          lab, jobs → lock
all → errors, catalogue, arrays, deprecation, lazy_names, number_text
"""
EQUILIBRIA = """
batch → concepts → rank_one → algorithms → kernels
concepts → selection → solution ← algorithms
"""
LABORATORY = """
analysis → experiment → measures → evaluation → attacks → fitting → datasets
measures → defences → pruning → training → fitting          attacks → networks ← pruning
"""
PICTURES = {"advgame": FOLDERS, "advgame.equilibria": EQUILIBRIA, "advgame.lab": LABORATORY}

MATHEMATICS = {"numpy", "scipy", "nashpy", "numba"}
HEAVY = {
    "nashpy",
    "scipy",
    "sklearn",
    "pandas",
    "streamlit",
    "plotly",
    "torch",
    "numba",
    "pydantic",
    "jinja2",
    "pyarrow",
}


@dataclass(frozen=True)
class Import:
    """One module that a file imports, and when: as the file is loaded, for its types only, or later."""

    file: Path
    line: int
    module: str
    when: str  # "loading", "typing" or "later"

    @property
    def place(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module}"

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]


@pytest.mark.parametrize("level", PICTURES)
def test_the_pictures_here_are_those_of_the_architecture_page(level: str) -> None:
    assert PICTURES[level].strip() in PAGE


@pytest.mark.parametrize("level", PICTURES)
def test_no_picture_has_a_circle(level: str) -> None:
    assert [name for name in allowed(level) if name in reachable(name, level)] == []


@pytest.mark.parametrize("level", PICTURES)
def test_every_folder_and_file_of_a_level_is_in_its_picture(level: str) -> None:
    assert {part for file in files_of(level) if (part := part_of(file, level))} <= set(allowed(level))


@pytest.mark.parametrize("level", PICTURES)
def test_every_import_follows_an_arrow(level: str) -> None:
    against_the_arrows = [
        each.place
        for each in imports()
        if each.file in files_of(level)
        and each.module.startswith(f"{level}.")
        and not may_import(
            part_of(each.file, level), each.module.removeprefix(f"{level}.").split(".")[0], level
        )
    ]
    assert against_the_arrows == []


def test_no_modules_import_each_other() -> None:
    """Neither as they are loaded, nor for their types, nor later."""
    graph: dict[str, set[str]] = {}
    for each in imports():
        importer = module_of(each.file)
        looks_its_family_up = each.when == "later" and importer.startswith(f"{each.module}.")
        if each.module.startswith("advgame.") and not looks_its_family_up:
            graph.setdefault(importer, set()).add(each.module)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"These modules import each other: {' → '.join(circle.args[1])}")


def test_a_name_of_a_file_means_one_thing() -> None:
    """A search for a stem finds one file of the package, and no folder beside it.

    Modules of ``wording`` and ``cli`` may bear the name of the folder whose things they put into words.
    """
    files = [path for path in PACKAGE.rglob("*.py") if not path.stem.startswith("__")]
    folders = {path.parent.name for path in PACKAGE.rglob("__init__.py")}
    stems = Counter(path.stem for path in files)
    twice = [str(path.relative_to(PACKAGE)) for path in files if stems[path.stem] > 1]
    as_a_folder = [
        str(path.relative_to(PACKAGE))
        for path in files
        if path.stem in folders and path.parent.name not in {"wording", "cli"}
    ]
    assert (twice, as_a_folder) == ([], [])


def test_the_tests_mirror_the_package() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    beside = {"app", "browser"}
    astray = [
        str(folder)
        for folder in folders
        if folder.parts and folder.parts[0] not in beside and not (PACKAGE / folder).is_dir()
    ]
    assert astray == []


def test_games_and_equilibria_know_only_mathematics() -> None:
    astray = [
        each.place
        for each in imports()
        if folder_of(each.file) in {"games", "equilibria"}
        and is_foreign(each)
        and each.package not in MATHEMATICS
    ]
    assert astray == []


@pytest.mark.parametrize(("library", "home"), [("streamlit", "app"), ("torch", "lab")])
def test_a_library_stays_in_its_folder(library: str, home: str) -> None:
    assert [
        each.place for each in imports() if each.package == library and folder_of(each.file) != home
    ] == []


def test_heavy_libraries_are_imported_where_they_are_needed() -> None:
    too_early = [
        each.place
        for each in imports()
        if each.package in HEAVY
        and each.when == "loading"
        and folder_of(each.file) not in {"app", "lab"}  # which are only loaded to be used
        and each.file.parent.name != "kernels"  # compiled as a whole, and imported when first called
    ]
    assert too_early == []


def test_the_map_names_every_folder_that_is_published() -> None:
    published = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = published["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    top = {f"{name.strip('/')}/" for name in listed if (ROOT / name.strip("/")).is_dir()}
    inside = {
        f"src/advgame/{path.name}/"
        for path in PACKAGE.iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert [folder for folder in (top - {"src/"}) | inside if f"| `{folder}` |" not in PAGE] == []


def test_everything_on_the_map_is_there() -> None:
    named = re.findall(r"^\| `([^`]+)` \|", section("The map"), re.MULTILINE)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_place_to_add_something_exists() -> None:
    paths = re.findall(r"`((?:src|app|data|scenarios)/[^`]*)`", section("Where to add"))
    named = [path.partition("<")[0] for path in paths]
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_imports_are_classified_by_when_they_happen(tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(
        "import numpy\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import pandas\n"
        "def later():\n    from scipy import stats\n"
    )
    assert {each.module: each.when for each in imports_of(file)} == {
        "numpy": "loading",
        "typing": "loading",
        "pandas": "typing",
        "scipy": "later",
    }


def test_arrows_are_read_in_both_directions_and_further_along() -> None:
    assert may_import("cli", "games", "advgame")
    assert may_import("payoffs", "games", "advgame")
    assert may_import("games", "errors", "advgame")
    assert not may_import("games", "payoffs", "advgame")
    assert not may_import("measurements", "payoffs", "advgame")
    assert not may_import("equilibria", "files", "advgame")
    assert may_import("batch", "solution", "advgame.equilibria")
    assert not may_import("rank_one", "concepts", "advgame.equilibria")
    assert not may_import("pruning", "defences", "advgame.lab")


def section(title: str) -> str:
    """What the page says under a title."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def may_import(importer: str, imported: str, level: str) -> bool:
    """Whether an arrow leads there; an ``__init__.py``, here "", may import all that it lists."""
    return importer in {imported, ""} or imported in reachable(importer, level)


@cache
def reachable(start: str, level: str) -> frozenset[str]:
    """Everything an arrow from ``start`` leads to, here or further along."""
    seen: set[str] = set()
    waiting = [*allowed(level)[start]]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += allowed(level)[name]
    return frozenset(seen)


@cache
def allowed(level: str) -> dict[str, set[str]]:
    """Each name of a picture, and the names that one arrow leads to."""
    arrows = [arrow for line in PICTURES[level].strip().splitlines() for arrow in arrows_in(line)]
    graph: dict[str, set[str]] = {name: set() for arrow in arrows for name in arrow if name != "all"}
    for start, end in arrows:
        if start != "all":
            graph[start].add(end)
    for_all = {end for start, end in arrows if start == "all"}
    for name in graph.keys() - for_all:
        graph[name] |= for_all
    if "catalogue" in graph:
        graph["catalogue"].add("errors")
    return graph


def arrows_in(line: str) -> Iterator[tuple[str, str]]:
    """The arrows of a line, in which several chains stand apart by wide spaces."""
    for chain in re.split(r"\s{3,}", re.sub(r"\([^)]*\)", "", line).strip()):
        parts = re.split(r"\s*([→←])\s*", chain)
        for left, arrow, right in zip(parts[0::2], parts[1::2], parts[2::2], strict=False):
            for one in left.split(","):
                for other in right.split(","):
                    pair = one.strip(), other.strip()
                    yield pair if arrow == "→" else pair[::-1]


@cache
def files_of(level: str) -> frozenset[Path]:
    """The files below a level; at the top those of the dashboard, too."""
    folder = PACKAGE.parent.joinpath(*level.split("."))
    inside = (file for file in python_files() if folder in file.parents)
    return frozenset(python_files() if level == "advgame" else inside)


def part_of(file: Path, level: str) -> str:
    """The name a file has in a picture; empty for the ``__init__.py`` of the level itself."""
    if APP in file.parents:
        return "app"
    part = file.relative_to(PACKAGE.parent.joinpath(*level.split("."))).parts[0]
    return {"__init__.py": "", "__main__.py": "cli"}.get(part, part.removesuffix(".py"))


def folder_of(file: Path) -> str:
    """The name a file has in the picture of all folders."""
    return part_of(file, "advgame")


def module_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent if PACKAGE in file.parents else APP.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def is_foreign(each: Import) -> bool:
    return each.package not in sys.stdlib_module_names and each.package != "advgame"


@cache
def python_files() -> list[Path]:
    return sorted([*PACKAGE.rglob("*.py"), *APP.rglob("*.py")])


@cache
def imports() -> tuple[Import, ...]:
    return tuple(each for file in python_files() for each in imports_of(file))


def imports_of(file: Path) -> Iterator[Import]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    yield from _imports_under(tree, file, "loading")


def _imports_under(node: ast.AST, file: Path, when: str) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(file, child.lineno, alias.name, when) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from (Import(file, child.lineno, module, when) for module in _modules_of(child))
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _imports_under(child, file, "later" if when == "loading" else when)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from _imports_under(ast.Module(child.body, []), file, "typing")
            yield from _imports_under(ast.Module(child.orelse, []), file, when)
        else:
            yield from _imports_under(child, file, when)


def _modules_of(node: ast.ImportFrom) -> set[str]:
    """The modules that ``from x import a, b`` speaks of: x, or x.a where that is a module."""
    assert node.level == 0, "imports are written with the full name of the module"
    module = node.module or ""
    folder = PACKAGE.parent.joinpath(*module.split("."))
    names = {alias.name for alias in node.names}
    inner = {name for name in names if (folder / f"{name}.py").is_file() or (folder / name).is_dir()}
    return {f"{module}.{name}" for name in inner} | ({module} if names - inner else set())
