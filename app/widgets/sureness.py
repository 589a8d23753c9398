"""How sure the decision is, and the numbers nearest to changing it; computed beside the rest of the page."""

from __future__ import annotations

import streamlit as st

from advgame.decision import Decision, Recommendation
from advgame.decision.policies import NOT_RUN
from advgame.decision.recommendation import undefended_in_words
from advgame.errors import AdvgameError
from advgame.number_text import percent, probability, significant
from advgame.scenarios import Scenario
from advgame.studies import BreakEven, Threshold
from advgame.studies.break_even import break_even_pairs
from advgame.studies.confidence import Confidence, ConfidenceStudy, confidence_of
from advgame.studies.verdict_thresholds import of_policies, verdict_thresholds
from advgame.wording.caveats import too_close
from advgame.wording.confidence_words import interval_in_words
from advgame.wording.money import money_of
from advgame.wording.names import meaning_of, with_unit
from advgame.wording.threshold_words import nearest_thresholds, no_threshold_in_words
from widgets import solvers, state
from widgets.messages import errors_shown
from widgets.sliders import shown_axes
from widgets.words import plain, sentence

SHARES = ("largest_share", "attacker_margin")


def show(decision: Decision) -> None:
    """Two columns: the confidence, and the nearest thresholds."""
    if len(decision.recommendation.game.attacks) == 1:
        return
    with st.container(key="sureness"):
        left, right = st.columns(2, gap="medium")
        with left:
            _show_confidence(decision)
        with right:
            _show_thresholds(decision)


@st.fragment
def _show_confidence(decision: Decision) -> None:
    st.subheader(
        "How sure",
        anchor=False,
        help="How often the verdict is the best known policy when the accuracies are drawn within their "
        "sampling error.",
    )
    with errors_shown():
        confidence = state.remembered("confidence", lambda: _confidence(decision))
        interval = interval_in_words(confidence, decision.value, money_of(decision.policies.scenario))
        baseline = undefended_in_words(decision.policies.scenario)
        more = f"; better than {baseline} in {probability(confidence.beats_undefended, 1)}"
        nothing = [decision.recommendation.undefended] == [name for name, _ in decision.recommendation.deploy]
        summary = (
            f"best in {probability(confidence.probability_best)} of {confidence.draws:,} draws of the "
            f"accuracies{'' if nothing else more}. {interval}"
        )
        st.markdown(f"**{plain(sentence(confidence.verdict))}**: {state.worded(summary)}")


def _confidence(decision: Decision) -> Confidence:
    return confidence_of(decision.recommendation.situation, decision.strategy, ConfidenceStudy())


@st.fragment
def _show_thresholds(decision: Decision) -> None:
    st.subheader(
        "What would change it",
        anchor=False,
        help="The values of single parameters, nearest to those set, at which another policy is better.",
    )
    recommendation = decision.recommendation
    if not of_policies(decision) and not solvers.are_ready("thresholds"):
        return
    with errors_shown():
        searched, close = state.remembered("thresholds", lambda: _thresholds(decision))
        if close:
            st.markdown(f":material/warning: {state.worded(close)}")
        sentences = [
            _in_words(threshold, recommendation.scenario) for threshold in nearest_thresholds(searched)
        ]
        if not sentences:
            sentences = [
                no_threshold_in_words(
                    searched,
                    recommendation.game.shape[0] + recommendation.scenario.may_stop,
                    of_policies=of_policies(decision),
                )
            ]
        st.markdown("\n".join(f"- {state.worded(text)}" for text in sentences))


def _thresholds(decision: Decision) -> tuple[tuple[Threshold, ...], str]:
    """The numbers in the sidebar with their thresholds, and whether the decision is too close to call."""
    recommendation = decision.recommendation
    parameters = [ends.address for ends in shown_axes()]
    close = "" if decision.stops else too_close(recommendation, _pairs(recommendation))
    return verdict_thresholds(decision, parameters), close


def _pairs(recommendation: Recommendation) -> tuple[BreakEven, ...]:
    try:
        return break_even_pairs(recommendation.scenario, recommendation)
    except AdvgameError:
        return ()


def _in_words(threshold: Threshold, scenario: Scenario) -> str:
    """A parameter's value, with its unit, and its thresholds.

    >>> from advgame.scenarios import case
    >>> cost = Threshold("attack_cost", 0.3, 0.1, None, 0.0, 1.0, ("a", "b"), ("a",), None)
    >>> _in_words(cost, case("cifar10-two-defences"))
    "Attacker's cost per attacked input: 0.3 units; below 0.1 a is better."
    >>> stopped = Threshold("attack_cost", 0.3, 0.1, None, 0.0, 1.0, ("a",), (), None)
    >>> _in_words(stopped, case("cifar10-two-defences")).partition("; ")[2]
    'below 0.1 not running the service is better.'
    """
    field = threshold.parameter.partition("[")[0]
    number = percent if field in SHARES else significant
    current = number(threshold.value)
    parts = [
        f"{f'just {where} that,' if number(edge) == current else f'{where} {number(edge)}'} "
        f"{' + '.join(deploy) or NOT_RUN} is better"
        for where, edge, deploy in (
            ("below", threshold.below, threshold.deploy_below),
            ("above", threshold.above, threshold.deploy_above),
        )
        if edge is not None and deploy is not None
    ]
    value = with_unit(current, threshold.parameter, scenario)
    return f"{sentence(meaning_of(threshold.parameter))}: {value}; {', '.join(parts)}."
