"""The decision page in a real browser: move a slider, see the verdict change, take the report away."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

DEFENDED = re.compile(r"^Deploy Rice2020Overfitting for 75\s%")
UNDEFENDED = "Deploy Standard: defending does not pay."
SLOW = 60_000  # milliseconds that the first answer may take on a busy machine


def test_the_verdict_turns_below_the_break_even_share_and_the_report_says_the_same(
    page: Page, dashboard: str
) -> None:
    verdict = opened(page, dashboard)
    expect(verdict).to_have_text(DEFENDED, timeout=SLOW)
    share = page.get_by_role("slider", name="Largest share of the traffic")
    press_until(page, share, "ArrowLeft", below=0.15)
    expect(verdict).to_have_text(UNDEFENDED, timeout=SLOW)
    report = downloaded(page)
    assert report.startswith("<!DOCTYPE html>") or report.startswith("<!doctype html>")
    assert UNDEFENDED.rstrip(".") in unescape(report)


def test_the_report_of_the_case_as_it_stands_says_what_the_page_says(page: Page, dashboard: str) -> None:
    verdict = opened(page, dashboard)
    expect(verdict).to_have_text(DEFENDED, timeout=SLOW)
    said = " ".join(verdict.inner_text().split()).rstrip(".")
    assert said in " ".join(unescape(downloaded(page)).split())


def test_every_chart_is_drawn_with_the_names_of_the_strategies(page: Page, dashboard: str) -> None:
    opened(page, dashboard)
    for key, words in {
        "mix-The-defender-deploys": "Rice2020Overfitting",
        "mix-The-attacker-plays": "no attack",
        "map": "your scenario",
        "payoffs-defender": "autoattack",
        "payoffs-attacker": "autoattack",
    }.items():
        chart = page.locator(f".st-key-{key}")
        expect(chart).to_contain_text(words, timeout=SLOW)
        assert chart.locator("svg").first.bounding_box()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_has_to_be_scrolled_sideways(page: Page, dashboard: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    verdict = opened(page, dashboard)
    expect(verdict).to_be_visible(timeout=SLOW)
    expect(page.locator(".st-key-payoffs-attacker svg").first).to_be_visible(timeout=SLOW)
    main = page.get_by_test_id("stMain")
    for box in (main, page.locator("html")):
        assert box.evaluate("each => each.scrollWidth - each.clientWidth") <= 0
    rightmost = verdict.evaluate("each => each.getBoundingClientRect().right")
    assert rightmost <= width


def test_nothing_is_asked_of_any_other_machine(page: Page, dashboard: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    expect(opened(page, dashboard)).to_be_visible(timeout=SLOW)
    expect(page.locator(".st-key-map svg").first).to_be_visible(timeout=SLOW)
    assert asked
    assert [url for url in asked if not url.startswith((dashboard, "data:", "blob:"))] == []


def test_the_browser_is_told_to_show_the_page_in_no_frame_and_blocks_nothing_that_it_needs(
    page: Page, dashboard: str
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    answer = page.goto(dashboard)
    assert answer is not None
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    expect(page.locator(".st-key-map svg").first).to_be_visible(timeout=SLOW)
    downloaded(page)
    assert [line for line in said if "Content Security Policy" in line] == []


def opened(page: Page, dashboard: str) -> Locator:
    """The verdict's sentence on the page that opens."""
    page.goto(dashboard)
    return page.locator(".st-key-verdict h3")


def press_until(page: Page, slider: Locator, key: str, *, below: float) -> None:
    slider.wait_for(timeout=SLOW)
    slider.focus()
    for _ in range(400):
        if float(slider.input_value()) < below:
            return
        page.keyboard.press(key)
    pytest.fail(f"The slider did not come below {below}.")


def downloaded(page: Page) -> str:
    with page.expect_download(timeout=SLOW) as waiting:
        page.get_by_role("button", name="Download the report").click()
    assert waiting.value.suggested_filename == "decision.html"
    return Path(waiting.value.path()).read_text(encoding="utf-8")
