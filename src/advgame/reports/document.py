"""A document: the decision as blocks that every format can render."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.decision import Decision, Recommendation
from advgame.reports.blocks import Block, Verdict
from advgame.studies import BreakEven, Threshold
from advgame.studies.confidence import Confidence


@dataclass(frozen=True, eq=False)
class Document:
    """The decision on a scenario: the blocks for people, and the values behind them.

    The same inputs give the same report, byte for byte: it carries no date.
    """

    title: str
    question: str
    blocks: tuple[Block, ...]
    decision: Decision
    thresholds: tuple[Threshold, ...]
    break_even: tuple[BreakEven, ...]
    confidence: Confidence | None  # None where the report does not state it
    inputs_sha256: str
    versions: tuple[tuple[str, str], ...]  # (software, version)

    @property
    def recommendation(self) -> Recommendation:
        """What is deployed, with the solution behind it."""
        return self.decision.recommendation

    @property
    def verdict(self) -> str:
        """The verdict in one line.

        >>> import advgame as ag
        >>> ag.report(ag.case("cifar10-two-defences")).verdict.partition(" of inputs")[0]
        'Announce the defence: adversarially trained network for 86 %'
        """
        return next((block.text for block in self.blocks if isinstance(block, Verdict)), self.title)
