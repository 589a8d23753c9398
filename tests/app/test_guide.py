"""The guided example does what it says, and the glossary names pages that exist."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from advgame.bundled import bundled

Open = Callable[..., AppTest]
VERDICTS = {  # by the closed form: 5 % is below p_S; at 0.2 the attack pays against both networks
    1: "Announce the defence: adversarially trained network for 86",
    2: "Deploy undefended network: defending does not pay.",
    3: "Deploy adversarially trained network for all inputs.",
    4: "Deploy adversarially trained network for all inputs.",
}


@pytest.mark.usefixtures("quick")
def test_each_step_gives_the_decision_that_its_text_states(open_page: Open) -> None:
    page = open_page(case="mnist-pruning")
    for step, verdict in VERDICTS.items():
        page.switch_page("views/guide.py").run()
        page.button(key=f"step {step}").click().run()
        page.switch_page("views/decide.py").run()
        said = page.main.header[0].value.replace("\\", "").replace("\u00a0", " ")
        assert said.startswith(verdict)


def test_the_pages_named_in_the_glossary_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))
    folder = Path(__file__).parents[2] / "docs" / "explanation"
    named = {page for _, page in import_module("widgets.glossary").WORDS.values() if page}
    assert named
    assert all((folder / page).is_file() for page in named)
