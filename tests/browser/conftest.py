from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from benchmarks.dashboard_server import HERE, served

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def dashboard() -> Iterator[str]:
    """The address of a dashboard that was started for the tests and is stopped after them."""
    with served(HERE) as server:
        yield server.address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real Chromium without a window; `make test` installs one, and `-m "not browser"` does without."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=list(QUIET))
        except Error as problem:
            pytest.fail(
                f"No Chromium could be started: {problem.message.splitlines()[0]}. Install one with "
                "tools/browser.sh, or leave these tests out with -m 'not browser'."
            )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page as wide as a notebook's."""
    opened = chromium.new_page(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    yield opened
    opened.close()


def _chromium() -> str | None:
    """The Chromium to use; None for the one that Playwright has installed, if any."""
    named = os.environ.get("CHROMIUM")
    there = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return named or next((path for path in there if path), None)
