"""The page of what an experiment can name is the one that the catalogues make."""

from __future__ import annotations

from pathlib import Path

from advgame.lab.analysis.reference import page
from advgame.lab.attacks import ATTACKS
from advgame.lab.defences import DEFENCES
from advgame.lab.measures import MEASURES

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_in_the_documentation_is_the_one_the_catalogues_make() -> None:
    assert page() == (ROOT / "docs" / "reference" / "experiments.md").read_text(encoding="utf-8"), (
        "run advgame reference -o docs/reference/experiments.md"
    )


def test_every_part_is_documented_and_its_settings_state_default_and_meaning() -> None:
    text = page()
    for name in (*DEFENCES, *ATTACKS, *MEASURES):
        what = text.split(f"### `{name}`\n\n", 1)[1].partition("\n")[0]
        assert what.endswith("."), name
    assert "- `draws` (100): noisy copies that vote\n" in text
    assert "- `of` (must be given)" in text
    assert "*L∞; queries only; one run per radius.*" in text
