"""Payoff terms: a payoff is the sum of these terms."""

from advgame.catalogue import Catalogue
from advgame.payoffs.terms.adversarial_traffic import AdversarialTraffic
from advgame.payoffs.terms.attack_cost import AttackCost
from advgame.payoffs.terms.attack_reward import AttackReward
from advgame.payoffs.terms.benign_traffic import BenignTraffic
from advgame.payoffs.terms.defence_cost import DefenceCost
from advgame.payoffs.terms.explanation_value import ExplanationValue
from advgame.payoffs.terms.term import Amount, Parameter, Term, parameters_of
from advgame.payoffs.terms.utility_under_attack import UtilityUnderAttack

TERMS: Catalogue[type[Term]] = Catalogue(
    "payoff term",
    {
        term.name: term
        for term in (
            BenignTraffic,
            AdversarialTraffic,
            AttackReward,
            AttackCost,
            DefenceCost,
            ExplanationValue,
            UtilityUnderAttack,
        )
    },
)

__all__ = [
    "TERMS",
    "AdversarialTraffic",
    "Amount",
    "AttackCost",
    "AttackReward",
    "BenignTraffic",
    "DefenceCost",
    "ExplanationValue",
    "Parameter",
    "Term",
    "UtilityUnderAttack",
    "parameters_of",
]
