"""The page stands alone, and no name becomes markup."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest

import advgame as ag
from advgame.reports import blocks
from advgame.reports.charts import draw_bars, draw_heat_map, draw_lines

HOSTILE = "<script>alert(1)</script>\"'&"
LOADING = {"src", "href", "xlink:href", "srcset", "action", "data", "poster", "background"}
ALONE = {"meta", "br"}  # elements without an end


@dataclass
class Page(HTMLParser):
    """What a browser would make of a page: its elements, their attributes and its text."""

    tags: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    open: list[str] = field(default_factory=list)
    misnested: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.misnested.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page


@pytest.mark.parametrize("case", ["two_defences_report", "many_attacks_report", "hostile_report"])
def test_the_page_loads_nothing_from_anywhere(request: pytest.FixtureRequest, case: str) -> None:
    text = request.getfixturevalue(case).render("html")
    page = parsed(text)
    assert page.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"} == set()
    assert [(name, value) for name, value in page.attributes if name in LOADING] == []
    assert not re.search(r"url\(|@import|https?:", text)


@pytest.mark.parametrize("case", ["two_defences_report", "many_attacks_report", "hostile_report"])
def test_every_element_is_closed_where_it_should_be(request: pytest.FixtureRequest, case: str) -> None:
    page = parsed(request.getfixturevalue(case).render("html"))
    assert page.misnested == []
    assert page.open == []


def test_rows_that_the_screen_folds_away_are_there_for_print(two_defences_report: ag.Report) -> None:
    rows = tuple((blocks.Cell(f"row {number}"),) for number in range(7))
    told = replace(
        two_defences_report,
        blocks=(blocks.Verdict("Deploy it"), blocks.Table("", (blocks.Head("all"),), rows, shown=3)),
    )
    text = told.render("html")
    assert [text.count(f">row {number}<") for number in range(7)] == [1] * 7
    folded = re.search(
        r"@media screen \{\s*\.more:not\(\[open\]\) \+ \.wide \.rest \{ display: none; \}", text
    )
    assert folded


def test_a_hostile_name_stays_a_name_everywhere(hostile_report: ag.Report) -> None:
    text = hostile_report.render("html")
    page = parsed(text)
    assert "script" not in page.tags
    assert "<script" not in text.lower()
    assert page.text.count(HOSTILE) > 10
    assert not any(name.startswith("on") for name, _ in page.attributes)


def test_text_that_starts_a_formula_is_marked_as_text_for_spreadsheets(hostile_report: ag.Report) -> None:
    text = hostile_report.render("html")
    assert r'td:not(.n) { mso-number-format: "\@"; }' in text
    cells = re.findall(r"<td([^>]*)>(=HYPERLINK[^<]*)</td>", text)
    assert cells
    assert all('class="n"' not in attributes for attributes, _ in cells)


@pytest.mark.parametrize(
    "drawing",
    [
        draw_bars(blocks.MixBars(HOSTILE, (blocks.Bar(HOSTILE, 1.0, HOSTILE),))),
        draw_heat_map(
            blocks.Matrix(
                HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE * 9,), ((1.0,),), ((HOSTILE,),), ((True,),), shown=(0,)
            )
        ),
        draw_lines(
            blocks.LineChart(HOSTILE, HOSTILE, HOSTILE, (blocks.Series(HOSTILE, ((0.0, 1.0),)),), 0.0)
        ),
    ],
    ids=["bars", "heat map", "lines"],
)
def test_a_hostile_name_stays_a_name_inside_a_chart(drawing: str) -> None:
    page = parsed(drawing)
    assert page.tags <= {"svg", "rect", "line", "polyline", "circle", "text", "title"}
    assert HOSTILE in page.text
    assert page.misnested == []


def test_the_bars_are_as_long_as_the_probabilities() -> None:
    bars = blocks.MixBars("", (blocks.Bar("a", 0.25, "0.25"), blocks.Bar("b", 0.75, "0.75")))
    drawn = re.findall(r'<rect [^>]*?width="([\d.]+)" [^>]*?fill="#0072b2"', draw_bars(bars))
    short, long = map(float, drawn)
    assert long / short == pytest.approx(3, rel=1e-3)


def test_the_heat_map_outlines_the_best_responses_and_no_other_cell(two_defences_report: ag.Report) -> None:
    matrix = next(
        block
        for block in two_defences_report.blocks
        if isinstance(block, blocks.Matrix) and block.title == "To the defender"
    )
    # Standard is right more often without attack, Rice2020Overfitting under attack.
    assert matrix.marked == ((True, False), (False, True))
    assert draw_heat_map(matrix).count('stroke="#1a1a1a"') == 2


def test_a_line_goes_up_where_the_value_does() -> None:
    rising = blocks.LineChart("", "", "", (blocks.Series("", ((0.0, 1.0), (1.0, 2.0)), strong=True),))
    points = re.search(r'points="([\d.]+),([\d.]+) ([\d.]+),([\d.]+)"', draw_lines(rising))
    assert points
    x_1, y_1, x_2, y_2 = map(float, points.groups())
    assert x_2 > x_1
    assert y_2 < y_1  # SVG counts from the top
