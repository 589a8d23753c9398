"""Solution concepts in words."""

from __future__ import annotations

from advgame.decision import Recommendation
from advgame.equilibria import Timing
from advgame.number_text import significant


def rule_in_words(recommendation: Recommendation) -> str:
    """The situation and the rule that selects the profile, as sentences."""
    situation = recommendation.situation
    return f"{situation.concept.situation}. Recommended is {situation.solution.rule}."


def certificate_in_words(recommendation: Recommendation) -> str:
    """What the certificate of the recommended profile proves, as a sentence.

    A defender who has committed itself cannot change its strategy: then only the attacker could gain.
    """
    certificate = recommendation.profile.certificate
    regret = f"{significant(100 * certificate.regret, 2)} % of its payoff range"
    exact = " in exact arithmetic" if certificate.exact else ""
    if recommendation.situation.concept.timing is Timing.LEADER:
        regret = f"{significant(100 * certificate.attacker_regret, 2)} % of its payoff range"
        return (
            f"The attacker, who knows the defence, cannot gain more than {regret} by changing its strategy; "
            f"this was recomputed from the payoffs{exact}."
        )
    return (
        f"Neither side can gain more than {regret} by changing its strategy; this was recomputed from the "
        f"payoffs{exact}."
    )
