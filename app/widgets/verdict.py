"""The verdict in a sentence, and its value."""

from __future__ import annotations

import streamlit as st

from advgame.arrays import NO_ATTACK
from advgame.decision import Recommendation
from advgame.equilibria import Timing
from advgame.measurements import pool_seeds
from advgame.studies import BreakEven
from advgame.wording.caveats import too_close, warned
from advgame.wording.comparison import comparison
from advgame.wording.money import money_of
from advgame.wording.names import attack_in_words, shortened
from advgame.wording.numbers import percent, percentages
from advgame.wording.verdict import verdict_of
from widgets.words import plain

MOST_NAMED = 3
WHY_LESS = (
    "That defence is worth more only if the attacker knows that it is deployed: "
    "turn on “The defence is announced” to see the value of an announcement."
)


def show(recommendation: Recommendation, pairs: tuple[BreakEven, ...]) -> None:
    """The verdict and its caveats, visually separated from the rest of the page."""
    with st.container(border=True, key="verdict"):
        st.subheader(plain(f"{verdict_of(recommendation)}."), anchor=False)
        for caveat in (
            too_close(recommendation, pairs),
            warned(pool_seeds(recommendation.scenario.selected)),
        ):
            if caveat:
                st.markdown(f":material/warning: {plain(caveat)}")
        st.markdown(plain(f"{worth(recommendation)} {threat(recommendation)}"))


def worth(recommendation: Recommendation) -> str:
    """The gain over doing nothing or over the next best, per input and per month."""
    compared = comparison(recommendation)
    if compared is None:
        return f"It is worth {money_of(recommendation.scenario).both(recommendation.value)}."
    answer = compared.other.answer
    against = (
        f", after the attacker's best response ({attack_in_words(answer)})"
        if len(recommendation.game.attacks) > 1
        else ""
    )
    if compared.gain == 0:
        return f"It is worth as much as {compared.words}{against}."
    direction = "more" if compared.gain > 0 else "less"
    unannounced = recommendation.situation.concept.timing is not Timing.LEADER
    seen = f" {WHY_LESS}" if compared.gain < 0 and unannounced else ""
    amount = money_of(recommendation.scenario).both(abs(compared.gain))
    return f"It is worth {amount} {direction} than {compared.words}{against}.{seen}"


def threat(recommendation: Recommendation) -> str:
    """The attacker's behaviour, in a sentence."""
    if len(recommendation.game.attacks) == 1:
        return "No attack was measured in this case, so adversarial traffic is not considered."
    if recommendation.attacked_by[0][0] == NO_ATTACK and len(recommendation.attacked_by) == 1:
        return "The attacker's best response is not to attack."
    parts = percentages([share for _, share in recommendation.attacked_by])
    attacks = [
        name if len(parts) == 1 else f"{name} {part} of the time"
        for (name, _), part in zip(recommendation.attacked_by, parts, strict=True)
        if name != NO_ATTACK
    ]
    return (
        f"The attacker plays {shortened(attacks, MOST_NAMED)}; "
        f"{percent(recommendation.expected_share)} of the traffic is then adversarial."
    )
