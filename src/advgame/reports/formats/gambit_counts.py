"""The game as a Gambit file without strategy names, for programs that cannot read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from advgame.games import write_nfg
from advgame.reports.formats.format import Format
from advgame.wording.names import one_line

if TYPE_CHECKING:
    from advgame.reports.document import Document


@dataclass(frozen=True)
class NfgCounts(Format):
    """Gambit's strategic form with strategy counts instead of names, as read by OpenSpiel."""

    name: ClassVar[str] = "nfg_counts"
    endings: ClassVar[tuple[str, ...]] = (".counts.nfg",)
    media_type: ClassVar[str] = "text/plain"
    whole: ClassVar[bool] = False

    def render(self, report: Document) -> str:
        """The payoffs of both players; fractions with large terms become the nearest float64."""
        return write_nfg(report.recommendation.game, one_line(report.title), names=False)
