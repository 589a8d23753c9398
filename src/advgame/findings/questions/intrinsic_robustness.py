"""An intrinsic measure of robustness beside accuracy under attack: do they put networks in the same order?"""

from __future__ import annotations

from dataclasses import dataclass

from advgame.findings.finding import Finding, Row, correlation_words
from advgame.measurements import Column
from advgame.measurements.experiment_tables import CLEAN, WHITE_BOX, Measured
from advgame.statistics.rank_correlation import FEWEST, rank_correlation

QUESTION = "Does ψ, one over the largest divergence in a ball, rank networks as accuracy under attack does?"
MEASURE = "largest_divergence"
LEAST = 1e-12  # a smaller divergence is none


@dataclass(frozen=True)
class Ranked:
    """What is known of one defence, means over its seeds."""

    defence: str
    psi: float
    honest: float  # accuracy
    attacked: float  # accuracy

    @property
    def kept(self) -> float:
        """The share of the honest accuracy that is left under attack."""
        return self.attacked / self.honest if self.honest else 0.0

    @property
    def row(self) -> Row:
        """All of it, by name."""
        return {
            "defence": self.defence,
            "ψ": self.psi,
            "honest": self.honest,
            "attacked": self.attacked,
            "kept": self.kept,
        }


def intrinsic_robustness(measured: Measured) -> Finding:
    """Spearman's rank correlation over defences, each the mean of its seeds.

    ψ of a network is one over its mean divergence; the mean of one over each input's divergence, told beside
    it, is that of the few inputs whose answers hardly move. The accuracy is that under the white-box attacks
    in L∞ of the radius nearest to ψ's.
    """
    name = next((name for name, each in measured.record["measures"].items() if each["use"] == MEASURE), None)
    if name is None:
        return Finding(QUESTION, measured.experiment, "It does not measure the largest divergence.")
    radius = float(measured.record["measures"][name]["settings"]["radius"])
    columns = nearest(measured, radius)
    ranked = _by_defence(measured, name, columns)
    if len(ranked) < FEWEST:
        return Finding(
            QUESTION, measured.experiment, f"Fewer than {FEWEST} networks have ψ and an L∞ accuracy."
        )
    psi = [each.psi for each in ranked]
    attacked = rank_correlation(psi, [each.attacked for each in ranked])
    kept = rank_correlation(psi, [each.kept for each in ranked])
    honest = rank_correlation(psi, [each.honest for each in ranked])
    means = measured.measure(name, "psi")
    other = rank_correlation([means[each.defence] for each in ranked], [each.attacked for each in ranked])
    answer = (
        f"Over {len(ranked)} networks, the rank correlation of ψ (L∞ {radius:g}) is "
        f"{correlation_words(attacked)} with the accuracy under white-box attacks at L∞ "
        f"{columns[0].radius:g}, {correlation_words(kept)} with the share of the honest accuracy that is "
        f"kept there, and {correlation_words(honest)} with the honest accuracy. Taken input by input "
        "and then averaged, which lets the few inputs decide whose answers hardly move, ψ correlates with "
        f"the accuracy under attack by {correlation_words(other)}."
    )
    return Finding(QUESTION, measured.experiment, answer, tuple(each.row for each in ranked))


def nearest(measured: Measured, radius: float) -> list[Column]:
    """The white-box L∞ columns that all defences share, at the radius nearest to one."""
    found = measured.sides(list(measured.steps)).get(WHITE_BOX, [])
    apart = {column: abs((column.radius or 0) - radius) for column in found if column.norm == "Linf"}
    return [column for column, far in apart.items() if far == min(apart.values())]


def _by_defence(measured: Measured, name: str, columns: list[Column]) -> list[Ranked]:
    if not columns:
        return []
    return [
        Ranked(
            defence,
            1 / max(divergence, LEAST),
            measured.cell(defence, CLEAN).accuracy,
            measured.standing(defence, columns).accuracy,
        )
        for defence, divergence in measured.measure(name, "divergence").items()
    ]
