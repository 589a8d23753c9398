"""No page waits for the compiler: what needs compiled solvers says so until they are ready."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from advgame.equilibria.kernels import compiled_ahead

Open = Callable[..., AppTest]


@pytest.mark.usefixtures("coarse_map")
def test_the_map_says_that_solvers_are_compiled_and_is_drawn_afterwards(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = [True]
    page = open_page()
    monkeypatch.setattr("widgets.solvers._compiling", lambda: busy[0])
    page.switch_page("views/map.py").run()
    assert [each.value for each in page.info if "being compiled" in each.value]
    assert not page.selectbox(key="choose concept").disabled
    assert "map across" not in {each.key for each in page.selectbox}
    busy[0] = False
    page.run()
    assert not page.info
    assert "map across" in {each.key for each in page.selectbox}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("view", ["decide", "report"])
def test_a_report_is_offered_once_the_solvers_are_compiled_and_until_then_the_page_says_so(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    busy = [True]
    page = open_page()
    monkeypatch.setattr("widgets.solvers._compiling", lambda: busy[0])
    page.switch_page(f"views/{view}.py").run()
    assert [each.value for each in page.info if "report can be written as soon as" in each.value]
    assert not page.get("download_button")
    busy[0] = False
    page.run()
    assert not page.info
    assert page.get("download_button")


def test_solvers_compiled_ahead_are_recognised_until_a_kernel_changes(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_ahead, "KEPT", tmp_path)
    assert not compiled_ahead.is_compiled_ahead()
    compiled_ahead.mark_compiled_ahead()
    assert compiled_ahead.is_compiled_ahead()
    monkeypatch.setattr(compiled_ahead, "digest", lambda *_: "changed")
    assert not compiled_ahead.is_compiled_ahead()
    monkeypatch.setattr(compiled_ahead, "KEPT", None)
    assert compiled_ahead.is_compiled_ahead()
