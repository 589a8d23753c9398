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
    here = decision.recommendation
    accuracies, deployed = here.situation.accuracies, dict(here.deploy)
    columns = range(1, len(accuracies.attacks)) if len(accuracies.attacks) > 1 else range(1)
    worst = [min(columns, key=lambda column: line[column]) for line in accuracies.attacked_accuracy.tolist()]
    errors = _halves(here.scenario)
    costs = here.scenario.term("defence_cost").to_defender(accuracies)[:, 0]
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
            here.alone[place].value,
            deployed.get(defence, 0.0),
            not any(_beats(other, points[place]) for other in points),
        )
        for place, defence in enumerate(accuracies.defences)
    )


def _beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether a point is at least as high in both coordinates, and higher in one."""
    return one[0] >= other[0] and one[1] >= other[1] and one != other


def _halves(scenario: Scenario) -> dict[tuple[str, str], float]:
    """Half of the 95 % interval by defence and attack, where it is known."""
    errors = stated_errors(scenario)
    return {cell: TWO_SIDED * error for cell, error in errors.items() if error is not None}


def show(decision: Decision) -> None:
    """The choice of rows, the figure and the table."""
    everything = compared(decision)
    names = [each.defence for each in everything]
    chosen = st.multiselect(
        "Show only these defences",
        names,
        key="defences shown",
        placeholder="All",
        format_func=state.say,
        persist_state="session",
    )
    shown = [each for each in everything if not chosen or each.defence in chosen]
    front = [each.defence for each in everything if each.on_front]
    are = "is" if len(front) == 1 else "are"
    said = (
        f"{len(front)} of {counted(len(everything), 'defence', 'defences')} {are} on the Pareto front: no "
        "other one is at least as accurate both without attack and under its worst attack, and more accurate "
        "in one of the two."
    )
    st.markdown(plain(said))
    st.plotly_chart(
        figure(shown, state.question().case), config={"displayModeBar": False}, key="front", alt=plain(said)
    )
    unit = currency_of(decision.policies.scenario)
    st.dataframe(
        [_row(each, unit) for each in shown],
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.2f %%")
            for name in ("clean accuracy", "± clean", "under its worst attack", "± attacked", "deployed")
        },
        alt="The defences with their accuracies, costs and values.",
    )


def _row(each: Compared, unit: str) -> dict[str, object]:
    return {
        "defence": state.say(each.defence),
        "clean accuracy": 100 * each.clean,
        "± clean": None if each.clean_error is None else 100 * each.clean_error,
        "under its worst attack": 100 * each.worst,
        "± attacked": None if each.worst_error is None else 100 * each.worst_error,
        "worst attack": state.say(each.attack),
        f"cost, {unit} per input": each.cost,
        f"value alone, {unit} per input": each.value,
        "deployed": 100 * each.deployed,
        "on the front": "yes" if each.on_front else "",
        **({"name in the measured table": each.defence} if state.scenario().labels else {}),
    }


def figure(shown: Sequence[Compared], case: str) -> go.Figure:
    """Clean accuracy across, accuracy under the worst attack upwards, the front as a line."""
    drawn = go.Figure()
    front = sorted((each for each in shown if each.on_front), key=lambda each: each.clean)
    drawn.add_scatter(
        x=[each.clean for each in front],
        y=[each.worst for each in front],
        mode="lines",
        line={"color": "#808890", "dash": "dot"},
        name="Pareto front",
        hoverinfo="skip",
    )
    for place, each in enumerate(shown):
        named = len(shown) <= MOST_NAMED or each.on_front or each.deployed > PLAYED
        drawn.add_scatter(
            x=[each.clean],
            y=[each.worst],
            mode="markers+text" if named else "markers",
            text=[chart_text(short(state.say(each.defence), 22))],
            textposition="top center",
            textfont={"size": 11},
            error_x=_bar(each.clean_error),
            error_y=_bar(each.worst_error),
            marker={
                "size": 15 if each.deployed > PLAYED else 10,
                "color": colour_of(case, each.defence),
                "symbol": SYMBOLS[place % len(SYMBOLS)],
                "line": {"width": 3 if each.deployed > PLAYED else 1, "color": INK},
            },
            hovertext=f"{chart_text(state.say(each.defence))}<br>clean {each.clean:.2%}<br>"
            f"{chart_text(state.say(each.attack))} {each.worst:.2%}",
            hoverinfo="text",
            showlegend=False,
        )
    axis = {"fixedrange": True, "gridcolor": FAINT, "tickformat": ".0%"}
    return drawn.update_layout(
        height=430,
        margin={"l": 0, "r": 8, "t": 10, "b": 0},
        showlegend=False,
        xaxis={**axis, "title": {"text": "clean accuracy", "font": {"size": 13}}},
        yaxis={**axis, "title": {"text": "accuracy under its worst attack", "font": {"size": 13}}},
    )


def _bar(half: float | None) -> dict[str, object] | None:
    return None if half is None else {"type": "constant", "value": half, "thickness": 1, "color": "#808890"}
