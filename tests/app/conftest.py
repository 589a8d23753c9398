from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.config import set_option
from streamlit.testing.v1 import AppTest

from advgame.bundled import bundled
from advgame.dashboard_pages import PAGES

set_option("browser.gatherUsageStats", False)  # as `advgame app` does
MAIN = bundled("app") / "main.py"
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True, scope="session")
def scanned_once() -> Iterator[None]:
    """Streamlit looks for components once; otherwise every session reads the metadata of all packages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the dashboard as `advgame app arguments` would; a case is chosen by its name."""
    monkeypatch.syspath_prepend(str(MAIN.parent))
    # A page that runs becomes the main module, which processes begun by later tests would run once more.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])

    def opened(
        *arguments: str,
        case: str | None = None,
        preset: str | None = None,
        view: str | None = None,
        link: Mapping[str, str | list[str]] | None = None,
        script: str = "server.py",
    ) -> AppTest:
        monkeypatch.setattr(sys, "argv", [str(MAIN.with_name(script)), *arguments])
        page = AppTest.from_file(str(MAIN), default_timeout=600)
        for key, value in (link or {}).items():
            page.query_params[key] = value
        if view is not None:
            page.switch_page(PAGES[view].path)
        page.run()
        if case is not None:
            page.selectbox(key="choose case").set_value(case).run()
        if preset is not None:
            page.selectbox(key="choose preset").set_value(preset).run()
        return page

    return opened


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Confidence and thresholds left out: for tests that draw hundreds of pages, which would take minutes."""
    monkeypatch.syspath_prepend(str(MAIN.parent))
    monkeypatch.setattr("widgets.sureness.show", lambda _: None)


@pytest.fixture
def coarse_map(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A map of 9 points each way."""
    monkeypatch.syspath_prepend(str(MAIN.parent))
    monkeypatch.setattr("widgets.region_map.points_each_way", lambda *_, **__: 9)
    st.cache_data.clear()
    yield
    st.cache_data.clear()
