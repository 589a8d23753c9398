"""Amounts of money as table cells: per input and, if the volume is known, per month."""

from __future__ import annotations

from advgame.number_text import MONEY_DIGITS, if_known, signed
from advgame.reports.blocks import Cell
from advgame.wording.money import Money


def money_heads(money: Money) -> tuple[str, ...]:
    """The column headings for amounts per input and, if the volume is known, per month."""
    monthly = () if money.volume is None else (f"{money.unit} per month",)
    return (f"{money.unit} per input", *monthly)


def money_cells(money: Money, amount: float, *, difference: bool = False) -> tuple[Cell, ...]:
    """The cells of one amount, to go with ``money_heads``.

    Args:
        money: the scenario's unit of money and its volume, if it states one.
        amount: amount per input, in that unit; NaN if not known.
        difference: True for a difference, which is written with its sign, and zero as a dash.
    """
    amounts = (amount,) if money.volume is None else (amount, amount * money.volume)
    texts = ["–" if difference and value == 0 else if_known(value, MONEY_DIGITS) for value in amounts]
    return tuple(
        Cell(signed(text) if difference else text, value) for text, value in zip(texts, amounts, strict=True)
    )
