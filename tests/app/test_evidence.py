"""The page Evidence: figures in use, and a table of one's own from upload to verdict."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from streamlit.testing.v1 import AppTest

from advgame.bundled import bundled
from advgame.decision import decide
from advgame.errors import InputError
from advgame.measurements.importers import IMPORTERS
from advgame.measurements.importers.success_rates import ROBUSTNESS, SUCCESS
from advgame.scenarios import case
from advgame.wording.verdict import verdict_of
from tests.app.parameters import slider_of

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("quick")
RATES = b"model,clean accuracy,ASR (PGD)\nStandard,0.95,0.90\nHardened,0.88,0.25\n"
MINE = b"Model;Clean;AutoAttack\nStandard;94,78 %;0 %\nRice2020Overfitting;85,34 %;53,42 %\n"


def test_warnings_of_the_rows_in_use_are_counted_and_listed(open_page: Open) -> None:
    page = open_page(case="imagenette-pruning", view="evidence")
    rows = case("imagenette-pruning").selected.rows
    warned = [row for row in rows if row.warnings]
    assert warned
    assert f"Warnings on {len(warned)} of {len(rows)} figures in use" in [box.label for box in page.expander]
    shown = " ".join(unescaped(each.value) for each in page.markdown)
    assert all(warning[1:] in shown for row in warned for warning in row.warnings)


def test_an_uploaded_table_is_decided_like_the_same_figures_of_a_case(open_page: Open) -> None:
    page = uploaded(open_page(view="evidence"), "mine.csv", MINE)
    assert not page.exception
    assert "All 2 lines could be read: 4 accuracies." in unescaped(page.success[0].value)
    page.button(key="use table").click().run()
    slider_of(page, "largest_share").set_value(0.3).run()
    slider_of(page, "attack_cost").set_value(0.6).run()
    page.switch_page("views/decide.py").run()
    assert unescaped(page.main.header[0].value) == f"{verdict_of(decide(case('cifar10-two-defences')))}."
    page.button(key="undo").click().run()
    assert slider_of(page, "attack_cost").value == 0


def test_what_is_wrong_is_shown_line_by_line_and_the_rest_can_be_used(open_page: Open) -> None:
    page = uploaded(open_page(view="evidence"), "mine.csv", MINE + b"<b>TRADES</b>;84 %;much\n")
    assert "5 accuracies could be read; 1 line could not." in unescaped(page.warning[0].value)
    faults = page.dataframe[-1].value
    assert faults["where"].tolist() == ["line 4"]
    assert not page.exception


@pytest.mark.parametrize(
    ("answer", "accuracies"), [(ROBUSTNESS, [95, 88, 90, 25]), (SUCCESS, [95, 88, 10, 75])]
)
def test_figures_that_may_be_success_rates_are_used_only_after_the_user_says_what_they_are(
    open_page: Open, answer: str, accuracies: list[float]
) -> None:
    page = uploaded(open_page(view="evidence"), "rates.csv", RATES)
    question = next(radio for radio in page.radio if "figures under attack" in unescaped(radio.label))
    assert "'ASR (PGD)' has the name of a success rate" in unescaped(question.label)
    assert question.value is None
    assert "use table" not in {button.key for button in page.button}
    question.set_value(answer).run()
    page.button(key="use table").click().run()
    assert page.dataframe[0].value["accuracy"].tolist() == pytest.approx(accuracies)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.csv", b"<html>", "web page"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "save the table as CSV"),
        ("zip.xlsx", b"PK\x03\x04 damaged", "spreadsheet"),
        ("none.csv", b"Model;Note\nA;x\n", "could be read"),
    ],
)
def test_a_hostile_or_broken_upload_is_explained_and_the_page_stays(
    open_page: Open, name: str, content: bytes, said: str
) -> None:
    page = uploaded(open_page(view="evidence"), name, content)
    assert not page.exception
    assert any(said in unescaped(each.value) for each in [*page.error, *page.warning])
    assert page.dataframe  # the figures in use


def test_every_importer_is_offered(open_page: Open) -> None:
    offered = open_page(view="evidence").selectbox(key="upload format").options
    assert len(offered) == len(IMPORTERS)


def uploaded(page: AppTest, name: str, content: bytes) -> AppTest:
    uploader = page.file_uploader[0]
    return uploader.upload(name, content, "text/csv").run()


def unescaped(text: str) -> str:
    return text.replace("\\", "").replace("\u00a0", " ")


def test_files_of_one_name_and_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))
    upload = import_module("widgets.upload")
    upload._check_files(["a.json", "b.json"])
    with pytest.raises(InputError, match=r"2 files are called a\.json"):
        upload._check_files(["a.json", "b.json", "a.json"])
    with pytest.raises(InputError, match="at most 200"):
        upload._check_files([f"{place}.json" for place in range(201)])
