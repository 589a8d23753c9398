"""The pages Defences, Attacker and Play."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from advgame.bundled import bundled
from advgame.decision import decide
from advgame.equilibria import solve
from advgame.equilibria.algorithms.labelled_polytopes import labelled_polytopes
from advgame.games import Game
from advgame.scenarios import case, cases
from tests.app.parameters import field_of

Open = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("quick")
CASES = [each.name for each in cases()]
LARGE = "cifar10-many-attacks"


@pytest.mark.parametrize("view", ["defences", "attacker", "play"])
@pytest.mark.parametrize("name", ["imagenette-explanations", "mnist-pruning", LARGE])
def test_the_page_opens_for_a_case_of_every_kind(open_page: Open, name: str, view: str) -> None:
    page = open_page(case=name, view=view)
    assert not page.exception
    assert page.title[0].value


def test_pictures_of_the_networks_are_shown_with_a_sentence_in_plain_words(open_page: Open) -> None:
    page = open_page(case="digits-measured", view="defences")
    assert not page.exception
    headings = [each.value for each in page.main.header]
    assert headings[-2:] == ["Inputs under attack", "What the networks look at"]
    assert len(page.get("image")) == 2
    assert "undefended network predicts 0" in page.get("image")[1].proto.imgs[0].alt
    said = " ".join(each.value for each in page.main.markdown).replace("\\", "")
    assert "Test inputs attacked by PGD in L∞ at 0.2: undefended network misclassifies 8 of 8" in said
    assert not open_page(case=LARGE, view="defences").get("image")


def test_defences_are_listed_by_their_labels_beside_their_names(open_page: Open) -> None:
    rows = open_page(case="cifar10-two-defences", view="defences").main.dataframe[0].value
    named = dict(zip(rows["name in the measured table"], rows["defence"], strict=True))
    assert named["Standard"] == "undefended network"
    assert named["Rice2020Overfitting"] == "adversarially trained network"


def test_fog_is_played_by_nature(open_page: Open) -> None:
    rows = open_page(case=LARGE, view="attacker").main.dataframe[0].value
    players = dict(zip(rows["attack"], rows["played by"], strict=True))
    assert players["fog"] == "nature"
    assert players["spatial distortion (StAdv)"] == "attacker"


def test_a_single_attack_and_a_single_defence_are_in_the_singular(open_page: Open) -> None:
    front = open_page(case="imagenette-explanations", view="defences").main.markdown
    assert any(re.match(r"1 of \d+ defences is on the Pareto front", each.value) for each in front), [
        each.value for each in front
    ]
    page = open_page(case="cifar10-two-defences", view="attacker")
    field_of(page, "attack_cost").set_value(0.0).run()
    assert page.main.markdown[0].value.startswith("1 of 1 attack earns more than staying away")


def test_attacks_are_called_by_their_labels_in_sentences_and_in_the_table(open_page: Open) -> None:
    page = open_page(case="pneumonia-measured", view="attacker")
    named = page.main.dataframe[0].value["attack"]
    assert "strongest L∞ attack at 0.01" in set(named)
    assert not any("Linf" in name for name in named)
    (errs,) = [each.value for each in page.main.markdown if each.value.startswith("In the logit equilibrium")]
    assert re.search(r"strongest L∞ attack at 0\.04 \(\d+\s%\)", errs.replace("\\", ""))


def test_the_teaching_board_lists_the_equilibria_of_each_example(open_page: Open) -> None:
    page = open_page(view="play")
    page.segmented_control(key="play").set_value("teaching board").run()
    counts = []
    for example in page.selectbox(key="board example").options:
        page.selectbox(key="board example").set_value(example).run()
        assert not page.exception
        counts.append(len(page.main.table[0].value))
    assert counts[1:4] == [1, 1, 3]  # prisoner's dilemma, pennies, coordination
    page.button(key="board step").click().run()
    assert not page.exception


@pytest.fixture
def widgets(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    monkeypatch.syspath_prepend(str(bundled("app")))
    return lambda name: import_module(f"widgets.{name}")


def test_the_front_has_no_defence_that_another_beats(widgets: Callable[[str], object]) -> None:
    scenario = case("mnist-pruning")
    found = widgets("defences").compared(decide(scenario))
    points = np.array([[each.clean, each.worst] for each in found])
    for each, point in zip(found, points, strict=True):
        beaten = ((points >= point).all(axis=1) & (points > point).any(axis=1)).any()
        assert each.on_front == (not beaten)


def test_steps_end_at_a_pure_equilibrium_or_go_round(widgets: Callable[[str], object]) -> None:
    step = widgets("teaching_board").step
    dilemma = Game([[-1, -3], [0, -2]], [[-1, 0], [-3, -2]])
    path = [(0, 0)]
    for _ in range(4):
        path.append(step(dilemma, path))
    assert path[-1] == (1, 1)


@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 3), (4, 3)])
def test_fully_labelled_pairs_are_the_equilibria(shape: tuple[int, int]) -> None:
    chance = np.random.default_rng(sum(shape))
    for _ in range(10):
        game = Game(chance.normal(size=shape), chance.normal(size=shape))
        found = labelled_polytopes(game)
        ours = {(found.defender[one].strategy, found.attacker[two].strategy) for one, two in found.equilibria}
        solved = solve(game, concept="nash")
        assert solved.complete
        theirs = [(profile.defender, profile.attacker) for profile in solved.profiles]
        assert len(ours) == len(theirs)
        for x, y in theirs:
            assert any(np.allclose(x, one, atol=1e-6) and np.allclose(y, two, atol=1e-6) for one, two in ours)
