"""A board for teaching: type the payoffs of a small game, step through best responses, see its equilibria."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from advgame.equilibria import solve
from advgame.equilibria.algorithms.labelled_polytopes import Vertex, labelled_polytopes
from advgame.errors import AdvgameError
from advgame.games import Game
from advgame.games.tolerances import TIE
from advgame.number_text import significant
from widgets.words import plain

Payoffs = list[list[float]]
EXAMPLES: dict[str, tuple[Payoffs, Payoffs]] = {
    "Defend or not (mixed)": ([[0.93, 0.2], [0.85, 0.6]], [[0.0, 0.6], [0.0, -0.2]]),
    "Prisoner's dilemma": ([[-1, -3], [0, -2]], [[-1, 0], [-3, -2]]),
    "Matching pennies": ([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]),
    "Coordination (three equilibria)": ([[2, 0], [0, 1]], [[1, 0], [0, 2]]),
    "Two by three": ([[3, 1, 0], [1, 2, 4]], [[1, 3, 2], [4, 1, 2]]),
    "Rock, paper, scissors": ([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]),
}
SIZES = (2, 3, 4)
AT = "board profile"


@st.fragment
def show() -> None:
    """The payoffs, the steps, the polytopes and the equilibria."""
    game = _game()
    if game is None:
        return
    steps, equilibria = st.columns(2, gap="medium")
    with steps:
        _show_steps(game)
    with equilibria:
        _show_equilibria(game)
    _show_polytopes(game)


def _game() -> Game | None:
    """The game as it was typed; None while a cell is empty."""
    left, middle, right = st.columns(3)
    example = left.selectbox("Start from", list(EXAMPLES), key="board example")
    a, b = EXAMPLES[example]
    rows = middle.selectbox("Rows", SIZES, index=SIZES.index(len(a)), key=f"board rows {example}")
    columns = right.selectbox("Columns", SIZES, index=SIZES.index(len(a[0])), key=f"board columns {example}")
    st.caption("Type into the tables. The row player is the defender, the column player the attacker.")
    boxes = st.columns(2, gap="medium")
    typed = []
    for box, title, payoffs in zip(boxes, ("Row player", "Column player"), (a, b), strict=True):
        with box:
            st.markdown(f"**Payoffs of the {title.lower()}**")
            frame = _frame(payoffs, rows, columns)
            key = f"board {title} {example} {rows} {columns}"
            typed.append(st.data_editor(frame, key=key, alt=f"Payoffs of the {title.lower()}."))
    matrices = [np.asarray(frame, dtype=float) for frame in typed]
    try:
        names = (
            [f"row {place + 1}" for place in range(rows)],
            [f"col {place + 1}" for place in range(columns)],
        )
        return Game(matrices[0], matrices[1], defences=names[0], attacks=names[1])
    except (AdvgameError, ValueError) as mistake:
        st.error(plain(f"Every cell needs a number. {mistake}"), icon=":material/error:")
        return None


def _frame(payoffs: Payoffs, rows: int, columns: int) -> pd.DataFrame:
    whole = np.zeros((rows, columns))
    for row, line in enumerate(payoffs[:rows]):
        whole[row, : len(line)] = line[:columns]
    return pd.DataFrame(
        whole,
        index=[f"row {place + 1}" for place in range(rows)],
        columns=[f"col {place + 1}" for place in range(columns)],
    )


def _show_steps(game: Game) -> None:
    """Best responses one after the other, from a pair of strategies that is chosen."""
    st.subheader("Best responses, step by step", anchor=False)
    rows, columns = game.shape
    path: list[tuple[int, int]] = st.session_state.setdefault(AT, [(0, 0)])
    if any(row >= rows or column >= columns for row, column in path):
        path = st.session_state[AT] = [(0, 0)]
    with st.container(horizontal=True):
        if st.button("Step", key="board step", icon=":material/skip_next:"):
            path.append(step(game, path))
        if st.button("Begin again", key="board again", icon=":material/restart_alt:"):
            path[:] = [(0, 0)]
    lines = [f"{place}. row {row + 1}, column {column + 1}" for place, (row, column) in enumerate(path)]
    st.markdown("  \n".join(lines[-6:]))
    if len(path) > 2 and path[-1] == path[-2] == path[-3]:
        st.success("Neither player gains by changing alone: a pure equilibrium.", icon=":material/check:")
    elif len(path) > 4 and path[-1] in path[:-4] and len(set(path[-4:])) > 1:
        st.info("The best responses cycle; they do not reach a pure equilibrium.")


def step(game: Game, path: list[tuple[int, int]]) -> tuple[int, int]:
    """The next pair: the players take turns, the row player first; who has no reason to change stays.

    >>> pennies = Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> step(pennies, [(0, 0)]), step(pennies, [(0, 0), (0, 0)])
    ((0, 0), (0, 1))
    """
    row, column = path[-1]
    if len(path) % 2 == 1:
        payoffs = game.defender_payoffs[:, column]
        return (row if payoffs[row] >= payoffs.max() - TIE else int(payoffs.argmax())), column
    payoffs = game.attacker_payoffs[row]
    return row, (column if payoffs[column] >= payoffs.max() - TIE else int(payoffs.argmax()))


def _show_equilibria(game: Game) -> None:
    st.subheader("Equilibria", anchor=False)
    try:
        solution = solve(game, concept="nash")
    except AdvgameError as mistake:
        st.error(plain(str(mistake)), icon=":material/error:")
        return
    rows = [
        {
            "row player": _mixed(profile.defender),
            "column player": _mixed(profile.attacker),
            "payoffs": f"{significant(profile.defender_payoff)}, {significant(profile.attacker_payoff)}",
        }
        for profile in solution.profiles
    ]
    st.table(rows, border="horizontal", alt="The equilibria of the game.")
    proven = "All equilibria are listed" if solution.complete else "There may be more equilibria"
    st.caption(plain(f"{proven}. {solution.remark or ''}"))


def _mixed(strategy: object) -> str:
    shares = np.asarray(strategy, dtype=float)
    return "(" + ", ".join(significant(float(share), 3) for share in shares) + ")"


def _show_polytopes(game: Game) -> None:
    """The vertices of both polytopes with their labels; pairs that carry all labels are equilibria."""
    rows, columns = game.shape
    st.subheader(
        "Labels of the best-response polytopes",
        anchor=False,
        help="A vertex carries the labels of the own strategies that it does not play and of the other "
        "player's best responses to it. Two vertices that together carry all labels are an equilibrium.",
    )
    polytopes = labelled_polytopes(game)
    st.caption(
        f"Labels 1 to {rows} are the rows, {rows + 1} to {rows + columns} the columns. "
        "● marks a vertex that belongs to an equilibrium."
    )
    sides = (
        ("Row player", polytopes.defender, {first for first, _ in polytopes.equilibria}),
        ("Column player", polytopes.attacker, {second for _, second in polytopes.equilibria}),
    )
    for box, (title, vertices, marked) in zip(st.columns(2, gap="medium"), sides, strict=True):
        with box:
            st.table(
                [_vertex(vertex, place in marked) for place, vertex in enumerate(vertices)],
                border="horizontal",
                alt=f"The vertices of the {title.lower()}'s polytope with their labels.",
            )
    if game.shape == (2, 2):
        _show_responses(game)


def _vertex(vertex: Vertex, marked: bool) -> dict[str, str]:
    return {
        "vertex": _mixed(vertex.strategy),
        "labels": ", ".join(map(str, vertex.labels)),
        "equilibrium": "●" if marked else "",
    }


def _show_responses(game: Game) -> None:
    """Both best-response curves of a 2 × 2 game."""
    import plotly.graph_objects as go

    from widgets.colours import ATTACKER, DEFENDER

    grid = np.linspace(0, 1, 401)
    a, b = game.defender_payoffs, game.attacker_payoffs
    lead = (a[0, 0] - a[1, 0]) * grid + (a[0, 1] - a[1, 1]) * (1 - grid)
    answer = (b[0, 0] - b[0, 1]) * grid + (b[1, 0] - b[1, 1]) * (1 - grid)
    row, column = np.where(lead > 0, 1.0, 0.0), np.where(answer > 0, 1.0, 0.0)
    figure = go.Figure(
        [
            go.Scatter(
                x=row, y=grid, name="row player's best response", line={"color": DEFENDER, "width": 4}
            ),
            go.Scatter(
                x=grid,
                y=column,
                name="column player's best response",
                line={"color": ATTACKER, "width": 4, "dash": "dash"},
            ),
        ]
    )
    axis = {"range": [-0.04, 1.04], "fixedrange": True}
    figure.update_layout(
        height=340,
        margin={"l": 0, "r": 8, "t": 10, "b": 0},
        legend={"orientation": "h", "y": -0.25, "yanchor": "top"},
        xaxis={**axis, "title": {"text": "probability of row 1"}},
        yaxis={**axis, "title": {"text": "probability of column 1"}},
    )
    st.plotly_chart(
        figure,
        config={"displayModeBar": False},
        key="board responses",
        alt="The best-response curves of both players; they cross at the equilibria.",
    )
