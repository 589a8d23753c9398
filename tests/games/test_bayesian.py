import numpy as np
import pytest

from advgame.errors import GameError
from advgame.games import BayesianGame

ONE = [[1.0, 2.0], [3.0, 4.0]]
TWO = [[1.0, 0.0, 5.0], [0.0, 1.0, 2.0]]


def test_the_normal_form_pays_what_is_expected_over_the_types() -> None:
    game = BayesianGame([ONE, TWO], [ONE, TWO], [0.25, 0.75])
    normal = game.normal_form()
    assert normal.shape == (2, 6)
    # second attack of the first type (place 1), third of the second (place 2): column 1 · 3 + 2
    assert normal.defender_payoffs[0, 5] == 0.25 * 2 + 0.75 * 5
    assert normal.attacker_payoffs[1, 5] == 0.25 * 4 + 0.75 * 2


def test_the_mix_of_each_type_is_what_a_mix_of_combinations_comes_to() -> None:
    game = BayesianGame([ONE, TWO], [ONE, TWO], [0.5, 0.5])
    first, second = game.mixes_of(np.array([0.1, 0.2, 0.3, 0.4, 0.0, 0.0]))
    assert first == pytest.approx([0.6, 0.4])
    assert second == pytest.approx([0.5, 0.2, 0.3])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (([], [], []), "at least one type"),
        (([ONE], [ONE, TWO], [1.0]), "for every type"),
        (([ONE, [[1.0, 2.0]]], [ONE, [[1.0, 2.0]]], [0.5, 0.5]), "same defences"),
        (([ONE, TWO], [ONE, TWO], [0.5]), "one probability per type"),
        (([ONE, TWO], [ONE, TWO], [0.0, 1.0]), "positive probabilities"),
        (([ONE, TWO], [ONE, TWO], [0.5, 0.6]), "sum to 1"),
        (([ONE, TWO], [ONE, TWO], [0.5, np.nan]), "positive probabilities"),
        (([ONE, TWO], [ONE, TWO], ["half", "half"]), "not numbers"),
        (([ONE, TWO], [ONE, [[np.inf] * 3] * 2], [0.5, 0.5]), "finite"),
        (([ONE, TWO], [ONE, TWO], [0.5, 0.5], ["same", "same"]), "each its own"),
    ],
)
def test_what_makes_no_game_is_refused(given: tuple, said: str) -> None:
    with pytest.raises(GameError, match=said):
        BayesianGame(*given)


def test_a_normal_form_with_too_many_cells_is_refused() -> None:
    wide = np.zeros((2, 60))
    with pytest.raises(GameError, match="432,000 cells"):
        BayesianGame([wide] * 3, [wide] * 3, [0.2, 0.3, 0.5]).normal_form()
