"""The formats for offices and papers: a workbook, pages, a LaTeX document."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

import advgame as ag
from advgame.reports import blocks
from advgame.reports.formats.latex import BREAK, MEANINGS, escaped
from tests.reports.conftest import FORMULA, HOSTILE


def opened(report: ag.Report) -> Any:
    return load_workbook(BytesIO(report.file_content("xlsx")))


def cells(book: Any) -> list[Any]:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_a_workbook_has_a_sheet_for_each_section(two_defences_report: ag.Report) -> None:
    headings = [block.text for block in two_defences_report.blocks if isinstance(block, blocks.Heading)]
    assert opened(two_defences_report).sheetnames == ["Decision", *headings]


def test_numbers_in_a_workbook_are_those_of_the_report(two_defences_report: ag.Report) -> None:
    numbers = {cell.value for cell in cells(opened(two_defences_report)) if cell.data_type == "n"}
    game = two_defences_report.recommendation.game
    expected = {*game.defender_payoffs.ravel(), *game.attacker_payoffs.ravel()}
    expected |= {item.value for block in two_defences_report.blocks for item in figures_of(block)}
    assert [each for each in expected if not any(abs(each - found) < 1e-12 for found in numbers)] == []


def figures_of(block: blocks.Block) -> list[Any]:
    return list(block.items) if isinstance(block, blocks.Figures) else []


def test_nothing_in_a_workbook_is_a_formula_or_a_link(hostile_report: ag.Report) -> None:
    book = opened(hostile_report)
    texts = [str(cell.value) for cell in cells(book)]
    assert any(FORMULA in text for text in texts)
    assert any(HOSTILE in text for text in texts)
    assert {cell.data_type for cell in cells(book)} <= {"s", "n"}
    assert [cell for cell in cells(book) if cell.hyperlink] == []


def test_sheets_with_long_equal_or_forbidden_names_are_all_kept(two_defences_report: ag.Report) -> None:
    names = ["a/b:c" * 20, "a b c" * 20, "A B C" * 20, "", "decision", "''"]
    told = replace(two_defences_report, blocks=tuple(blocks.Heading(name) for name in names))
    sheets = opened(told).sheetnames
    assert len(sheets) == len({name.lower() for name in sheets}) == 1 + len(names)
    assert max(map(len, sheets)) <= 31


def test_a_long_text_is_cut_where_a_cell_ends(two_defences_report: ag.Report) -> None:
    told = replace(two_defences_report, blocks=(blocks.Paragraph("word " * 20_000),))
    assert max(len(str(cell.value)) for cell in cells(opened(told))) == 32_767


def test_the_pdf_of_a_small_case_has_at_most_six_pages(two_defences_report: ag.Report) -> None:
    pytest.importorskip("weasyprint", reason="the extra pdf", exc_type=(ImportError, OSError))
    assert two_defences_report.file_content("pdf").startswith(b"%PDF-")
    assert pages_of(two_defences_report) <= 6


def pages_of(report: ag.Report) -> int:
    import weasyprint

    return len(weasyprint.HTML(string=str(report.render("html"))).render().pages)


def test_a_pdf_fetches_nothing() -> None:
    pytest.importorskip("weasyprint", reason="the extra pdf", exc_type=(ImportError, OSError))
    from advgame.reports.formats.pdf import _refuse

    for address in ("file:///etc/hostname", "https://example.org/a.png"):
        with pytest.raises(ValueError, match=address):
            _refuse(address)


@pytest.mark.parametrize(
    ("failure", "advice"),
    [(ModuleNotFoundError(name="weasyprint"), "pip install"), (OSError("pango"), "apt-get")],
)
def test_without_its_libraries_a_pdf_says_what_to_install(
    two_defences_report: ag.Report,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    failure: Exception,
    advice: str,
) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise failure

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(ag.InputError, match=advice):
        two_defences_report.save(tmp_path / "decision.pdf")
    assert list(tmp_path.iterdir()) == []


@given(st.text())
@example("--")
@example("50 %")
def test_no_text_is_a_command_of_latex(text: str) -> None:
    left = escaped(text)
    for safe in sorted({BREAK, "-{}-", r"~\%", *MEANINGS.values()}, key=len, reverse=True):
        left = left.replace(safe, "")
    assert re.search(r"[\\{}$&#_%~^]", left) is None


def test_a_latex_document_is_balanced(hostile_report: ag.Report) -> None:
    text = str(hostile_report.render("latex"))
    opened_here = re.findall(r"\\begin\{(\w+)\}", text)
    assert sorted(opened_here) == sorted(re.findall(r"\\end\{(\w+)\}", text))
    bare = re.sub(r"\\[{}\\]", "", text)
    assert bare.count("{") == bare.count("}")
