"""No page has a serious violation of the accessibility rules that axe-core checks.

axe-core is not a dependency: `npm install axe-core` in the checkout, or the path of axe.min.js in AXE.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from advgame.dashboard_pages import PAGES
from tests.browser.waiting import SLOW, wait_until_still

pytestmark = pytest.mark.browser
AXE = Path(os.environ.get("AXE", Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"))


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core comes from npm, not pip: see above")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_violation(chromium: Browser, dashboard: str, scheme: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    found: dict[str, list[str]] = {}
    for name, listed in PAGES.items():
        page.goto(f"{dashboard}/{Path(listed.path).stem}" if name != "decide" else dashboard)
        expect(page.locator("[data-testid=stMain] h1").first).to_be_visible(timeout=SLOW)
        wait_until_still(page)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        violations = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [each["id"] for each in violations if each["impact"] in ("serious", "critical")]
        found |= {name: serious} if serious else {}
    page.close()
    assert found == {}
