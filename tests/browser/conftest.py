from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from advgame.bundled import bundled

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE = 90  # seconds for the dashboard to be ready


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard that was started for the tests and is stopped after them."""
    port = _free_port()
    log = tmp_path_factory.mktemp("dashboard") / "log.txt"
    with log.open("wb") as output:
        server = subprocess.Popen(_command(port), stdout=output, stderr=output, cwd=log.parent)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(server, address, log)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


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


def _command(port: int) -> list[str]:
    flags = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }
    settings = [part for name, value in flags.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(bundled("app") / "server.py"), *settings]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"The dashboard stopped at once:\n{log.read_text()}")
        try:
            with urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"The dashboard was not ready after {PATIENCE} seconds:\n{log.read_text()}")
