"""Old public names return what the new names return, with a warning that states the new name."""

import pytest

import advgame as ag
from advgame import games, payoffs, scenarios


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        (ag, "attacker_best_replies", "attacker_best_responses"),
        (ag, "defender_best_replies", "defender_best_responses"),
        (games, "attacker_best_replies", "attacker_best_responses"),
        (games, "defender_best_replies", "defender_best_responses"),
        (payoffs, "Encounters", "Accuracies"),
        (payoffs, "meet", "accuracies_of"),
    ],
)
def test_an_old_name_is_the_new_one_with_a_warning(module: object, old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=rf"{old} is deprecated; use .*{new}\."):
        assert getattr(module, old) is getattr(module, new)


def test_encounters_are_the_accuracies_of_the_scenario() -> None:
    scenario = ag.case("cifar10-two-defences")
    with pytest.warns(DeprecationWarning, match=r"use Scenario\.accuracies"):
        assert scenarios.encounters(scenario) is scenario.accuracies


def test_a_name_that_never_was_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'worst_replies'"):
        _ = games.worst_replies
