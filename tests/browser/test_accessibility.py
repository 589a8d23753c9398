"""No page and no report has a serious violation of the accessibility rules that axe-core checks."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import advgame as ag
from advgame.dashboard_pages import PAGES
from tests.browser.waiting import SLOW, wait_until_still

pytestmark = pytest.mark.browser
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
CHECK = "axe.run(document, {resultTypes: ['violations']})"


def test_no_page_has_a_serious_violation_in_the_dark_scheme(chromium: Browser, dashboard: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 800}, color_scheme="dark")
    found: dict[str, list[str]] = {}
    for name, listed in PAGES.items():
        page.goto(f"{dashboard}/{Path(listed.path).stem}" if name != "decide" else dashboard)
        expect(page.locator("[data-testid=stMain] h1").first).to_be_visible(timeout=SLOW)
        wait_until_still(page)
        serious = serious_violations(page)
        found |= {name: serious} if serious else {}
    page.close()
    assert found == {}


def test_a_full_report_has_no_serious_violation_in_either_scheme(chromium: Browser, tmp_path: Path) -> None:
    saved = ag.report(ag.case("cifar10-two-defences")).signed("A. Reader", "2026-11-29", "accepted")
    path = saved.save(tmp_path / "decision.html")
    for scheme in ("light", "dark"):
        page = chromium.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(path.as_uri())
        assert serious_violations(page) == [], scheme
        page.close()


def serious_violations(page: Page) -> list[str]:
    """The serious and critical violations, each with the first element that has it."""
    page.evaluate(AXE)
    violations = page.evaluate(CHECK)["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in violations
        if each["impact"] in ("serious", "critical")
    ]
