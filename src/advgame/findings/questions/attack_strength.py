"""The attack that is affordable on every network, beside the one the field trusts, on the same inputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advgame.findings.finding import Finding, Row, listed, norm_sign, points
from advgame.measurements import Column
from advgame.measurements.experiment_tables import FULL, OURS, Measured
from advgame.measurements.outcomes import on_common_ground
from advgame.measurements.paired_outcomes import compare
from advgame.statistics.paired import PairedComparison

QUESTION = "Is the attack that every network meets as strong as AutoAttack, which runs far longer?"
NEAR = 0.01  # one point
SURELY, YES, NO = "surely", "yes", "no"


@dataclass(frozen=True)
class Audit:
    """How much more accuracy one network shows under our attack than under full AutoAttack."""

    defence: str
    ours: Column
    full: Column
    left: float  # accuracy under ours, on the inputs that both attacks met
    found: PairedComparison  # ours minus full

    @property
    def near(self) -> str:
        """Whether they are within one point; surely, where the whole interval is."""
        if abs(self.found.difference) > NEAR:
            return NO
        return SURELY if max(-self.found.low, self.found.high) <= NEAR else YES

    @property
    def words(self) -> str:
        """The difference, where it was found, and its interval."""
        found = self.found
        if not found.first_better and not found.second_better:
            return (
                f"no input of {found.inputs} tells the two apart ({self.where}), which leaves up to "
                f"{points(found.high)[1:]} points open"
            )
        return (
            f"the difference is {points(found.difference)} points ({points(found.low)} to "
            f"{points(found.high)}; {self.where})"
        )

    @property
    def where(self) -> str:
        """The network, the norm and the radius."""
        return f"{self.defence}, {norm_sign(self.ours.norm)} {self.ours.radius:g}"

    @property
    def row(self) -> Row:
        """All of it, by name."""
        found = self.found
        return {
            "defence": self.defence,
            "norm": norm_sign(self.ours.norm),
            "radius": self.ours.radius or 0.0,
            "strongest": self.left,
            "AutoAttack": self.left - found.difference,
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "seeds": found.seeds,
            "inputs": found.inputs,
            "within a point": self.near,
        }


def attack_strength(measured: Measured) -> Finding:
    """Each network under both attacks of the same norm and radius, on the inputs that both met."""
    audits = [
        _audit(measured, defence, ours, full)
        for defence, columns in measured.tested.items()
        for ours in columns
        for full in columns
        if _kind(measured, ours).startswith(OURS)
        and _kind(measured, full).startswith(FULL)
        and (ours.norm, ours.radius) == (full.norm, full.radius)
    ]
    if not audits:
        return Finding(
            QUESTION,
            measured.experiment,
            "It attacks no network by both within the same norm and radius.",
        )
    return Finding(QUESTION, measured.experiment, _answer(audits), tuple(each.row for each in audits))


def _kind(measured: Measured, column: Column) -> str:
    """Which attack of the laboratory a column holds; empty for benign inputs and for transferred examples."""
    if column.crafted_on is not None or column.norm is None:
        return ""
    return str(measured.kind(column.attack)["use"])


def _audit(measured: Measured, defence: str, ours: Column, full: Column) -> Audit:
    first, second = measured.cell(defence, ours), measured.cell(defence, full)
    left, _ = on_common_ground((first, second))
    return Audit(defence, ours, full, left.accuracy, compare(first, second))


def _answer(audits: list[Audit]) -> str:
    near = [each for each in audits if each.near != NO]
    surely = [each for each in audits if each.near == SURELY]
    far = [f"({each.where})" for each in audits if each.near == NO]
    weakest = max(audits, key=lambda each: each.found.difference)
    told = (
        f"On {len(near)} of {len(audits)} pairs of a network and a radius, the accuracy under "
        f"{_named(each.ours for each in audits)} is within one point of that under "
        f"{_named(each.full for each in audits)}; on {len(surely)} the whole interval is. "
    )
    further = f"It is further off on {listed(far)}. " if far else ""
    return f"{told}{further}Where it leaves most standing, {weakest.words}."


def _named(columns: Iterable[Column]) -> str:
    """The attacks, once each."""
    return listed(list(dict.fromkeys(column.attack for column in columns)))
