"""A decision that can be rendered in any format and saved."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from advgame.errors import UnknownName
from advgame.files import written_whole
from advgame.reports.document import Document
from advgame.reports.formats import FORMATS


@dataclass(frozen=True, eq=False)
class Report(Document):
    """The decision on a scenario, as a document that can be rendered and saved.

    The same inputs give the same report, byte for byte: it carries no date.
    """

    def render(self, format: str = "text") -> str:
        """The report as text in a format of ``FORMATS``.

        Raises:
            UnknownName: when no format has that name.
        """
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
    endings = {ending: name for name, each in FORMATS.items() for ending in each.endings}
    fitting = [ending for ending in endings if path.name.lower().endswith(ending)]
    if not fitting:
        raise UnknownName("ending of a report's file", path.suffix or path.name, endings)
    return endings[max(fitting, key=len)]
