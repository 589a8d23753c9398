"""Solution concepts in words."""

from __future__ import annotations

from advgame.decision import Recommendation


def rule_in_words(recommendation: Recommendation) -> str:
    """The situation and the rule that selects the profile, as sentences."""
    situation = recommendation.situation
    return f"{situation.concept.situation}. Recommended is {situation.solution.rule}."
