"""Warnings of gradient masking: white-box rows for which another attack is stronger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from advgame.lab.attacks.attack import Attack
from advgame.lab.attacks.autoattack import AutoAttack
from advgame.lab.attacks.worst_of import WorstOf
from advgame.lab.evaluation.gradient_masking import Tried, signs_of_masking
from advgame.lab.experiment.plan import AttackPlan
from advgame.lab.experiment.runner import NOT_COUNTED
from advgame.lab.experiment.units import Unit

ANY_CHANGE = 1.0  # the L∞ radius within which any input in [0, 1] can become any other

Cell = tuple[Unit, AttackPlan | None, Mapping[str, Any]]  # the unit, its attack and its record
Place = tuple[str, int]  # a row: the key of its unit, and the index of its radius


@dataclass(frozen=True, eq=False)
class _Row:
    """One radius of one attack on one network."""

    place: Place
    defence: str
    plan: AttackPlan
    radius: float
    tried: Tried

    @property
    def ball(self) -> tuple[str | None, float]:
        """The norm and radius of the attack."""
        return self.plan.attack.norm, self.radius

    @property
    def transferred(self) -> bool:
        """Whether the examples were crafted on another network."""
        return self.plan.source_model not in (None, self.defence)

    @property
    def black_box(self) -> bool:
        """Whether the attack only queries the attacked network."""
        return not self.transferred and self.plan.attack.queries_only

    @property
    def white_box(self) -> bool:
        """Whether the attack has full access to the attacked network."""
        return not self.transferred and not self.plan.attack.queries_only

    @property
    def unbounded(self) -> bool:
        """Whether a white-box attack may change an input into any other."""
        return self.white_box and self.plan.attack.norm == "Linf" and self.radius >= ANY_CHANGE


def masked_rows(cells: Sequence[Cell]) -> dict[Place, tuple[str, ...]]:
    """The warnings of white-box rows, by the unit's key and the index of the radius.

    For every data set, network, defence and seed, the strongest white-box attack at a radius is compared with
    the black-box attacks and the transferred examples, in the same norm and at the same radius. White-box
    attacks with L∞ radius 1, which may change anything, are compared with all L∞ radii.
    """
    networks: dict[tuple[object, ...], list[_Row]] = {}
    for unit, plan, record in cells:
        if plan is not None and plan.attack.metric == "robust":
            where = unit.dataset, unit.network, unit.defence, unit.seed
            networks.setdefault(where, []).extend(_rows(unit, plan, record))
    warnings: dict[Place, tuple[str, ...]] = {}
    for rows in networks.values():
        for ball in dict.fromkeys(row.ball for row in rows):
            signs = _signs(ball, rows)
            warnings |= {row.place: signs for row in rows if signs and row.ball == ball and row.white_box}
    return warnings


def _rows(unit: Unit, plan: AttackPlan, record: Mapping[str, Any]) -> list[_Row]:
    rows = []
    inputs = np.array(record["places"], np.int64)
    for number, (radius, right) in enumerate(zip(record["radii"], record["right"], strict=True)):
        outcomes = np.array(list(right))
        counted = outcomes != NOT_COUNTED
        tried = Tried(plan.name, inputs[counted], outcomes[counted] == "1")
        rows.append(_Row((unit.key, number), unit.defence, plan, radius, tried))
    return rows


def _signs(ball: tuple[str | None, float], rows: Sequence[_Row]) -> tuple[str, ...]:
    """The signs of gradient masking of one network at one radius."""
    in_ball = [row for row in rows if row.ball == ball]
    purely_white = [row.tried for row in in_ball if row.white_box and not includes_queries(row.plan.attack)]
    if not purely_white:
        return ()
    norm, _ = ball
    return signs_of_masking(
        min(purely_white, key=lambda tried: (-len(tried.inputs), int(tried.right.sum()))),
        black_box=[row.tried for row in in_ball if row.black_box],
        transferred=[row.tried for row in in_ball if row.transferred],
        unbounded=[row.tried for row in rows if row.unbounded and row.plan.attack.norm == norm],
    )


def includes_queries(attack: Attack) -> bool:
    """Whether a white-box attack includes a black-box one, whose better result would hide the masking."""
    if isinstance(attack, WorstOf):
        return any(member.queries_only for member in attack.members())
    return isinstance(attack, AutoAttack)
