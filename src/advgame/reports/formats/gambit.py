"""The game as a Gambit file with exact payoffs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from advgame.games import write_nfg
from advgame.reports.formats.format import Format
from advgame.wording.names import one_line

if TYPE_CHECKING:
    from advgame.reports.document import Document


@dataclass(frozen=True)
class Nfg(Format):
    """Gambit's strategic form (.nfg) of the solved game, without the rest of the report."""

    name: ClassVar[str] = "nfg"
    endings: ClassVar[tuple[str, ...]] = (".nfg",)
    media_type: ClassVar[str] = "text/plain"
    whole: ClassVar[bool] = False

    def render(self, report: Document) -> str:
        """The payoffs of both players as exact fractions."""
        return write_nfg(report.recommendation.game, one_line(report.title))
