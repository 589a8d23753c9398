from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from advgame.bundled import bundled

MAIN = bundled("app") / "main.py"
Open = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the dashboard as `streamlit run main.py -- arguments` would; a case is chosen by its name."""
    monkeypatch.syspath_prepend(str(MAIN.parent))
    # A page that runs becomes the main module, which processes begun by later tests would run once more.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])

    def opened(*arguments: str, case: str | None = None, preset: str | None = None) -> AppTest:
        monkeypatch.setattr(sys, "argv", [str(MAIN), *arguments])
        page = AppTest.from_file(str(MAIN), default_timeout=600).run()
        if case is not None:
            page.selectbox(key="case").set_value(case).run()
        if preset is not None:
            page.selectbox(key="preset").set_value(preset).run()
        return page

    return opened
