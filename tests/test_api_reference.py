"""The page of the Python API has every public name, and is what its script writes from the docstrings."""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

import advgame

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "api.md"
COMMAND = "python tools/api_reference.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    specification = spec_from_file_location("api_reference", ROOT / "tools" / "api_reference.py")
    assert specification is not None
    assert specification.loader is not None
    module = module_from_spec(specification)
    sys.modules["api_reference"] = module
    specification.loader.exec_module(module)
    return module


def test_the_page_is_what_its_script_writes(script: ModuleType) -> None:
    pytest.importorskip("torch", reason="the laboratory is the extra lab")
    if PAGE.read_text(encoding="utf-8") != script.page():
        pytest.fail(f"{PAGE.relative_to(ROOT)} is out of date; run `{COMMAND}`.")


def test_every_public_name_has_an_entry() -> None:
    entries = re.findall(r"^### ([\w.]+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    names = {*advgame.__all__, *(f"lab.{name}" for name in advgame.lab.__all__)} - {"__version__"}
    missing = names - set(entries)
    assert not missing, f"{sorted(missing)} not in {PAGE.relative_to(ROOT)}; run `{COMMAND}`."


def test_links_of_the_page_lead_to_its_headings() -> None:
    text = PAGE.read_text(encoding="utf-8")
    slugs = [
        re.sub(r"[^\w]", "", heading.lower()) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    ]
    known = {f"#{slug}" for slug in slugs} | {f"#{slug}-1" for slug in slugs if slugs.count(slug) > 1}
    assert set(re.findall(r"\]\((#[^)]*)\)", text)) <= known


def test_sections_of_a_docstring_become_lists(script: ModuleType) -> None:
    parts = script.markdown(
        "A share of ``x * y``.\n\n>>> 1 + 1\n2"
        "\n\nArgs:\n    a, b: two numbers, of which the\n        second may be 0."
        "\n\nReturns:\n    Their ratio,\n    or None.\n\nRaises:\n    GameError: for a third one."
    )
    assert [part for part in parts if part] == [
        "A share of `x * y`.\n",
        "```python\n>>> 1 + 1\n2\n```\n",
        "**Args**\n",
        "- `a`, `b`: two numbers, of which the second may be 0.",
        "**Returns**\n",
        "Their ratio, or None.\n",
        "**Raises**\n",
        "- `GameError`: for a third one.",
    ]


def test_a_field_has_the_comment_that_stands_behind_it() -> None:
    assert "- `std`: `float | None` – standard deviation over those runs" in PAGE.read_text(encoding="utf-8")
