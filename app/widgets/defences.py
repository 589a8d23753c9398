"""The defences side by side: accuracies with their intervals, costs, and which of them are on the front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from advgame.arrays import NO_ATTACK
from advgame.decision import Decision
from advgame.games.tolerances import PLAYED
from advgame.scenarios import Scenario
from advgame.scenarios.stated_errors import stated_errors
from advgame.wording.names import attack_in_words, counted, currency_of
from widgets import state
from widgets.colours import FAINT, INK, colour_of
from widgets.words import chart_text, plain, short

TWO_SIDED = 1.96  # standard errors of a 95 % interval
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "star", "hexagon")
MOST_NAMED = 14  # with more defences, only those on the front or deployed have their names beside them


@dataclass(frozen=True)
class Compared:
    """One defence with what is known of it; money per classified input."""

    defence: str
    clean: float
    clean_error: float | None  # half of the 95 % interval; None where the source gives no number of inputs
    worst: float  # accuracy under the attack that lowers it most
    worst_error: float | None
    attack: str  # that attack
    cost: float
    value: float  # alone, against its best response
    deployed: float  # probability
    on_front: bool  # no other defence is at least as accurate in both and more in one


def compared(decision: Decision) -> tuple[Compared, ...]:
    """Every defence of a decision, in the order of the game."""
    recommendation = decision.recommendation
    accuracies, deployed = recommendation.situation.accuracies, dict(recommendation.deploy)
    columns = range(1, len(accuracies.attacks)) if len(accuracies.attacks) > 1 else range(1)
    worst = [min(columns, key=lambda column: line[column]) for line in accuracies.attacked_accuracy.tolist()]
    errors = _halves(recommendation.scenario)
    costs = recommendation.scenario.term("defence_cost").to_defender(accuracies)[:, 0]
    points = [
        (float(accuracies.clean_accuracy[place]), float(accuracies.attacked_accuracy[place, column]))
        for place, column in enumerate(worst)
    ]
    return tuple(
        Compared(
            defence,
            points[place][0],
            errors.get((defence, NO_ATTACK)),
            points[place][1],
            errors.get((defence, accuracies.attacks[worst[place]])),
            attack_in_words(accuracies.attacks[worst[place]]),
            -float(costs[place]),
            recommendation.alone[place].value,
            deployed.get(defence, 0.0),
            not any(_beats(point, points[place]) for point in points),
        )
        for place, defence in enumerate(accuracies.defences)
    )


def _beats(point: tuple[float, float], reference: tuple[float, float]) -> bool:
    """Whether a point is at least as high in both coordinates, and higher in one."""
    return point[0] >= reference[0] and point[1] >= reference[1] and point != reference


def _halves(scenario: Scenario) -> dict[tuple[str, str], float]:
    """Half of the 95 % interval by defence and attack, where it is known."""
    errors = stated_errors(scenario)
    return {cell: TWO_SIDED * error for cell, error in errors.items() if error is not None}


def show(decision: Decision) -> None:
    """The choice of rows, the figure and the table."""
    everything = compared(decision)
    names = [row.defence for row in everything]
    chosen = st.multiselect(
        "Show only these defences",
        names,
        key="defences shown",
        placeholder="All",
        format_func=state.say,
        persist_state="session",
    )
    shown = [row for row in everything if not chosen or row.defence in chosen]
    front = [row.defence for row in everything if row.on_front]
    are = "is" if len(front) == 1 else "are"
    summary = (
        f"{len(front)} of {counted(len(everything), 'defence', 'defences')} {are} on the Pareto front: no "
        "other one is at least as accurate both without attack and under its worst attack, and more accurate "
        "in one of the two."
    )
    st.markdown(plain(summary))
    st.plotly_chart(
        figure(shown, state.question().case),
        config={"displayModeBar": False},
        key="front",
        alt=plain(summary),
    )
    unit = currency_of(decision.policies.scenario)
    st.dataframe(
        [_row(row, unit) for row in shown],
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.2f %%")
            for name in ("clean accuracy", "± clean", "under its worst attack", "± attacked", "deployed")
        },
        alt="The defences with their accuracies, costs and values.",
    )


def _row(row: Compared, unit: str) -> dict[str, object]:
    return {
        "defence": state.say(row.defence),
        "clean accuracy": 100 * row.clean,
        "± clean": None if row.clean_error is None else 100 * row.clean_error,
        "under its worst attack": 100 * row.worst,
        "± attacked": None if row.worst_error is None else 100 * row.worst_error,
        "worst attack": state.say(row.attack),
        f"cost, {unit} per input": row.cost,
        f"value alone, {unit} per input": row.value,
        "deployed": 100 * row.deployed,
        "on the front": "yes" if row.on_front else "",
        **({"name in the measured table": row.defence} if state.scenario().labels else {}),
    }


def figure(shown: Sequence[Compared], case: str) -> go.Figure:
    """Clean accuracy across, accuracy under the worst attack upwards, the front as a line."""
    drawn = go.Figure()
    front = sorted((row for row in shown if row.on_front), key=lambda row: row.clean)
    drawn.add_scatter(
        x=[row.clean for row in front],
        y=[row.worst for row in front],
        mode="lines",
        line={"color": "#808890", "dash": "dot"},
        name="Pareto front",
        hoverinfo="skip",
    )
    for place, row in enumerate(shown):
        named = len(shown) <= MOST_NAMED or row.on_front or row.deployed > PLAYED
        drawn.add_scatter(
            x=[row.clean],
            y=[row.worst],
            mode="markers+text" if named else "markers",
            text=[chart_text(short(state.say(row.defence), 22))],
            textposition="top center",
            textfont={"size": 11},
            error_x=_bar(row.clean, row.clean_error),
            error_y=_bar(row.worst, row.worst_error),
            marker={
                "size": 15 if row.deployed > PLAYED else 10,
                "color": colour_of(case, row.defence),
                "symbol": SYMBOLS[place % len(SYMBOLS)],
                "line": {"width": 3 if row.deployed > PLAYED else 1, "color": INK},
            },
            hovertext=f"{chart_text(state.say(row.defence))}<br>clean {row.clean:.2%}<br>"
            f"{chart_text(state.say(row.attack))} {row.worst:.2%}",
            hoverinfo="text",
            showlegend=False,
        )
    axis = {"fixedrange": True, "gridcolor": FAINT, "tickformat": ".3~%"}
    return drawn.update_layout(
        height=430,
        margin={"l": 0, "r": 8, "t": 10, "b": 0},
        showlegend=False,
        xaxis={**axis, "title": {"text": "clean accuracy", "font": {"size": 13}}},
        yaxis={**axis, "title": {"text": "accuracy under its worst attack", "font": {"size": 13}}},
    )


def _bar(accuracy: float, error: float | None) -> dict[str, object] | None:
    """The error bar of an accuracy, cut off at 0 and at 1.

    >>> bar = _bar(0.25, 0.5)
    >>> bar["array"], bar["arrayminus"]
    ([0.5], [0.25])
    """
    if error is None:
        return None
    up, down = max(0.0, min(error, 1 - accuracy)), max(0.0, min(error, accuracy))
    ends = {"symmetric": False, "array": [up], "arrayminus": [down]}
    return {"type": "data", **ends, "thickness": 1, "color": "#808890"}
