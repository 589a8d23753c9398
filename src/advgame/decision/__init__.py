"""Recommendations: what to deploy in one scenario, or in many at once."""

from advgame.decision.recommendation import Alone, Recommendation, recommend
from advgame.decision.situation import Situation, concept_for, situate
from advgame.decision.solve_many import solve_grid, solve_many

__all__ = [
    "Alone",
    "Recommendation",
    "Situation",
    "concept_for",
    "recommend",
    "situate",
    "solve_grid",
    "solve_many",
]
