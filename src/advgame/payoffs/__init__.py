"""Payoffs: accuracies of defences under attacks, priced by terms, define a game."""

from typing import TYPE_CHECKING

from advgame.deprecation import renamed
from advgame.payoffs.accuracies import SUCCESS_RULES, Accuracies, accuracies_of
from advgame.payoffs.build import build, build_exactly, build_many, rounding_of
from advgame.payoffs.field_success import AttackStrength, Dependence, Judge
from advgame.payoffs.terms import TERMS, Term

__all__ = [
    "SUCCESS_RULES",
    "TERMS",
    "Accuracies",
    "AttackStrength",
    "Dependence",
    "Judge",
    "Term",
    "accuracies_of",
    "build",
    "build_exactly",
    "build_many",
    "rounding_of",
]

if not TYPE_CHECKING:
    __getattr__ = renamed(__name__, {"Encounters": "Accuracies", "meet": "accuracies_of"})
