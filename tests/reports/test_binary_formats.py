"""A format may render bytes: they are saved and offered as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import advgame as ag
from advgame.bundled import bundled
from advgame.decision import situate
from advgame.reports.formats import FORMATS
from tests.reports.binary_format import Packed, packed


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    with FORMATS.registered(Packed.name, Packed()):
        yield


def test_a_binary_report_is_rendered_and_saved_byte_for_byte(
    two_defences_report: ag.Report, tmp_path: Path
) -> None:
    expected = packed(two_defences_report.verdict)
    assert two_defences_report.render("packed") == expected
    assert two_defences_report.file_content("packed") == expected
    assert two_defences_report.save(tmp_path / "decision.zz").read_bytes() == expected
    assert two_defences_report.save(tmp_path / "decision.bin", format="packed").read_bytes() == expected


def test_the_dashboard_offers_each_format_with_its_media_type(
    two_defences_report: ag.Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))
    from widgets import downloads

    offered = {}

    def button(_label: str, data: object, **settings: object) -> None:
        offered[settings["key"]] = (data, settings["file_name"], settings["mime"])

    monkeypatch.setattr(downloads.st, "download_button", button)
    downloads.show(situate(ag.case("cifar10-two-defences")))
    for name, form in FORMATS.items():
        data, file_name, media_type = offered[f"download {name}"]
        assert (file_name, media_type) == (f"decision{form.endings[0]}", form.media_type)
    data, *_ = offered["download packed"]
    assert data() == packed(two_defences_report.verdict)
