"""The page Report: what is chosen is in the report, and every format is offered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from advgame.reports import FORMATS, report
from advgame.reports.blocks import Heading
from advgame.reports.compose import IN_SHORT
from advgame.scenarios import case

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("quick")
CASE = "cifar10-two-defences"


def test_every_format_is_offered_for_the_summary_and_the_full_report(open_page: Open) -> None:
    page = open_page(view="report")
    for kind in ("one-page summary", "full report", "chosen sections"):
        page.segmented_control(key="report").set_value(kind).run()
        assert not page.exception
        assert not page.error
        offered = {button.proto.id.rsplit("-", 1)[-1] for button in page.get("download_button")}
        assert {f"report {name}" for name in FORMATS} <= offered


def test_the_chosen_studies_and_the_signatures_are_in_the_report(open_page: Open) -> None:
    page = open_page(view="report")
    page.segmented_control(key="report").set_value("chosen sections").run()
    page.multiselect(key="sections").set_value(["provenance"])
    page.multiselect(key="studies").set_value(["portfolio"])
    page.toggle(key="signed").set_value(True).run()
    page.text_input(key="author").set_value("<b>Ada</b>").run()
    assert not page.exception
    shown = page.get("iframe")[0].proto.srcdoc
    assert "How few of the defences suffice?" in shown
    assert "Sign-off" in shown
    assert "&lt;b&gt;Ada" in shown
    assert "<b>Ada" not in shown
    assert "The policies compared" not in shown


def test_the_short_report_is_the_beginning_of_the_whole_one() -> None:
    short, whole = report(case(CASE), only=IN_SHORT), report(case(CASE))
    assert short.blocks == whole.blocks[: len(short.blocks)]
    assert [block.text for block in short.blocks if isinstance(block, Heading)] == ["In short"]
