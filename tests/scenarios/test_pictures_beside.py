"""Pictures beside a measured table are read with their descriptions, and broken ones are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from advgame.errors import InputError
from advgame.scenarios import Scenario, case
from advgame.scenarios.pictures_beside import LONGEST, pictures_beside


@pytest.fixture
def mine(tmp_path: Path) -> Scenario:
    (tmp_path / "mine.csv").touch()
    return replace(case("cifar10-two-defences"), data="mine.csv", folder=tmp_path)


def test_a_picture_is_read_with_its_description(mine: Scenario, tmp_path: Path) -> None:
    assert pictures_beside(mine) == ()
    about = PngImagePlugin.PngInfo()
    about.add_text("Description", "x" * (LONGEST + 1))
    Image.new("L", (3, 2)).save(tmp_path / "mine.attacked.png", pnginfo=about)
    (picture,) = pictures_beside(mine)
    assert picture.title == "Inputs under attack"
    assert picture.description == "x" * LONGEST
    assert picture.content == (tmp_path / "mine.attacked.png").read_bytes()


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n damaged", b"x" * 4_000_001])
def test_what_is_no_picture_is_refused(mine: Scenario, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.saliency.png").write_bytes(content)
    with pytest.raises(InputError, match=r"mine\.saliency\.png .*expected a PNG picture"):
        pictures_beside(mine)


def test_the_pictures_of_the_bundled_case_say_what_they_show() -> None:
    attacked, saliency = pictures_beside(case("digits-measured"))
    assert "plain misclassifies" in attacked.description
    assert "matter to networks" in saliency.description
