"""Every page opens, every case is answered, and no slider breaks anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from advgame.dashboard_pages import PAGES
from advgame.decision import decide
from advgame.equilibria import CONCEPTS
from advgame.scenarios import Scenario, apply_preset, case, cases, preset, presets, write_scenario
from advgame.scenarios.parameters import TERM_PARAMETERS
from advgame.wording.nouns import said_of
from advgame.wording.verdict import verdict_of
from tests.app.parameters import slider_of, widget

Open = Callable[..., AppTest]
CASES = [
    each.name
    for each in cases()
    if not each.name.startswith(("tabular", "backdoor", "transfer", "machine-text"))
]
PRESETS = [each.name for each in presets()]
SESSION: dict[str, AppTest] = {}  # one session, in which a user looks at every case
HARDENED = "adversarially trained network"
ENDS = {"least": lambda slider: slider.min, "greatest": lambda slider: slider.max}


def test_every_listed_page_opens(open_page: Open) -> None:
    page = open_page()
    assert PAGES
    for each in PAGES.values():
        assert not page.switch_page(each.path).run().exception


@pytest.mark.parametrize("name", CASES)
def test_every_case_is_answered_as_its_recommendation_says(open_page: Open, name: str) -> None:
    if not SESSION:
        SESSION["page"] = open_page()
    page = SESSION["page"]
    page.selectbox(key="choose case").set_value(name).run()
    assert told(page) == verdict_on(case(name))
    assert unescaped(page.title[0].value) == case(name).name
    assert no_mistake(page)


@pytest.mark.parametrize("name", PRESETS)
def test_prices_of_a_trade_are_applied_and_taken_back(open_page: Open, name: str) -> None:
    page = open_page()
    plain = told(page)
    page.selectbox(key="choose preset").set_value(name).run()
    priced = apply_preset(case(CASES[0]), preset(name))
    assert told(page) == verdict_on(priced)
    slider = slider_of(page, "benign_loss")
    slider.set_value(slider.max).run()
    assert page.session_state["question"].changes
    page.button(key="reset").click().run()
    assert told(page) == verdict_on(priced)
    page.selectbox(key="choose preset").set_value("").run()
    assert told(page) == plain


def test_every_price_has_a_slider_and_one_that_nothing_was_measured_for_has_none(open_page: Open) -> None:
    unmeasured = {"explanation_value", "attacked_utility"}  # the case has no figures for them
    wanted = {"largest_share", "volume_per_month", "attacker_margin", *TERM_PARAMETERS} - unmeasured
    assert {widget(slider.key) for slider in open_page().slider} == {f"slider {name}" for name in wanted}


def test_a_case_without_attacks_has_no_slider_of_the_attacker(open_page: Open) -> None:
    wanted = {"volume_per_month", "benign_gain", "benign_loss", "defence_cost", "explanation_value"}
    page = open_page(case="imagenette-explanations")
    assert {widget(slider.key) for slider in page.slider} == {f"slider {name}" for name in wanted}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", CASES)
def test_every_slider_may_stand_at_its_ends(open_page: Open, name: str) -> None:
    page = open_page(name)
    assert settled(page)
    for key in [slider.key for slider in page.slider]:
        before = page.slider(key=key).value
        for end in ENDS.values():
            slider = page.slider(key=key)
            if end(slider) != before:  # else it is the page as it opened
                assert settled(slider.set_value(end(slider)).run()), key
        page.slider(key=key).set_value(before)  # takes effect as the next slider moves


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("end", ENDS)
def test_all_sliders_may_stand_at_their_ends_together(open_page: Open, name: str, end: str) -> None:
    page = open_page(name)
    for slider in page.slider:
        slider.set_value(ENDS[end](slider))
    assert settled(page.run())
    if page.radio:
        page.radio(key="attacker_knows").set_value("network")
        if len({row.population for row in case(name).measurements}) == 1:  # else errors cannot be subtracted
            page.radio(key="success").set_value("caused errors")
    assert settled(page.run())


@pytest.mark.usefixtures("quick", "coarse_map")
@pytest.mark.parametrize("end", ENDS)
def test_every_page_opens_with_all_sliders_at_their_ends(open_page: Open, end: str) -> None:
    # tools/every_setting.py tries every case, and every choice of every page.
    page = open_page("mnist-invariance")
    for slider in page.slider:
        slider.set_value(ENDS[end](slider))
    page.run()
    for each in PAGES.values():
        assert not page.switch_page(each.path).run().exception, each.path


def test_the_answer_turns_where_announcing_pays(open_page: Open) -> None:
    """From q p_S on, with q = .48 / (1.05 × .5342) = .8557 and p_S = .0944 / .9478: .0852."""
    page = open_page()
    share = slider_of(page, "largest_share")
    assert told(share.set_value(0.085).run()) == "Deploy undefended network: defending does not pay."
    share = slider_of(page, "largest_share")
    assert told(share.set_value(0.09).run()).startswith(f"Announce the defence: {HARDENED} for 86")


@pytest.mark.parametrize(
    ("name", "words"),
    [("cifar10-two-defences", "– (doing nothing)"), ("tabular-malware", "– (the best without attacks)")],
)
def test_only_a_case_that_names_an_undefended_defence_speaks_of_doing_nothing(
    open_page: Open, name: str, words: str
) -> None:
    table = open_page(case=name).main.table[0].value
    assert words in map(unescaped, table["If the attacker knows"])


def test_what_the_attacker_knows_changes_the_verdict(open_page: Open) -> None:
    page = open_page()
    assert told(page).startswith("Announce the defence: adversarially trained network for 86")
    page.radio(key="attacker_knows").set_value("mixture").run()
    assert told(page).startswith("Deploy adversarially trained network for 86")
    page.radio(key="attacker_knows").set_value("network").run()
    assert told(page) == "Deploy adversarially trained network for all inputs."
    assert no_mistake(page)


def test_the_success_rule_changes_the_mix(open_page: Open) -> None:
    page = open_page()
    page.radio(key="success").set_value("caused errors").run()
    # 1.05 (.9478 − .6286 q) = .57, so that an attack does not pay even within the margin.
    assert told(page).startswith("Announce the defence: adversarially trained network for 64 % of inputs")


@pytest.mark.usefixtures("quick")
def test_errors_on_different_items_are_not_subtracted_and_the_verdict_stays(open_page: Open) -> None:
    page = open_page("machine-text-detectors")
    before = told(page)
    page.radio(key="success").set_value("caused errors").run()
    assert "was measured on different items (human texts and" in unescaped(page.error[0].value)
    assert page.radio(key="success").value == "every error"
    assert told(page) == before


def test_choosing_another_case_starts_it_at_its_own_numbers(open_page: Open) -> None:
    page = open_page()
    slider_of(page, "largest_share").set_value(0.9).run()
    page.selectbox(key="choose case").set_value("cifar10-robustbench").run()
    assert slider_of(page, "largest_share").value == 0.1


def test_the_cost_of_a_chosen_defence_is_the_one_that_moves(open_page: Open) -> None:
    # Saving 0.5 with the standard network moves p_S to (0.0944 + 0.5) / 0.9478, and .8557 p_S to 0.5366.
    page = open_page()
    page.selectbox(key="entry defence_cost").set_value("defence_cost[Standard]").run()
    slider_of(page, "defence_cost").set_value(-0.5).run()
    share = slider_of(page, "largest_share")
    assert told(share.set_value(0.535).run()) == "Deploy undefended network: defending does not pay."
    share = slider_of(page, "largest_share")
    assert "adversarially trained network" in told(share.set_value(0.54).run())


def test_a_scenario_named_on_the_command_line_is_the_first_choice(open_page: Open, tmp_path: Path) -> None:
    file = write_scenario(case("mnist-invariance"), tmp_path / "mine.toml")
    page = open_page(str(file))
    assert unescaped(page.title[0].value) == case("mnist-invariance").name
    assert page.selectbox(key="choose case").options[0] == "Your own scenario"


@pytest.mark.parametrize("script", ["main.py", "server.py"])
def test_a_bundled_case_named_on_the_command_line_is_opened(open_page: Open, script: str) -> None:
    page = open_page("mnist-invariance", script=script)
    assert not page.error
    assert unescaped(page.title[0].value) == case("mnist-invariance").name
    assert page.selectbox(key="choose case").value == "mnist-invariance"


def test_names_are_shown_as_they_stand(open_page: Open, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)> **bold** :red[red] $x$"
    content = (tmp_path / "mine.toml", tmp_path / "rows.csv")
    content[1].write_text(
        "dataset,network,defence,attack,metric,accuracy,source\n"
        f"d,n,{hostile},none,clean,0.9,made up\nd,n,{hostile},pgd,robust,0.8,made up\n"
        "d,n,plain,none,clean,0.95,made up\nd,n,plain,pgd,robust,0.1,made up\n"
    )
    content[0].write_text(f'name = "{hostile}"\ndata = "rows.csv"\nlargest_share = 0.5\n')
    page = open_page(str(content[0]))
    assert not page.exception
    assert unescaped(page.title[0].value) == hostile
    assert page.title[0].value != hostile
    assert unescaped(told(page)).startswith(f"Deploy {hostile}")
    assert not any("<img" in each.value.replace("\\<", "") for each in [*page.markdown, *page.header])


def settled(page: AppTest) -> bool:
    """Whether the page answers, and nothing broke."""
    return no_mistake(page) and told(page).startswith(("Deploy ", "Announce "))


def no_mistake(page: AppTest) -> bool:
    return not page.exception and not page.error


def told(page: AppTest) -> str:
    """The verdict as a reader sees it."""
    verdicts = [each.value for each in page.main.header]
    return unescaped(verdicts[0]) if verdicts else ""


def verdict_on(scenario: Scenario, concept: str | None = None) -> str:
    """The verdict that the library reaches, in the words of the scenario."""
    return said_of(scenario)(f"{verdict_of(decide(scenario, concept))}.")


def unescaped(text: str) -> str:
    return text.replace("\\", "").replace("\u00a0", " ")


def test_the_concept_chosen_answers_the_page_and_says_when_it_applies(open_page: Open) -> None:
    page = open_page()
    page.selectbox(key="choose concept").set_value("worst_case").run()
    assert told(page) == verdict_on(case(CASES[0]), "maximin")
    assert any("also called maximin" in unescaped(each.value) for each in page.caption)
    assert no_mistake(page)
    page.selectbox(key="choose concept").set_value("").run()
    assert told(page) == verdict_on(case(CASES[0]))


def test_every_concept_is_offered(open_page: Open) -> None:
    offered = open_page().selectbox(key="choose concept").options
    assert len(offered) == 1 + len(CONCEPTS)


def test_a_service_that_is_not_run_has_thresholds_from_which_it_pays(open_page: Open) -> None:
    page = open_page(case="pneumonia-measured")  # a loss, whatever is deployed
    page.toggle(key="may_stop").set_value(True).run()
    assert not page.exception
    assert "not run" in told(page).casefold()
    said = [unescaped(each.value) for each in page.main.markdown]
    assert any(
        "not running the service is the best policy" in text or "It is worth 0" in text for text in said
    )
    assert any("is better." in text and "not running the service" not in text for text in said)
