"""Concepts of solution in plain words."""

from __future__ import annotations

from advgame.equilibria import Solution

SITUATIONS = {
    "nash": "Both sides choose at once",
    "commitment": "The defence is announced, and may be a lottery",
    "pure_commitment": "The defence is announced, one for all inputs",
    "worst_case": "The attacker may want anything",
    "weak_commitment": "The defence is announced, and the attacker breaks its ties to harm",
    "weak_pure_commitment": "One defence is announced, and the attacker breaks its ties to harm",
    "minimax_regret": "Prices are known by their ranges only",
    "quantal_response": "Both sides choose at once, and make mistakes, dear ones less often",
}
COMPARED = ("nash", "commitment", "pure_commitment", "worst_case")  # told beside each other in a report


def situation_of(concept: str) -> str:
    """The situation a concept is the answer to.

    >>> situation_of("nash"), situation_of("nashpy_lemke_howson")
    ('Both sides choose at once', 'Both sides choose at once')
    """
    return SITUATIONS["nash"] if concept.startswith("nash") else SITUATIONS.get(concept, concept)


def rule_in_words(solution: Solution) -> str:
    """The situation, and the rule that picks the profile, as sentences."""
    return f"{situation_of(solution.concept)}; the rule is {solution.rule}."
