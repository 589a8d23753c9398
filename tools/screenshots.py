"""Pictures of every page of the dashboard: on a desktop, on a phone, and in the dark.

    python tools/screenshots.py ADDRESS FOLDER

ADDRESS is that of a running dashboard, such as http://127.0.0.1:8501. CHROMIUM names the browser.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from advgame.dashboard_pages import PAGES

WAYS = {"desktop": (1280, 800, "light"), "phone": (390, 844, "light"), "dark": (1280, 800, "dark")}
SETTLED = 6000  # milliseconds that a page gets for its figures


def main(address: str, folder: Path) -> None:
    """Writes PAGE-WAY.png for every page and every way to look at it."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox", "--disable-gpu"]
        )
        for way, (width, height, scheme) in WAYS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            for place, (name, listed) in enumerate(PAGES.items()):
                page.goto(address if place == 0 else f"{address}/{Path(listed.path).stem}")
                page.wait_for_selector("[data-testid=stMain] h1", timeout=120_000)
                page.wait_for_timeout(SETTLED)
                page.screenshot(path=folder / f"{name}-{way}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), Path(sys.argv[2]))
