"""Solution concepts in words."""

from __future__ import annotations

from advgame.decision import Recommendation
from advgame.equilibria import Timing
from advgame.games.tolerances import LARGEST_REGRET
from advgame.number_text import significant


def rule_in_words(recommendation: Recommendation) -> str:
    """The situation and the rule that selects the profile, as sentences."""
    situation = recommendation.situation
    return f"{situation.concept.situation}. Recommended is {situation.solution.rule}."


ALWAYS = "0.0000002 %"  # the largest regret of any solution that is shown
PROVEN = {
    Timing.SIMULTANEOUS: "Neither side can gain more than {} of its payoff range by changing its strategy",
    Timing.LEADER: (
        "The attacker, who knows the defence, cannot gain more than {} of its payoff range by changing its "
        "strategy"
    ),
    Timing.SECURITY: (
        "In the zero-sum game that defines this strategy, neither side can gain more than {} of the payoff "
        "range by changing its strategy"
    ),
    Timing.NOISY: (
        "No probability differs by more than {} from the logit response to the other side's strategy, which "
        "is no best response"
    ),
}


def certificate_in_words(recommendation: Recommendation) -> str:
    """What the certificate of the recommended profile proves, as a sentence.

    A defender who has committed itself cannot change its strategy: then only the attacker could gain. Players
    who err could gain by other strategies, and a maximin strategy is proven in a zero-sum game of its own.
    """
    certificate, timing = recommendation.profile.certificate, recommendation.situation.concept.timing
    most = certificate.attacker_regret if timing is Timing.LEADER else certificate.regret
    exact = " in exact arithmetic" if certificate.exact else ""
    tiny = 0 < most <= LARGEST_REGRET  # not written as an exponent, which is hard to read
    proof = PROVEN[timing].format(ALWAYS if tiny else f"{significant(100 * most, 2)} %")
    return f"{proof}; this was recomputed from the payoffs{exact}."
