"""Amounts of money as cells of a table: per input and, where a volume is known, per month."""

from __future__ import annotations

from advgame.reports.blocks import Cell
from advgame.wording.money import Money
from advgame.wording.numbers import MONEY_DIGITS, signed, significant


def money_heads(money: Money) -> tuple[str, ...]:
    """Heads of columns that give an amount per input and, where a volume is known, per month."""
    monthly = () if money.volume is None else (f"{money.unit} per month",)
    return (f"{money.unit} per input", *monthly)


def money_cells(money: Money, amount: float, *, difference: bool = False) -> tuple[Cell, ...]:
    """An amount under ``money_heads``.

    Args:
        money: the scenario's unit, and its volume of traffic where it states one.
        amount: amount per input, in that unit.
        difference: whether the amount is a difference, written with its sign and 0 as a dash.
    """
    amounts = (amount,) if money.volume is None else (amount, amount * money.volume)
    texts = ["–" if difference and each == 0 else significant(each, MONEY_DIGITS) for each in amounts]
    return tuple(
        Cell(signed(text) if difference else text, each) for text, each in zip(texts, amounts, strict=True)
    )
