"""Warnings of gradient masking: white-box rows for which another attack is stronger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from advgame.lab.attacks.attack import Attack
from advgame.lab.attacks.autoattack import AutoAttack
from advgame.lab.attacks.worst_of import WorstOf
from advgame.lab.evaluation.gradient_masking import Tried, signs_of_obscurity
from advgame.lab.experiment.plan import AttackPlan
from advgame.lab.experiment.runner import NOT_COUNTED
from advgame.lab.experiment.units import Unit

ANY_CHANGE = 1.0  # the L∞ radius within which every input in [0, 1] can become every other

Cell = tuple[Unit, AttackPlan | None, Mapping[str, Any]]  # what was measured, under what, and its record
Place = tuple[str, int]  # a row: the key of its unit, and which of its radii


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
        """Within what it was attacked."""
        return self.plan.attack.norm, self.radius

    @property
    def transferred(self) -> bool:
        """Whether its examples were made on another network."""
        return self.plan.crafted_on not in (None, self.defence)

    @property
    def black_box(self) -> bool:
        """Whether the attacker only asked the network that was met."""
        return not self.transferred and self.plan.attack.queries_only

    @property
    def white_box(self) -> bool:
        """Whether the attacker saw all of the network that was met."""
        return not self.transferred and not self.plan.attack.queries_only

    @property
    def unbounded(self) -> bool:
        """Whether the attacker saw all and could make any input of any other."""
        return self.white_box and self.plan.attack.norm == "Linf" and self.radius >= ANY_CHANGE


def obscured_rows(cells: Sequence[Cell]) -> dict[Place, tuple[str, ...]]:
    """The warnings of white-box rows, by the unit's key and the place of the radius.

    For every data set, network, defence and seed, the strongest white-box attack within a radius is held
    against the attacks that only ask and the examples made on other networks, in the same norm and within
    the same radius; white-box attacks of L∞ radius 1, which may change anything, speak for all L∞ radii.
    """
    networks: dict[tuple[object, ...], list[_Row]] = {}
    for unit, plan, record in cells:
        if plan is not None and plan.attack.metric == "robust":
            where = unit.dataset, unit.network, unit.defence, unit.seed
            networks.setdefault(where, []).extend(_rows(unit, plan, record))
    found: dict[Place, tuple[str, ...]] = {}
    for rows in networks.values():
        for ball in dict.fromkeys(row.ball for row in rows):
            signs = _signs(ball, rows)
            found |= {row.place: signs for row in rows if signs and row.ball == ball and row.white_box}
    return found


def _rows(unit: Unit, plan: AttackPlan, record: Mapping[str, Any]) -> list[_Row]:
    rows = []
    inputs = np.array(record["places"], np.int64)
    for number, (radius, right) in enumerate(zip(record["radii"], record["right"], strict=True)):
        told = np.array(list(right))
        counted = told != NOT_COUNTED
        tried = Tried(plan.name, inputs[counted], told[counted] == "1")
        rows.append(_Row((unit.key, number), unit.defence, plan, radius, tried))
    return rows


def _signs(ball: tuple[str | None, float], rows: Sequence[_Row]) -> tuple[str, ...]:
    """What speaks against the white-box attacks on one network within one radius."""
    here = [row for row in rows if row.ball == ball]
    purely_white = [row.tried for row in here if row.white_box and not asks_as_well(row.plan.attack)]
    if not purely_white:
        return ()
    norm, _ = ball
    return signs_of_obscurity(
        min(purely_white, key=lambda tried: (-len(tried.inputs), int(tried.right.sum()))),
        black_box=[row.tried for row in here if row.black_box],
        transferred=[row.tried for row in here if row.transferred],
        unbounded=[row.tried for row in rows if row.unbounded and row.plan.attack.norm == norm],
    )


def asks_as_well(attack: Attack) -> bool:
    """Whether a white-box attack ends with one that only asks, which would hide that this one does better."""
    if isinstance(attack, WorstOf):
        return any(member.queries_only for member in attack.members())
    return isinstance(attack, AutoAttack)
