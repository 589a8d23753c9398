"""A decision as blocks that any format can tell."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from advgame.decision import Recommendation
from advgame.errors import UnknownName
from advgame.files import written_whole
from advgame.reports.blocks import Block, Verdict
from advgame.studies import BreakEven, Threshold


@dataclass(frozen=True, eq=False)
class Report:
    """The decision on a scenario: the blocks people read, and the values behind them.

    The same inputs give the same report, byte for byte: it carries no date.
    """

    title: str
    question: str
    blocks: tuple[Block, ...]
    recommendation: Recommendation
    thresholds: tuple[Threshold, ...]
    break_even: tuple[BreakEven, ...]
    inputs_sha256: str
    versions: tuple[tuple[str, str], ...]  # (software, version)

    @property
    def verdict(self) -> str:
        """What to deploy, in one line.

        >>> import advgame as ag
        >>> ag.report(ag.case("cifar10-two-defences")).verdict
        'Deploy Rice2020Overfitting for 75 % of inputs and Standard for 25 %, drawn at random'
        """
        return next((block.text for block in self.blocks if isinstance(block, Verdict)), self.title)

    def render(self, format: str = "text") -> str:
        """The report as text in a format of ``FORMATS``.

        Raises:
            UnknownName: when no format has that name.
        """
        from advgame.reports.formats import FORMATS

        return FORMATS[format].render(self)

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> Path:
        """Writes the report; the ending of the name chooses the format where none is named.

        Raises:
            UnknownName: when neither names a format.
            InputError: when the file cannot be written; nothing half-written is left.
        """
        path = Path(path)
        text = self.render(format if format is not None else format_of(path))
        return written_whole(path, lambda file: file.write(text), text=True)


def format_of(path: Path) -> str:
    """The name of the format that a file's ending asks for.

    >>> format_of(Path("decision.htm")), format_of(Path("decision.counts.nfg"))
    ('html', 'nfg_counts')

    Raises:
        UnknownName: for an ending that no format has.
    """
    from advgame.reports.formats import FORMATS

    endings = {ending: name for name, each in FORMATS.items() for ending in each.endings}
    fitting = [ending for ending in endings if path.name.lower().endswith(ending)]
    if not fitting:
        raise UnknownName("ending of a report's file", path.suffix or path.name, endings)
    return endings[max(fitting, key=len)]
