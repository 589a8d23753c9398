"""Compares the affordable attack run on every network with AutoAttack, on the same inputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advgame.findings.finding import Finding, Row, listed, norm_sign, points
from advgame.measurements import Column
from advgame.measurements.experiment_tables import FULL, OURS, Measured
from advgame.measurements.outcomes import on_common_ground
from advgame.measurements.paired_outcomes import compare
from advgame.measurements.radii import radius_text
from advgame.statistics.paired import PairedComparison

QUESTION = "Is the attack run on every network as strong as AutoAttack, which takes far longer?"
NEAR = 0.01  # one point
SURELY, YES, NO = "surely", "yes", "no"


@dataclass(frozen=True)
class Audit:
    """The accuracy of one network under our attack compared with full AutoAttack."""

    defence: str
    ours: Column
    full: Column
    left: float  # accuracy under our attack, on the inputs common to both
    comparison: PairedComparison  # ours minus full
    gradients: float | None = None  # of ours per gradient of full; None where they were not counted

    @property
    def near(self) -> str:
        """Whether the difference is within one point; "surely" if its whole interval is."""
        if abs(self.comparison.difference) > NEAR:
            return NO
        return SURELY if max(-self.comparison.low, self.comparison.high) <= NEAR else YES

    @property
    def words(self) -> str:
        """The difference with its interval and its place."""
        comparison = self.comparison
        if not comparison.first_better and not comparison.second_better:
            return (
                f"the two attacks agree on all {comparison.inputs} inputs ({self.where}), which still "
                "allows a "
                f"difference of up to {points(comparison.high)[1:]} points"
            )
        return (
            f"the difference is {points(comparison.difference)} points ({points(comparison.low)} to "
            f"{points(comparison.high)}; {self.where})"
        )

    @property
    def where(self) -> str:
        """The network, the norm and the radius."""
        return f"{self.defence}, {norm_sign(self.ours.norm)} {radius_text(self.ours.radius, self.ours.norm)}"

    @property
    def row(self) -> Row:
        """The comparison as a row of a table."""
        comparison = self.comparison
        return {
            "defence": self.defence,
            "norm": norm_sign(self.ours.norm),
            "radius": radius_text(self.ours.radius, self.ours.norm),
            "strongest": self.left,
            "AutoAttack": self.left - comparison.difference,
            "difference": comparison.difference,
            "low": comparison.low,
            "high": comparison.high,
            "seeds": comparison.seeds,
            "inputs": comparison.inputs,
            "within a point": self.near,
            "gradients, of AutoAttack's": "not counted" if self.gradients is None else self.gradients,
        }


def attack_strength(measured: Measured) -> Finding:
    """Each network under both attacks at the same norm and radius, on their common inputs."""
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
            measured.name,
            "It runs both attacks on no network at the same norm and radius.",
        )
    near = sum(audit.near != NO for audit in audits)
    surely = sum(audit.near == SURELY for audit in audits)
    return Finding(
        QUESTION,
        measured.name,
        _answer(audits),
        tuple(audit.row for audit in audits),
        f"{near} of {len(audits)} pairs within a point, {surely} with the whole interval",
    )


def _kind(measured: Measured, column: Column) -> str:
    """The laboratory's attack behind a column; empty for benign inputs and transferred examples."""
    if column.source_model is not None or column.norm is None:
        return ""
    return str(measured.kind(column.attack)["use"])


def _audit(measured: Measured, defence: str, ours: Column, full: Column) -> Audit:
    first, second = measured.cell(defence, ours), measured.cell(defence, full)
    left, _ = on_common_ground((first, second))
    spent = [_gradients(measured, defence, column) for column in (ours, full)]
    share = spent[0] / spent[1] if spent[0] and spent[1] else None
    return Audit(defence, ours, full, left.accuracy, compare(first, second), share)


def _gradients(measured: Measured, defence: str, column: Column) -> float | None:
    """Gradients per attacked input and radius, the mean over seeds; None where they were not counted."""
    costs = measured.attacks
    if not {"defence", "attack", "backward_inputs", "runs"} <= set(costs):
        return None
    spent = costs[(costs["defence"] == defence) & (costs["attack"] == column.attack)]
    return float((spent["backward_inputs"] / spent["runs"]).mean()) if len(spent) else None


def _answer(audits: list[Audit]) -> str:
    near = [audit for audit in audits if audit.near != NO]
    surely = [audit for audit in audits if audit.near == SURELY]
    far = [f"({audit.where})" for audit in audits if audit.near == NO]
    weakest = max(audits, key=lambda audit: audit.comparison.difference)
    lead = (
        f"For {len(near)} of {len(audits)} pairs of network and radius, the accuracy under "
        f"{_named(audit.ours for audit in audits)} is within one point of that under "
        f"{_named(audit.full for audit in audits)}; for {len(surely)} the whole interval is. "
    )
    further = f"It is further off for {listed(far)}. " if far else ""
    shares = [audit.gradients for audit in audits if audit.gradients is not None]
    ends = dict.fromkeys(f"{end:.0%}" for end in (min(shares), max(shares))) if shares else {}
    cost = f" It takes {' to '.join(ends)} of AutoAttack's gradients." if ends else ""
    return f"{lead}{further}In the worst case, {weakest.words}.{cost}"


def _named(columns: Iterable[Column]) -> str:
    """The distinct attacks."""
    return listed(list(dict.fromkeys(column.attack for column in columns)))
