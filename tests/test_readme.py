"""The README and the pages of docs/ do what they say: their examples run, their links lead somewhere.

Every page is executed from top to bottom in a folder of its own. A block after the words "Save this as
`name`" is written to that file; lines that begin with ``advgame`` are given to the command line.
"""

from __future__ import annotations

import doctest
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").glob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAVED_AS = re.compile(r"[Ss]ave this as `([^`]+)`:\s*\Z")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str
    line: int  # where it stands in the page
    saved_as: str | None  # the file the page asks the reader to save it as


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if block.saved_as:
            (tmp_path / block.saved_as).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            run_examples(block, page, names)
        elif block.language == "bash":
            run_commands(block, page, monkeypatch)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_that_exist(page: Path) -> None:
    targets = [link.partition("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8"))]
    local = [
        target for target in targets if target and "://" not in target and not target.startswith("mailto:")
    ]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_the_readme_opens_with_exactly_two_commands() -> None:
    first = blocks_of((ROOT / "README.md").read_text(encoding="utf-8"))[0]
    assert first.text.split("\n")[:-1] == ["make run", "make test"]
    assert first.line < 12


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)\b", "\n".join(code_of(page))))
    targets = set(
        re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named <= targets


def test_an_example_with_a_wrong_result_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="Expected"):
        run_examples(Block("python", ">>> 1 + 1\n3\n", 1, None), ROOT / "README.md", {})


def blocks_of(text: str) -> list[Block]:
    return [
        Block(
            found[1],
            found[2],
            text.count("\n", 0, found.start()) + 1,
            _file_named_before(text, found.start()),
        )
        for found in BLOCK.finditer(text)
    ]


def _file_named_before(text: str, start: int) -> str | None:
    found = SAVED_AS.search(text[:start])
    return found[1] if found else None


def code_of(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [block.text for block in blocks_of(text)] + re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))


def run_examples(block: Block, page: Path, names: dict[str, object]) -> None:
    """Runs the ``>>>`` examples of a block; the names they bind stay for the page's next block."""
    example = doctest.DocTestParser().get_doctest(block.text, names, page.name, name_of(page), block.line)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(example, out=told.append, clear_globs=False)
    names |= example.globs
    if runner.failures:
        pytest.fail("".join(told))
    assert example.examples, (
        f"{name_of(page)}:{block.line}: a Python block without a >>> example is not checked"
    )


def run_commands(block: Block, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives the lines of a block that begin with ``advgame`` to the command line."""
    for line in block.text.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["advgame"]:
            ended = run_command(words[1:], monkeypatch)
            assert ended.code in (0, None), f"{name_of(page)}:{block.line}: {line}"


def run_command(words: list[str], monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """How the command line ends; the dashboard is asked for its help only, since it would serve for ever."""
    from advgame.cli import main

    asked = ["app", "--help"] if words[0] == "app" else words
    monkeypatch.setattr("sys.argv", ["advgame", *asked])
    try:
        return SimpleNamespace(code=main())
    except SystemExit as end:
        return SimpleNamespace(code=end.code)
