"""Waiting for a page of the dashboard in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

SLOW = 60_000  # milliseconds that a page may take on a busy machine


def wait_until_still(page: Page) -> None:
    """Wait until no script runs for the page and nothing on it is out of date.

    A button that is clicked while the script runs may be replaced before the server answers the click.
    """
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=SLOW)
    expect(page.locator("[data-stale=true], [data-testid=stSpinner]")).to_have_count(0, timeout=SLOW)
