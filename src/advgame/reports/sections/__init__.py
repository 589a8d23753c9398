"""The sections of a report in their order: one question of the reader per file."""

from __future__ import annotations

from collections.abc import Callable

from advgame.catalogue import Catalogue
from advgame.reports.blocks import Block
from advgame.reports.facts import Facts
from advgame.reports.sections.assumptions import assumptions
from advgame.reports.sections.attack_measurement import attack_measurement
from advgame.reports.sections.break_even_shares import break_even
from advgame.reports.sections.equilibrium import equilibrium
from advgame.reports.sections.nearest_thresholds import thresholds
from advgame.reports.sections.payoff_matrices import payoffs
from advgame.reports.sections.policies_compared import policies
from advgame.reports.sections.provenance import provenance
from advgame.reports.sections.sources import sources
from advgame.reports.sections.summary import summary
from advgame.reports.sections.what_to_deploy import decision

Section = Callable[[Facts], tuple[Block, ...]]

SECTIONS: Catalogue[Section] = Catalogue(
    "report section",
    {
        section.__name__: section
        for section in (
            decision,
            summary,
            policies,
            thresholds,
            break_even,
            equilibrium,
            payoffs,
            attack_measurement,
            assumptions,
            sources,
            provenance,
        )
    },
)

__all__ = ["SECTIONS", "Section"]
