"""Every format tells every block."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

import advgame as ag
from advgame.reports import blocks
from advgame.reports.blocks import Block
from advgame.reports.formats import FORMATS

TELLING = [name for name, each in FORMATS.items() if each.whole]

# One block of each kind, each with a word of its own in every place that a reader must see.
EXAMPLES: dict[type, tuple[Block, tuple[str, ...]]] = {
    type(block): (block, words)
    for block, words in (
        (blocks.Verdict("alder"), ("alder",)),
        (blocks.Heading("birch"), ("birch",)),
        (blocks.Paragraph("cedar"), ("cedar",)),
        (blocks.Caution("doubt"), ("doubt",)),
        (blocks.Bullets(("elm", "fir")), ("elm", "fir")),
        (blocks.Figures((blocks.Figure("grape", "7.25", "hazel", 7.25),)), ("grape", "7.25", "hazel")),
        (
            blocks.Table(
                "iris",
                (blocks.Head("juniper"), blocks.Head("kapok", numeric=True)),
                (
                    (blocks.Cell("larch"), blocks.Cell("3.5", 3.5)),
                    (blocks.Cell("moss"), blocks.Cell("4.5", 4.5)),
                ),
                note="nettle",
                shown=1,
            ),
            ("iris", "juniper", "kapok", "larch", "3.5", "nettle"),
        ),
        (
            blocks.MixBars(
                "oak", (blocks.Bar("pine", 0.75, "0.75"), blocks.Bar("quince", 0.25, "0.25")), "rose"
            ),
            ("oak", "pine", "0.75", "quince", "0.25", "rose"),
        ),
        (
            blocks.Matrix(
                "sorrel",
                "tulips",
                ("ulmus", "vetch"),
                ("willow", "yew"),
                ((1.25, 2.25), (3.25, 4.25)),
                (("1.25", "2.25"), ("3.25", "4.25")),
                ((True, False), (False, True)),
                shown=(0,),
                mark_meaning="zinnia",
                note="aster",
            ),
            ("sorrel", "tulips", "ulmus", "willow", "yew", "1.25", "2.25", "zinnia", "aster"),
        ),
        (
            blocks.LineChart(
                "basil",
                "clover",
                "daisy",
                (blocks.Series("fern", ((0.0, 1.0), (1.0, 2.0)), strong=True),),
                0.5,
                "holly",
            ),
            ("basil", "clover", "daisy", "fern", "holly"),
        ),
    )
}


def with_blocks(report: ag.Report, *found: Block) -> ag.Report:
    return replace(report, blocks=(blocks.Verdict("Deploy it"), *found))


def text_of(report: ag.Report, name: str) -> str:
    rendered = report.render(name)
    if isinstance(rendered, str):
        return rendered
    if name == "xlsx":
        book = load_workbook(BytesIO(rendered))
        cells = (cell.value for sheet in book for row in sheet.iter_rows() for cell in row)
        return "\n".join(str(value) for value in cells if value is not None)
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(rendered)).pages)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_holds_what_is_rendered_and_says_what_it_is(one_page_report: ag.Report, name: str) -> None:
    rendered = one_page_report.render(name)
    expected = rendered if isinstance(rendered, bytes) else rendered.encode("utf-8")
    assert one_page_report.file_content(name) == expected
    assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", FORMATS[name].media_type)


@pytest.mark.parametrize("kind", get_args(Block), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("name", TELLING)
def test_every_format_renders_every_block(two_defences_report: ag.Report, name: str, kind: type) -> None:
    block, words = EXAMPLES[kind]
    told = text_of(with_blocks(two_defences_report, block), name).lower()
    assert [word for word in words if word not in told] == []


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_text_twice(two_defences_report: ag.Report, name: str) -> None:
    assert two_defences_report.render(name) == two_defences_report.render(name)


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_lets_a_text_steer_the_terminal(two_defences_report: ag.Report, name: str) -> None:
    steering = "red \x1b[31m, back \r, turned \u202e"
    told = replace(
        with_blocks(two_defences_report, blocks.Paragraph(steering)), title=steering, question=steering
    )
    text = text_of(told, name)
    found = {character for character in text if unicodedata.category(character) == "Cc"} - {"\n"}
    assert found == set()


@pytest.mark.parametrize("case", ["two_defences_report", "many_attacks_report", "hostile_report"])
def test_the_text_fits_a_terminal_of_88_columns(request: pytest.FixtureRequest, case: str) -> None:
    lines = request.getfixturevalue(case).render("text").splitlines()
    assert max(map(len, lines)) <= 88


def test_a_short_format_says_how_many_rows_it_leaves_out(two_defences_report: ag.Report) -> None:
    rows = tuple((blocks.Cell(f"row {number}"),) for number in range(7))
    told = with_blocks(two_defences_report, blocks.Table("", (blocks.Head("all"),), rows, shown=3))
    for name in ("text", "markdown"):
        text = told.render(name)
        assert "4 more rows" in text
        assert "row 2" in text
        assert "row 3" not in text
    assert "row 6" in told.render("html")
    assert "row 6" in told.render("json")


def test_a_single_omitted_row_is_reported_in_the_singular(two_defences_report: ag.Report) -> None:
    rows = tuple((blocks.Cell(f"row {number}"),) for number in range(4))
    told = with_blocks(two_defences_report, blocks.Table("", (blocks.Head("all"),), rows, shown=3))
    assert all("1 more row in" in told.render(name) for name in ("text", "markdown"))


def test_a_large_matrix_keeps_the_page_readable_and_the_table_whole() -> None:
    report = ag.report(ag.case("cifar10-robustbench"))
    defences = report.recommendation.game.defences
    assert len(defences) > 90
    text, page = report.render("text"), report.render("html")
    assert f"{len(defences) - 12} weaker defences are not shown" in " ".join(text.split())
    assert all(f'<th scope="row">{name}</th>' in page for name in defences)
    assert max(map(len, text.splitlines())) <= 88


@pytest.mark.parametrize("case", ["two_defences_report", "many_attacks_report"])
def test_the_gambit_file_holds_the_very_payoffs(
    request: pytest.FixtureRequest, tmp_path: Path, case: str
) -> None:
    report = request.getfixturevalue(case)
    read = ag.read_nfg(report.save(tmp_path / "game.nfg"))
    game = report.recommendation.game
    assert read.exact_payoffs == game.exact_payoffs
    assert (read.defences, read.attacks) == (game.defences, game.attacks)


def test_markdown_takes_no_name_for_markup(hostile_report: ag.Report) -> None:
    text = hostile_report.render("markdown")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert all(line.count(" | ") >= 1 for line in text.splitlines() if line.startswith("| "))


@pytest.mark.parametrize(("name", "breaking"), [("html", r"\d %"), ("latex", r"\d \\%")])
def test_no_line_can_break_between_a_number_and_its_percent_sign(
    two_defences_report: ag.Report, name: str, breaking: str
) -> None:
    text = re.sub(r"<svg.*?</svg>", "", str(two_defences_report.render(name)), flags=re.DOTALL)
    assert not re.search(breaking, text)
    assert re.search(breaking.replace(" ", "[~\N{NO-BREAK SPACE}]"), text)
