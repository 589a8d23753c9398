"""Games whose equilibria are known by hand, and strategies that draw others."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from advgame.games import Game


@dataclass(frozen=True)
class Known:
    """A game with all its extreme equilibria, known without this program."""

    name: str
    game: Game
    equilibria: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]


def attacker_game(
    clean_error: ArrayLike,
    attacked_error: ArrayLike,
    share: ArrayLike,
    cost: ArrayLike,
    defence_cost: ArrayLike = 0.0,
    *,
    worth: tuple[float, float] = (1.0, 1.0),  # V_b, V_a
    reward: float = 1.0,
) -> Game:
    """The payoffs of attacker and defender written out once more, independently of the payoff terms."""
    e, eps = np.asarray(clean_error, float)[:, None], np.asarray(attacked_error, float)
    p, c = np.asarray(share, float)[None, :], np.asarray(cost, float)[None, :]
    saved = np.broadcast_to(np.asarray(defence_cost, float), (len(eps),))[:, None]
    to_defender = (1 - p) * (1 - worth[0] * e) + p * (1 - worth[1] * eps) - saved
    return Game(to_defender, p * (reward * eps - c) + 0 * e)


# Both have three equilibria although the game has the attacker's and the defender's ordinary structure:
# in the first, a dear accurate defence is dropped once attacked, and then the attack pays; in the second,
# a loud and a stealthy attack (shares 1 and 0.2) each have their own answer.
DEAR_AND_CHEAP = attacker_game(
    [0.1, 0.3], [[0.1, 0.5], [0.3, 0.6]], [0, 0.5], [0, 0.55], defence_cost=[0.175, 0]
)
LOUD_AND_STEALTHY = attacker_game(
    [0.1, 0.35], [[0.1, 0.4, 0.95], [0.35, 0.35, 0.4]], [0, 1, 0.2], [0, 0.25, 0.05]
)

KNOWN = (
    Known("matching pennies", Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]), (((0.5, 0.5), (0.5, 0.5)),)),
    Known(
        "battle of the sexes",
        Game([[3, 0], [0, 2]], [[2, 0], [0, 3]]),
        (((1, 0), (1, 0)), ((0, 1), (0, 1)), ((0.6, 0.4), (0.4, 0.6))),
    ),
    Known("prisoners' dilemma", Game([[2, 0], [3, 1]], [[2, 3], [0, 1]]), (((0, 1), (0, 1)),)),
    Known(
        "rock, paper, scissors",
        Game([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]),
        (((1 / 3,) * 3, (1 / 3,) * 3),),
    ),
    Known(
        "a game with a dominated row",
        Game([[3, 0], [2, 1], [0, -5]], [[0, 2], [1, 0], [9, 9]]),
        (((1 / 3, 2 / 3, 0), (0.5, 0.5)),),
    ),
    Known(
        "on which support enumeration without tolerance finds nothing",
        Game(
            [[5.21, -3.58, 7.72], [9.77, 0.11, -1.05]],
            [[-2.03, 3.84, -5.99], [-7.53, -4.41, 6.89]],
        ),
        # by hand: columns 2 and 3 leave row 1 with 9.83/20.68·…; see the closed form in the test
        (
            (
                (11.3 / 21.13, 9.83 / 21.13),
                (0, 8.77 / 12.46, 3.69 / 12.46),
            ),
        ),
    ),
    Known(
        "one dear accurate and one cheap defence",
        DEAR_AND_CHEAP,
        (((1, 0), (1, 0)), ((0, 1), (0, 1)), ((0.5, 0.5), (0.5, 0.5))),
    ),
    Known(
        "a loud and a stealthy attack",
        LOUD_AND_STEALTHY,
        # expected shares 0.2, 5/7 and 1: y_loud + 0.2 (1 − y_loud) = 5/7 gives 9/14
        (((1, 0), (0, 0, 1)), ((0, 1), (0, 1, 0)), ((0.5, 0.5), (0, 9 / 14, 5 / 14))),
    ),
    Known(
        "a tie of the attacker: a continuum between two extreme equilibria",
        Game([[1, 0], [0, 1]], [[0, 0], [1, 1]]),
        (
            ((1, 0), (1, 0)),
            ((1, 0), (0.5, 0.5)),
            ((0, 1), (0, 1)),
            ((0, 1), (0.5, 0.5)),
        ),
    ),
    Known("all payoffs zero", Game(np.zeros((1, 2)), np.zeros((1, 2))), (((1,), (1, 0)), ((1,), (0, 1)))),
)

whole_numbers = st.integers(-4, 4)
fine_numbers = st.floats(-4, 4, allow_nan=False, width=32)


@st.composite
def games(draw: st.DrawFn, most: int = 4, entries: st.SearchStrategy = whole_numbers) -> Game:
    """Small games; whole payoffs make ties and duplicates common."""
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    matrix = st.lists(st.lists(entries, min_size=columns, max_size=columns), min_size=rows, max_size=rows)
    return Game(draw(matrix), draw(matrix))


@st.composite
def attacker_games(draw: st.DrawFn, most: int = 5, steps: int | None = None) -> Game:
    """Games of attacker and defender; rounded to ``1/steps`` they have many ties."""
    defences, attacks = draw(st.integers(2, most)), draw(st.integers(1, most))
    unit = (
        st.integers(0, steps).map(lambda k: float(Fraction(k, steps)))
        if steps
        else st.floats(0, 1, allow_nan=False)
    )

    def numbers(count: int) -> list[float]:
        return draw(st.lists(unit, min_size=count, max_size=count))

    clean = np.array(numbers(defences)) / 2
    attacked = np.column_stack([clean, *(np.array(numbers(defences)) for _ in range(attacks))])
    return attacker_game(
        clean, attacked, [0.0, *numbers(attacks)], [0.0, *numbers(attacks)], np.array(numbers(defences)) / 4
    )
