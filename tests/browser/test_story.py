"""A visit from the first look to the exported report: own figures, a comparison, a link, a reload."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.waiting import SLOW, wait_until_still

pytestmark = pytest.mark.browser
VERDICT = ".st-key-verdict h2"
UNDEFENDED = "Deploy undefended network: defending does not pay."
TABLE = """model;clean accuracy;robust accuracy (PGD)
Old network;95,0 %;5,0 %
Hardened network;88,0 %;61,0 %
"""


def test_own_figures_are_compared_linked_reloaded_and_exported(
    page: Page, dashboard: str, tmp_path: Path
) -> None:
    # Explore: a lower share of adversarial traffic turns the verdict.
    page.goto(dashboard)
    expect(page.locator(VERDICT)).to_contain_text("adversarially trained network", timeout=SLOW)
    typed(page, "Largest share of the traffic", "5")
    expect(page.locator(VERDICT)).to_have_text(UNDEFENDED, timeout=SLOW)

    # Upload figures with German decimals.
    opened(page, "Evidence")
    page.locator("input[type=file]").set_input_files(
        {"name": "own.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    expect(page.get_by_text("All 2 lines could be read")).to_be_visible(timeout=SLOW)
    wait_until_still(page)
    page.get_by_role("button", name="Use this table").click()
    expect(page.get_by_text("4 measured figures")).to_be_visible(timeout=SLOW)

    # Compare: at a largest share of half the traffic, the hardened network is deployed.
    opened(page, "Decide")
    expect(page.locator(VERDICT)).to_contain_text("network", timeout=SLOW)
    wait_until_still(page)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".st-key-comparison")).to_be_visible(timeout=SLOW)
    typed(page, "Largest share of the traffic", "50")
    expect(page.locator(".st-key-comparison li")).to_contain_text("10\u00a0% → 50\u00a0%", timeout=SLOW)
    verdict = page.locator(VERDICT).inner_text()
    assert "Hardened network" in verdict

    # The link has the numbers; a reload loses the uploaded table, and says so.
    assert "case=your-table" in page.url
    assert "largest_share%3D0.5" in page.url
    page.reload()
    expect(page.get_by_text("a link does not contain the table")).to_be_visible(timeout=SLOW)

    # A link of a bundled case is reproduced by a reload, and exported as it stands.
    page.goto(f"{dashboard}/?set=largest_share%3D0.05")
    expect(page.locator(VERDICT)).to_have_text(UNDEFENDED, timeout=SLOW)
    page.reload()
    expect(page.locator(VERDICT)).to_have_text(UNDEFENDED, timeout=SLOW)
    opened(page, "Report")
    expect(page.get_by_role("heading", name="Preview")).to_be_visible(timeout=SLOW)
    wait_until_still(page)
    with page.expect_download(timeout=SLOW) as waiting:
        page.get_by_role("button", name="Web page (HTML)").click()
    exported = tmp_path / "decision.html"
    waiting.value.save_as(exported)

    # The export opens without the dashboard.
    page.goto(exported.as_uri())
    assert "Deploy undefended network: defending does not pay" in unescape(page.content())


def opened(page: Page, title: str) -> None:
    """Another page of the dashboard, by its link in the navigation."""
    wait_until_still(page)
    page.get_by_role("link", name=title).first.click()
    expect(page.locator("[data-testid=stMain] h1").first).to_be_visible(timeout=SLOW)
    wait_until_still(page)


def typed(page: Page, label: str, text: str) -> None:
    """Types a number into the field of a setting."""
    wait_until_still(page)
    field = page.get_by_role("spinbutton", name=label)
    field.fill(text)
    field.press("Enter")
