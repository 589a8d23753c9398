"""From accuracies to money: encounters of defences and attacks, priced by terms, make a game."""

from advgame.payoffs.accuracies import SUCCESS_RULES, Encounters, meet
from advgame.payoffs.build import build, build_exactly, build_many
from advgame.payoffs.terms import TERMS, Term

__all__ = ["SUCCESS_RULES", "TERMS", "Encounters", "Term", "build", "build_exactly", "build_many", "meet"]
