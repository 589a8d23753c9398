"""Concepts of solution in plain words."""

from __future__ import annotations

from advgame.decision import Recommendation


def rule_in_words(recommendation: Recommendation) -> str:
    """The situation, and the rule that picks the profile, as sentences."""
    situation = recommendation.situation
    return f"{situation.concept.situation}. Recommended is {situation.solution.rule}."
