"""Measures how complete the docstrings are, and fails below the stated shares.

    python tools/docstrings.py            one line per folder, then the functions that fall short
    python tools/docstrings.py --quiet    the totals only

Counted are public functions and methods of ``src/advgame``: names without a leading underscore, in modules
and classes without one. Three rules:

* three parameters or more (``self`` and ``cls`` not counted) need an ``Args:`` section;
* a ``raise`` of one's own needs a ``Raises:`` section, unless the docstring's class states it;
* a name that ``Args:`` explains is a parameter.

Commands of the command line state their parameters in their help, and are not counted; nor is an override
of a method whose ``Args`` a base class documents.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src" / "advgame"
MANY = 3  # parameters that make an Args section necessary
LEAST_ARGS = 0.90  # share of such functions that have one
LEAST_RAISES = 1.0
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Entry:
    """One public function and what its docstring has."""

    folder: str
    place: str  # file:line name
    parameters: int
    raises: bool
    has_args: bool
    has_raises: bool
    strays: tuple[str, ...]  # what Args explains and is no parameter


def main(words: list[str]) -> int:
    """Prints the shares; 1 where one of them is too low."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    classes = [node for tree in trees.values() for node in tree.body if isinstance(node, ast.ClassDef)]
    family = Family({node.name: node for node in classes})
    entries = [entry for path, tree in trees.items() for entry in _entries(path, tree, family)]
    need_args = [entry for entry in entries if entry.parameters >= MANY]
    need_raises = [entry for entry in entries if entry.raises]
    if "--quiet" not in words:
        _print_folders(need_args)
        for entry in need_args:
            if not entry.has_args:
                print(f"  no Args:   {entry.place}")
        for entry in need_raises:
            if not entry.has_raises:
                print(f"  no Raises: {entry.place}")
    strays = [entry for entry in entries if entry.strays]
    for entry in strays:
        print(f"  no parameter: {entry.place}: {', '.join(entry.strays)}")
    args = _share([entry.has_args for entry in need_args])
    raises = _share([entry.has_raises for entry in need_raises])
    print(f"Args: {args:.1%} of {len(need_args)} public functions with {MANY} parameters or more")
    print(f"Raises: {raises:.1%} of {len(need_raises)} public functions that raise")
    return int(args < LEAST_ARGS or raises < LEAST_RAISES or bool(strays))


@dataclass(frozen=True)
class Family:
    """The package's classes by name, to find what an override inherits."""

    classes: dict[str, ast.ClassDef]

    def documented_above(self, owner: ast.ClassDef, method: str) -> bool:
        """Whether a base class of the package documents the method's Args."""
        for name in [base.id for base in owner.bases if isinstance(base, ast.Name)]:
            base = self.classes.get(name)
            if base is None:
                continue
            texts = [
                ast.get_docstring(part)
                for part in base.body
                if isinstance(part, Function) and part.name == method
            ]
            if any(text and "Args:" in text for text in texts) or self.documented_above(base, method):
                return True
        return False


def _entries(path: Path, tree: ast.Module, family: Family) -> Iterator[Entry]:
    module = path.relative_to(SOURCE)
    if any(part.startswith("_") and part != "__init__.py" for part in module.parts):
        return
    for node in tree.body:
        if isinstance(node, Function) and _public(node.name) and not _is_command(node):
            yield _entry(module, node, node.name, "")
        elif isinstance(node, ast.ClassDef) and _public(node.name):
            inherited = ast.get_docstring(node) or ""
            for method in node.body:
                if not isinstance(method, Function) or not _public(method.name):
                    continue
                if not family.documented_above(node, method.name):
                    yield _entry(module, method, f"{node.name}.{method.name}", inherited)


def _entry(module: Path, node: Function, name: str, inherited: str) -> Entry:
    text = ast.get_docstring(node) or ""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    count = sum(argument.arg not in ("self", "cls") for argument in arguments)
    return Entry(
        module.parts[0] if len(module.parts) > 1 else ".",
        f"{module}:{node.lineno} {name}",
        count,
        any(isinstance(part, ast.Raise) and part.exc is not None for part in _own(node)),
        "Args:" in text,
        "Raises:" in text or "Raises:" in inherited,
        tuple(name for name in _explained(text) if name not in _parameters(node)),
    )


def _parameters(node: Function) -> set[str]:
    given = node.args
    several = [given.vararg, given.kwarg]
    return {
        argument.arg
        for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs, *several)
        if argument is not None
    }


def _explained(text: str) -> Iterator[str]:
    """The names before the colons of an ``Args:`` section; the whole line where there is no colon."""
    _, _, section = text.partition("Args:\n")
    for line in section.split("\n"):
        if line and not line.startswith(" "):
            return
        if line.startswith("    ") and not line.startswith("     ") and not line.startswith("    As ``"):
            names, colon, _ = line.strip().partition(": ")
            yield from names.replace("*", "").split(", ") if colon else [line.strip()]


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function's body, without those of functions inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own(child)


def _is_command(node: Function) -> bool:
    """Whether it is a command of the command line, whose parameters carry their help themselves."""
    return any("command" in ast.unparse(decorator) for decorator in node.decorator_list)


def _public(name: str) -> bool:
    return not name.startswith("_")


def _share(held: list[bool]) -> float:
    return sum(held) / len(held) if held else 1.0


def _print_folders(entries: list[Entry]) -> None:
    folders: dict[str, list[bool]] = defaultdict(list)
    for entry in entries:
        folders[entry.folder].append(entry.has_args)
    for folder, held in sorted(folders.items()):
        print(f"{folder:<16} {sum(held):>4} of {len(held):>4} with Args")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
