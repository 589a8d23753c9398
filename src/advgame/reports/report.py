"""A report: a document that can be rendered in any format and saved."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import overload

from advgame.errors import UnknownName
from advgame.files import written_whole
from advgame.reports.blocks import Cell, Head, Heading, Table
from advgame.reports.document import Document
from advgame.reports.formats import FORMATS

BLANK = "_" * 40  # a line to write on


@dataclass(frozen=True, eq=False)
class Report(Document):
    """The decision on a scenario, as a document that can be rendered and saved.

    The same inputs give the same report, byte for byte: it carries no date.
    """

    @overload
    def render(self) -> str: ...

    @overload
    def render(self, format: str) -> str | bytes: ...

    def render(self, format: str = "text") -> str | bytes:
        """Renders the report in a format of ``FORMATS``.

        >>> import advgame as ag
        >>> ag.report(ag.case("cifar10-two-defences")).render("markdown").splitlines()[0][:22]
        '# Announce the defence'

        Returns:
            Text, or bytes where the format is binary.

        Raises:
            UnknownName: when no format has that name.
        """
        return FORMATS[format].render(self)

    def file_content(self, format: str = "text") -> bytes:
        """The bytes of the file that `save` writes: text is encoded as UTF-8.

        >>> import advgame as ag
        >>> ag.report(ag.case("cifar10-two-defences")).file_content("html")[:15]
        b'<!DOCTYPE html>'

        Raises:
            UnknownName: when no format has that name.
        """
        rendered = self.render(format)
        return rendered.encode("utf-8") if isinstance(rendered, str) else rendered

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> Path:
        """Writes the report to a file; the suffix selects the format unless one is named.

        Args:
            path: the file to write; an existing file is replaced.
            format: a name in ``FORMATS``; None for the format of the file's suffix.

        Returns:
            The path that was written.

        Raises:
            UnknownName: when neither the name nor the suffix is that of a format.
            InputError: when the file cannot be written; no partial file is left.
        """
        path = Path(path)
        content = self.file_content(format if format is not None else format_of(path))
        return written_whole(path, lambda file: file.write(content))

    def signed(self, author: str = "", on: date | str = "", decision: str = "") -> Report:
        """The report with a block for the decision that was taken and its signature.

        >>> import advgame as ag
        >>> signed = ag.report(ag.case("cifar10-two-defences")).signed("A. Engineer", "2030-01-31")
        >>> [[cell.text for cell in row] for row in signed.blocks[-1].rows][:2]
        [['prepared by', 'A. Engineer'], ['date', '2030-01-31']]

        Args:
            author: who prepared the report; empty for a line to fill in.
            on: the date of the decision, as it is to be printed or as a `date`; empty for a line to fill in.
            decision: what was decided; empty for a line to fill in.
        """
        entries = (("prepared by", author), ("date", str(on)), ("decision", decision), ("signature", ""))
        rows = tuple((Cell(label), Cell(text or BLANK)) for label, text in entries)
        heads = (Head("sign-off"), Head(""))
        return replace(self, blocks=(*self.blocks, Heading("Sign-off"), Table("", heads, rows)))


def format_of(path: Path) -> str:
    """The name of the format for a file's suffix.

    >>> format_of(Path("decision.htm")), format_of(Path("decision.counts.nfg"))
    ('html', 'nfg_counts')

    Raises:
        UnknownName: for a suffix that no format has.
    """
    endings = {ending: name for name, form in FORMATS.items() for ending in form.endings}
    fitting = [ending for ending in endings if path.name.lower().endswith(ending)]
    if not fitting:
        raise UnknownName("suffix of a report file", path.suffix or path.name, endings)
    return endings[max(fitting, key=len)]
