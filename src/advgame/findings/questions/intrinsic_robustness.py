"""Compares the ranking of networks by an intrinsic robustness measure with that by accuracy under attack."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.findings.finding import Finding, Row, correlation_words
from advgame.measurements import Column
from advgame.measurements.experiment_tables import CLEAN, WHITE_BOX, Measured
from advgame.measurements.radii import radius_text
from advgame.statistics.rank_correlation import FEWEST, rank_correlation

QUESTION = (
    "Does ψ, the inverse of the largest divergence in a ball, rank networks like accuracy under attack?"
)
MEASURE = "largest_divergence"
LEAST = 1e-12  # smaller divergences count as zero


@dataclass(frozen=True)
class Ranked:
    """The measurements of one defence, as means over seeds."""

    defence: str
    psi: float
    clean: float  # accuracy
    attacked: float  # accuracy

    @property
    def kept(self) -> float:
        """The fraction of the clean accuracy that remains under attack."""
        return self.attacked / self.clean if self.clean else 0.0

    @property
    def row(self) -> Row:
        """The measurements as a row of a table."""
        return {
            "defence": self.defence,
            "ψ": self.psi,
            "clean": self.clean,
            "attacked": self.attacked,
            "kept": self.kept,
        }


def intrinsic_robustness(measured: Measured) -> Finding:
    """Spearman's rank correlation over defences, with means over seeds.

    ψ of a network is the inverse of its mean divergence. The mean of the inverse divergences per input is
    also reported; it is dominated by the few inputs whose outputs hardly change. The accuracy is that under
    white-box L∞ attacks at the radius nearest to that of ψ.
    """
    name = next(
        (name for name, measure in measured.record["measures"].items() if measure["use"] == MEASURE), None
    )
    if name is None:
        return Finding(QUESTION, measured.name, "It does not measure the largest divergence.")
    radius = float(measured.record["measures"][name]["settings"]["radius"])
    columns = nearest(measured, radius)
    ranked = _by_defence(measured, name, columns)
    if len(ranked) < FEWEST:
        return Finding(QUESTION, measured.name, f"Fewer than {FEWEST} networks have ψ and an L∞ accuracy.")
    psi = [network.psi for network in ranked]
    attacked = rank_correlation(psi, [network.attacked for network in ranked])
    kept = rank_correlation(psi, [network.kept for network in ranked])
    clean = rank_correlation(psi, [network.clean for network in ranked])
    means = measured.measure(name, "psi")
    per_input = rank_correlation(
        [means[network.defence] for network in ranked], [network.attacked for network in ranked]
    )
    of_psi, of_attacks = (radius_text(value, "Linf") for value in (radius, columns[0].radius))
    answer = (
        f"Over {len(ranked)} networks, the rank correlation of ψ (L∞ {of_psi}) is "
        f"{correlation_words(attacked)} with the accuracy under white-box attacks at L∞ "
        f"{of_attacks}, {correlation_words(kept)} with the share of the clean accuracy that is kept there, "
        f"and {correlation_words(clean)} with the clean accuracy. If ψ is computed per input "
        "and then averaged, it is dominated by the few inputs whose outputs hardly change, and its "
        f"correlation with the accuracy under attack is {correlation_words(per_input)}."
    )
    short = f"rank correlation {correlation_words(attacked)}"
    return Finding(QUESTION, measured.name, answer, tuple(network.row for network in ranked), short)


def nearest(measured: Measured, radius: float) -> list[Column]:
    """The white-box L∞ columns common to all defences, at the radius nearest to a given one."""
    columns = measured.sides(list(measured.steps)).get(WHITE_BOX, [])
    apart = {column: abs((column.radius or 0) - radius) for column in columns if column.norm == "Linf"}
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
