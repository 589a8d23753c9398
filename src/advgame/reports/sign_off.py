"""The block in which a report is signed: who wrote it, when, what was decided, and lines for signatures."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.reports.blocks import Block, Cell, Head, Heading, Table

LINE = "…" * 24
DECISIONS = ("accepted", "accepted with changes", "rejected", "postponed")


@dataclass(frozen=True)
class SignOff:
    """What stands above the signatures. A report without it carries no date.

    Args:
        author: who wrote the report.
        date: of the report, as it shall be printed.
        decision: what was decided; empty for a line to fill in.
        signatories: who signs; a line for each.
    """

    author: str = ""
    date: str = ""
    decision: str = ""
    signatories: tuple[str, ...] = ("Owner of the service", "Security")

    def blocks(self) -> tuple[Block, ...]:
        """The section.

        >>> SignOff("A. Author", "2026-11-29").blocks()[1].rows[0][1].text
        'A. Author'
        """
        about = (
            ("Author", self.author or LINE),
            ("Date", self.date or LINE),
            ("Decision", self.decision or f"{' / '.join(DECISIONS)}"),
        )
        facts = tuple((Cell(name), Cell(text)) for name, text in about)
        lines = tuple((Cell(name), Cell(LINE), Cell(LINE)) for name in self.signatories)
        return (
            Heading("Decision and signatures"),
            Table("", (Head("about this report"), Head("")), facts),
            Table("", (Head("name and role"), Head("signature"), Head("date")), lines),
        )
