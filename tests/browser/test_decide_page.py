"""The page Decide in a real browser: move a slider, see the verdict change, take the report away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.browser.waiting import SLOW, wait_until_still

pytestmark = pytest.mark.browser

DEFENDED = re.compile(r"^Announce the defence: adversarially trained network for 86\s%")
VERDICT = ".st-key-verdict h2"
UNDEFENDED = "Deploy undefended network: defending does not pay."


def test_the_verdict_turns_where_announcing_no_longer_pays_and_the_report_says_the_same(
    page: Page, dashboard: str
) -> None:
    verdict = opened(page, dashboard)
    expect(verdict).to_have_text(DEFENDED, timeout=SLOW)
    share = page.get_by_role("slider", name="Largest share of the traffic")
    press_until(page, share, "ArrowLeft", below=0.085)
    expect(verdict).to_have_text(UNDEFENDED, timeout=SLOW)
    expect(page).to_have_url(re.compile(rf"largest_share%3D{share.input_value()}\b"), timeout=SLOW)
    report = downloaded(page)
    assert report.startswith("<!DOCTYPE html>") or report.startswith("<!doctype html>")
    assert UNDEFENDED.rstrip(".") in unescape(report)


@pytest.mark.parametrize("pause", [60, 300])
@pytest.mark.parametrize(
    ("role", "key", "shown", "last"), [("slider", "ArrowLeft", 0.24, 24), ("spinbutton", "ArrowUp", 0.36, 36)]
)
def test_a_slider_or_field_that_is_moved_on_while_the_page_answers_keeps_its_last_position(
    page: Page,
    dashboard: str,
    role: Literal["slider", "spinbutton"],
    key: str,
    pause: int,
    shown: float,
    last: int,
) -> None:
    """Twelve steps of half a point from 30 %, faster than the page answers and about as fast."""
    opened(page, dashboard)
    name = "Largest share of the traffic"
    page.get_by_role(role, name=name).focus()
    for _ in range(12):
        page.keyboard.press(key)
        page.wait_for_timeout(pause)
    expect(page.get_by_role("slider", name=name)).to_have_value(str(shown), timeout=SLOW)
    expect(page.get_by_role("spinbutton", name=name)).to_have_value(str(last), timeout=SLOW)
    expect(page).to_have_url(re.compile(rf"largest_share%3D{shown}\b"), timeout=SLOW)


@dataclass(frozen=True, eq=False)
class Visit:
    """The page of the first case as it stands, which several tests look at."""

    page: Page
    answer: Response
    asked: list[str]  # addresses that the browser asked for
    said: list[str]  # messages of the browser's console

    @property
    def verdict(self) -> Locator:
        return self.page.locator(VERDICT)


@pytest.fixture(scope="module")
def visit(chromium: Browser, dashboard: str) -> Iterator[Visit]:
    """One visit with a notebook's width, on which nothing is changed."""
    page = chromium.new_page(viewport={"width": 1280, "height": 844}, accept_downloads=True)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    answer = page.goto(dashboard)
    assert answer is not None
    expect(page.locator(VERDICT)).to_be_visible(timeout=SLOW)
    for opened in ("Who plays what", "Payoffs of each pair of strategies"):
        page.get_by_text(opened).click()
    for drawn in (".st-key-mix-The-attacker-plays svg", ".st-key-payoffs-attacker svg"):
        expect(page.locator(drawn).first).to_be_visible(timeout=SLOW)
    yield Visit(page, answer, asked, said)
    page.close()


def test_the_report_of_the_case_as_it_stands_says_what_the_page_says(visit: Visit) -> None:
    expect(visit.verdict).to_have_text(DEFENDED, timeout=SLOW)
    said = " ".join(visit.verdict.inner_text().split()).rstrip(".")
    assert said in " ".join(unescape(downloaded(visit.page)).split())


