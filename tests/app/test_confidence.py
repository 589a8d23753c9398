"""The page Confidence: every study answers there, with a figure or a table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from advgame.scenarios import case
from advgame.studies import STUDIES, study
from advgame.wording.names import addresses_in_words
from advgame.wording.nouns import said_of

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("quick")


def test_the_page_says_what_the_studies_say(open_page: Open) -> None:
    page = open_page(view="confidence")
    assert not page.exception
    assert not page.error
    scenario = case("cifar10-two-defences")
    say = said_of(scenario)
    said = [unescaped(each.value) for each in page.main.markdown]
    for name in ("sampling_error", "sensitivity", "value_of_information", "nearest_flip"):
        assert say(addresses_in_words(study(name, scenario).sentence)) in said
    assert not any("attack_reward" in each for each in said)


def test_a_large_game_is_computed_when_asked_for(open_page: Open) -> None:
    page = open_page(case="cifar10-many-attacks", view="confidence")
    assert not page.main.dataframe
    assert page.button(key="compute nearest_flip")


@pytest.mark.parametrize("name", ["deterrence", "sweet_spots"])
def test_any_other_study_can_be_chosen(open_page: Open, name: str) -> None:
    page = open_page(view="confidence")
    offered = page.selectbox(key="study").options
    assert len(offered) == len(STUDIES) - 6  # four are shown above, two have pages of their own
    page.selectbox(key="study").set_value(name).run()
    assert not page.exception
    assert bool(page.error) == (name == "sweet_spots")  # no network of the case was pruned


def unescaped(text: str) -> str:
    return text.replace("\\", "").replace("\u00a0", " ")
