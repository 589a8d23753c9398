"""The settings: widgets show the numbers used, a link reproduces the page, changes are undone."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from advgame.bundled import bundled
from advgame.errors import InputError
from advgame.scenarios import Scenario, apply_preset, case, dials, get_parameter, preset, write_scenario
from advgame.scenarios.data_paths import BESIDE
from advgame.scenarios.linked_question import Question
from tests.app.parameters import field_of, slider_of, widget

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("quick")
ALONE = {"attacker_margin", "largest_share", "volume_per_month"}


@pytest.mark.parametrize("seed", range(4))
def test_after_any_sequence_of_actions_every_widget_equals_the_scenario(open_page: Open, seed: int) -> None:
    chance = random.Random(seed)
    page = open_page("mnist-invariance")
    for _ in range(14):
        act(page, chance)
        assert not page.exception
        assert shown(page) == used(page)


def test_values_are_cached_by_question_and_errors_unless_a_file_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))
    state = import_module("widgets.state")
    monkeypatch.setattr(state, "st", SimpleNamespace(session_state={}))
    computed: list[str] = []

    def asked(what: object, question: Question, mistake: bool = False) -> None:
        def compute() -> str:
            computed.append(str(what))
            if mistake:
                raise InputError("not readable")
            return "value"

        monkeypatch.setattr(state, "question", lambda: question)
        with pytest.raises(InputError) if mistake else nullcontext():
            state.remembered(what, compute)

    first = Question("cifar10-two-defences")
    questions = (first, first.changed("attack_cost", 0.1), first, replace(first, preset="spam-filter"))
    counts = []
    for mistake in (False, True):
        for what in ("decision", ("origin", "file")):
            state.st.session_state.clear()
            computed.clear()
            for question in questions:
                asked(what, question, mistake)
            counts.append(len(computed))
    assert counts == [3, 2, 3, 4]


def act(page: AppTest, chance: random.Random) -> None:
    """One action of a user: a slider, a typed number, a choice, or a button."""
    kind = chance.choice(
        ["slider", "slider", "number", "number", "entry", "button", "case", "preset", "rule"]
    )
    if kind == "slider":
        slider = chance.choice(list(page.slider))
        step = slider.step or 0.01
        slider.set_value(slider.min + step * chance.randint(0, int((slider.max - slider.min) / step)))
    elif kind == "number":
        field = chance.choice(list(page.number_input))
        top = field.max if field.max is not None and field.max <= 100 else 3.0
        field.set_value(round(chance.uniform(max(field.min or 0.0, 0.001), top), 4))
    elif kind == "entry":
        entry = chance.choice([box for box in page.selectbox if str(box.key).startswith("entry ")])
        entry.set_value(
            chance.choice(entry.options_values if hasattr(entry, "options_values") else [entry.value])
        )
    elif kind == "button":
        buttons = [page.button(key=key) for key in ("undo", "redo", "reset")]
        able = [button for button in buttons if not button.proto.disabled]
        if able:
            chance.choice(able).click()
    elif kind == "case":
        page.selectbox(key="choose case").set_value(chance.choice(["mnist-invariance", "mnist-pruning"]))
    elif kind == "preset":
        page.selectbox(key="choose preset").set_value(chance.choice(["", "spam", "cloud-vision-api"]))
    else:
        page.radio(key="attacker_knows").set_value(chance.choice(["nothing", "mixture", "network"]))
    page.run()


def scenario_of(page: AppTest) -> Scenario:
    """The scenario of the question, made without the dashboard."""
    question: Question = page.session_state["question"]
    origin = case(question.case)
    if question.preset:
        origin = apply_preset(origin, preset(question.preset))
    return question.applied(origin)[0]


def addresses_of(page: AppTest, key: str) -> tuple[str, ...]:
    """The attacks or defences among which a choice is made."""
    origin = case(page.session_state["question"].case)
    return next(dial.addresses for dial in dials(origin) if f"entry {dial.name}" == key)


def shown(page: AppTest) -> dict[str, object]:
    numbers = {widget(slider.key): slider.value for slider in page.slider}
    typed = {widget(field.key): field.value for field in page.number_input}
    rules = {str(radio.key): radio.value for radio in page.radio}
    return {**numbers, **typed, **rules}


def used(page: AppTest) -> dict[str, object]:
    """What each widget has to show, by its key."""
    scenario, found = scenario_of(page), {}
    for slider in page.slider:
        name = widget(slider.key).removeprefix("slider ")
        entries = [box.value for box in page.selectbox if box.key == f"entry {name}"]
        value = get_parameter(scenario, entries[0] if entries else name)
        assert slider.min <= value <= slider.max
        found[f"slider {name}"] = value
        scale = 100 if name in ("largest_share", "attacker_margin") else 1
        found[f"number {name}"] = round(scale * value, 12)
    rules = {"attacker_knows": scenario.knowledge, "success": scenario.success}
    return {**found, **{str(radio.key): rules[str(radio.key)] for radio in page.radio}}


def test_a_fresh_page_and_every_preset_show_the_numbers_used(open_page: Open) -> None:
    for name in (None, "spam", "cloud-vision-api"):
        page = open_page(preset=name)
        assert shown(page) == used(page)
    assert slider_of(open_page(), "defence_cost").value == 0


def test_a_margin_beyond_the_usual_one_is_shown_as_it_is(open_page: Open) -> None:
    page = open_page(link={"set": "attacker_margin=0.6"})
    assert not page.exception
    assert slider_of(page, "attacker_margin").value == 0.6
    assert field_of(page, "attacker_margin").value == 60


def test_a_number_between_two_steps_is_shown_as_it_is(open_page: Open) -> None:
    page = open_page()
    field_of(page, "attack_cost").set_value(0.00422).run()
    slider = slider_of(page, "attack_cost")
    assert slider.value == 0.00422
    assert abs(slider.value / slider.step - round(slider.value / slider.step)) < 1e-6


def test_a_number_beyond_the_slider_can_be_typed(open_page: Open) -> None:
    page = open_page()
    field_of(page, "breach_loss").set_value(5000.0).run()
    assert slider_of(page, "breach_loss").max >= 5000
    assert not page.error


def test_a_link_reproduces_the_page(open_page: Open) -> None:
    page = open_page(case="mnist-pruning", preset="spam")
    slider_of(page, "largest_share").set_value(0.4).run()
    page.radio(key="attacker_knows").set_value("network").run()
    field_of(page, "attack_cost").set_value(0.00123).run()
    link = linked(page)
    assert link["case"] == ["mnist-pruning"]
    again = open_page(link=link)
    assert again.main.header[0].value == page.main.header[0].value
    assert shown(again) == shown(page)
    assert again.session_state["question"] == page.session_state["question"]


def linked(page: AppTest) -> dict[str, list[str]]:
    """The parameters in the address of the page."""
    return {key: [value] if isinstance(value, str) else value for key, value in page.query_params.items()}


def test_a_page_as_it_opens_has_a_clean_link(open_page: Open) -> None:
    page = open_page()
    assert not dict(page.query_params)
    slider_of(page, "largest_share").set_value(0.4).run()
    assert linked(page)["set"] == ["largest_share=0.4"]
    page.button(key="undo").click().run()
    assert not dict(page.query_params)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"case": "no-such-case"}, "bundled case"),
        ({"case": "digits-measured", "preset": "nonsense"}, "economic preset"),
        ({"concept": "__import__('os')"}, "concept"),
        ({"set": "largest_share=nan"}, "finite number"),
        ({"set": "largest_share=7"}, "0..1"),
        ({"set": "largest_share"}, "PARAMETER=VALUE"),
        ({"set": "attack_cost[<b>x</b>]=1"}, "attack"),
        ({"set": [f"attack_cost[{place}]=1" for place in range(200)]}, "at most"),
        ({"case": "x" * 5000}, "too long"),
        ({"case": "your-table"}, "uploaded in another session"),
        ({"case": "your-scenario"}, "started without one"),
    ],
)
def test_a_stale_or_tampered_link_is_explained_and_the_page_answers(
    open_page: Open, link: dict[str, str], said: str
) -> None:
    page = open_page(link=link)
    assert not page.exception
    assert said in page.error[0].value.replace("\\", "")
    assert page.main.header[0].value
    assert shown(page) == used(page)


def test_changes_are_undone_and_made_again_in_their_order(open_page: Open) -> None:
    page = open_page()
    for value in (0.1, 0.2, 0.5):
        slider_of(page, "largest_share").set_value(value).run()
    values = []
    for key in ("undo", "undo", "undo", "redo", "redo"):
        page.button(key=key).click().run()
        values.append(slider_of(page, "largest_share").value)
    assert values == [0.2, 0.1, 0.3, 0.1, 0.2]
    page.button(key="reset").click().run()
    assert slider_of(page, "largest_share").value == 0.3


def test_two_settings_are_compared(open_page: Open) -> None:
    page = open_page()
    page.button(key="pin").click().run()
    slider_of(page, "largest_share").set_value(0.05).run()
    said = " ".join(each.value for each in page.main.markdown).replace("\\", "").replace("\u00a0", " ")
    assert "Largest share of the traffic that can be adversarial: 30 % → **5 %**" in said
    page.button(key="unpin").click().run()
    assert "→" not in " ".join(each.value for each in page.main.markdown)


def test_a_scenario_that_cannot_be_read_stops_the_page_until_it_is_mended(
    open_page: Open, tmp_path: Path
) -> None:
    file = write_scenario(case("mnist-invariance"), tmp_path / "mine.toml")
    good = file.read_text()
    page = open_page(str(file))
    verdict = page.main.header[0].value
    for broken in ("largest_share = 7\n" + good.replace("largest_share", "lrgest"), None):
        if broken is None:
            file.unlink()
        else:
            file.write_text(broken)
        page.run()
        assert page.title[0].value == "This case cannot be read"
        assert page.error
        assert not page.main.header
    file.write_text(good)
    page.run()
    assert page.main.header[0].value == verdict
    assert not page.error


@pytest.mark.parametrize("beside", ["", *BESIDE])
def test_what_is_computed_is_computed_again_when_a_file_beside_the_table_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, beside: str
) -> None:
    monkeypatch.syspath_prepend(str(bundled("app")))
    state = import_module("widgets.state")
    table = tmp_path / "mine.csv"
    tables = {str(tmp_path / "mine.toml"): table}
    monkeypatch.setattr(state, "st", SimpleNamespace(session_state={"tables": tables}))
    monkeypatch.setattr(state, "own_file", lambda: tmp_path / "mine.toml")
    monkeypatch.setattr(state, "question", lambda: Question(state.OWN))
    computed: list[float] = []

    def now() -> int:
        state.remembered("decision", lambda: computed.append(0.0))
        return len(computed)

    file = table.with_suffix(beside) if beside else table
    assert [now(), now()] == [1, 1]
    file.write_bytes(b"first")
    assert [now(), now()] == [2, 2]
    file.write_bytes(b"second")
    assert [now(), now()] == [3, 3]
    file.unlink()
    assert now() == 3  # the answer from before the file was there is kept


def test_a_scenario_that_never_could_be_read_shows_no_other_case(open_page: Open) -> None:
    page = open_page("missing.toml")
    assert "There is no scenario file missing.toml" in page.error[0].value.replace("\\", "")
    assert not page.main.header
    page.selectbox(key="choose case").set_value("mnist-invariance").run()
    assert page.main.header


def test_a_slider_or_field_that_must_show_another_value_is_a_new_one(open_page: Open) -> None:
    page = open_page()
    field, slider = field_of(page, "largest_share"), slider_of(page, "largest_share")
    slider.set_value(0.2).run()
    assert field_of(page, "largest_share").value == 20
    assert field_of(page, "largest_share").key != field.key
    assert slider_of(page, "largest_share").key == slider.key  # under the user's hand
    field_of(page, "largest_share").set_value(15.0).run()
    assert slider_of(page, "largest_share").value == 0.15
    assert slider_of(page, "largest_share").key != slider.key
    slider_of(page, "largest_share").set_value(0.1).run()
    assert field_of(page, "largest_share").value == 10