def test_every_chart_is_drawn_with_the_names_of_the_strategies(visit: Visit) -> None:
    for key, words in {
        "mix-The-defender-deploys": "adversarially trained network",
        "mix-The-attacker-plays": "no attack",
        "payoffs-defender": "AutoAttack",
        "payoffs-attacker": "AutoAttack",
    }.items():
        chart = visit.page.locator(f".st-key-{key}")
        expect(chart).to_contain_text(words, timeout=SLOW)
        assert chart.locator("svg").first.bounding_box()


def test_on_a_notebook_nothing_has_to_be_scrolled_sideways(visit: Visit) -> None:
    assert nothing_to_the_right(visit.page, 1280)


def test_on_a_telephone_nothing_has_to_be_scrolled_sideways(page: Page, dashboard: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(opened(page, dashboard)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("What would change it")).to_be_visible(timeout=SLOW)
    assert nothing_to_the_right(page, 390)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_role("slider", name="Largest share of the traffic")).to_be_visible(timeout=SLOW)


def test_the_decision_fits_on_one_screen(page: Page, dashboard: str) -> None:
    expect(opened(page, dashboard)).to_be_visible(timeout=SLOW)
    last = page.get_by_text("What would change it")
    expect(last).to_be_visible(timeout=SLOW)
    expect(page.locator("li", has_text="is better").nth(2)).to_be_in_viewport(ratio=1, timeout=SLOW)


def test_a_link_reproduces_the_page_after_a_reload(page: Page, dashboard: str) -> None:
    verdict = opened(page, dashboard)
    expect(verdict).to_have_text(DEFENDED, timeout=SLOW)
    typed = page.get_by_role("spinbutton", name="Largest share of the traffic")
    typed.fill("5")
    typed.press("Enter")
    expect(verdict).to_have_text(UNDEFENDED, timeout=SLOW)
    expect(page).to_have_url(re.compile(r"set=largest_share%3D0\.05"), timeout=SLOW)
    page.reload()
    expect(page.locator(VERDICT)).to_have_text(UNDEFENDED, timeout=SLOW)
    share = page.get_by_role("slider", name="Largest share of the traffic")
    assert float(share.input_value()) == 0.05
    page.go_back()
    expect(page.locator(VERDICT)).to_have_text(DEFENDED, timeout=SLOW)


def test_nothing_is_asked_of_any_other_machine(visit: Visit, dashboard: str) -> None:
    assert visit.asked
    assert [url for url in visit.asked if not url.startswith((dashboard, "data:", "blob:"))] == []


def test_headers_forbid_frames_and_block_nothing_that_the_page_needs(
    visit: Visit,
) -> None:
    assert "frame-ancestors 'none'" in visit.answer.headers["content-security-policy"]
    downloaded(visit.page)
    assert [line for line in visit.said if "Content Security Policy" in line] == []


def nothing_to_the_right(page: Page, width: int) -> bool:
    """Whether all of the page is as narrow as the window."""
    boxes = (page.get_by_test_id("stMain"), page.locator("html"))
    too_wide = [box.evaluate("each => each.scrollWidth - each.clientWidth") > 0 for box in boxes]
    rightmost = page.locator(VERDICT).evaluate("each => each.getBoundingClientRect().right")
    return not any(too_wide) and bool(rightmost <= width)


def opened(page: Page, dashboard: str) -> Locator:
    """The verdict's sentence on the page that opens."""
    page.goto(dashboard)
    return page.locator(VERDICT)


def press_until(page: Page, slider: Locator, key: str, *, below: float) -> None:
    slider.wait_for(timeout=SLOW)
    slider.focus()
    for _ in range(400):
        if float(slider.input_value()) < below:
            return
        page.keyboard.press(key)
    pytest.fail(f"The slider did not come below {below}.")


def downloaded(page: Page) -> str:
    wait_until_still(page)
    with page.expect_download(timeout=SLOW) as waiting:
        page.get_by_role("button", name="Download the report").click()
    assert waiting.value.suggested_filename == "decision.html"
    return Path(waiting.value.path()).read_text(encoding="utf-8")
