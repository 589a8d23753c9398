"""Recommendations: what to deploy in one scenario, or in many at once."""

from advgame.decision.decide import Decision, decide
from advgame.decision.policies import Kind, Policies, Policy, policies
from advgame.decision.recommendation import Alone, Recommendation, recommend
from advgame.decision.situation import Situation, concept_for, concept_in_bulk, situate
from advgame.decision.solve_many import solve_grid, solve_many

__all__ = [
    "Alone",
    "Decision",
    "Kind",
    "Policies",
    "Policy",
    "Recommendation",
    "Situation",
    "concept_for",
    "concept_in_bulk",
    "decide",
    "policies",
    "recommend",
    "situate",
    "solve_grid",
    "solve_many",
]
