"""Amounts of money as text: per classified input, and per month if the volume is known."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.number_text import MONEY_DIGITS, significant
from advgame.scenarios import Scenario
from advgame.studies.study_contract import StudyResult
from advgame.wording.names import currency_of, of_money


@dataclass(frozen=True)
class Money:
    """The scenario's unit of money and its volume."""

    unit: str
    one_is: str  # the definition of one unit; empty for a currency
    volume: float | None  # classified inputs per month

    def per_input(self, amount: float) -> str:
        """An amount per classified input.

        >>> Money("USD", "", None).per_input(0.14203)
        '0.142 USD'
        """
        return of_money(significant(amount, MONEY_DIGITS), self.unit)

    def per_month(self, amount: float) -> str:
        """The amount per month; empty if the volume is unknown.

        >>> Money("USD", "", 2e6).per_month(0.14203)
        '284,000 USD'
        """
        if self.volume is None:
            return ""
        return of_money(significant(amount * self.volume, MONEY_DIGITS), self.unit)

    def both(self, amount: float) -> str:
        """The amount per classified input, and per month if the volume is known.

        >>> Money("units", "", 2e6).both(0.14203)
        '0.142 units per classified input (284,000 units per month)'
        """
        month = f" ({self.per_month(amount)} per month)" if self.volume is not None else ""
        return f"{self.per_input(amount)} per classified input{month}"


def money_of(scenario: Scenario) -> Money:
    """The money of a scenario."""
    return Money(
        currency_of(scenario), "" if scenario.currency else _one_unit(scenario), scenario.volume_per_month
    )


def amounts_in_words(result: StudyResult, scenario: Scenario) -> str:
    """The unit of the amounts in the sentence and the table of a study; empty where it states none.

    >>> from advgame.scenarios import case
    >>> from advgame.studies import study
    >>> scenario = case("cifar10-two-defences")
    >>> amounts_in_words(study("portfolio", scenario), scenario).partition(";")[0]
    'Amounts are in units per classified input unless stated otherwise'

    Args:
        result: of the study.
        scenario: the one that was studied.
    """
    if not result.in_money:
        return ""
    money = money_of(scenario)
    unit = f"; {money.one_is}" if money.one_is else ""
    return f"Amounts are in {money.unit} per classified input unless stated otherwise{unit}."


def _one_unit(scenario: Scenario) -> str:
    if getattr(scenario.term("benign_traffic"), "benign_gain") == 1:
        return "one unit is the value of one correctly classified benign input"
    return "amounts are in the units of the scenario"
