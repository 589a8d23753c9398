"""The report as PDF: the HTML page, typeset for A4."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, cast

from advgame.errors import InputError
from advgame.reports.formats.format import Format
from advgame.reports.formats.html import Html

if TYPE_CHECKING:
    from advgame.reports.document import Document

EPOCH = "SOURCE_DATE_EPOCH"  # the variable that fontTools reads instead of the clock
LOCK = Lock()


@dataclass(frozen=True)
class Pdf(Format):
    """A4 pages with page numbers and fonts embedded; made by WeasyPrint, from the extra ``pdf``.

    The same report gives the same bytes where the same fonts and the same version of WeasyPrint are
    installed.
    """

    name: ClassVar[str] = "pdf"
    endings: ClassVar[tuple[str, ...]] = (".pdf",)
    media_type: ClassVar[str] = "application/pdf"

    def check(self) -> None:
        """As `Format.check`: WeasyPrint and Pango are needed."""
        _weasyprint()

    def render(self, report: Document) -> bytes:
        """The pages.

        Raises:
            InputError: when WeasyPrint, or the library Pango that it uses, is not installed.
        """
        weasyprint = _weasyprint()
        with _without_clock():
            page = weasyprint.HTML(string=Html().render(report), url_fetcher=_refuse)
            return cast(bytes, page.write_pdf())


def _weasyprint() -> Any:
    try:
        import weasyprint
    except ModuleNotFoundError as missing:
        raise InputError(
            f"A PDF requires {missing.name}, which is not installed; run pip install 'advgame[pdf]', or save "
            "the report as HTML and print it."
        ) from None
    except OSError as missing:  # Pango is a library of the system, not of Python
        raise InputError(
            f"A PDF requires the library Pango, which could not be loaded ({missing}); install it (Debian: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0), or save the report as HTML and print it."
        ) from None
    return weasyprint


def _refuse(address: str, *_: Any, **__: Any) -> Any:
    """A report refers to nothing outside itself, and nothing is fetched."""
    raise ValueError(f"{address} is not part of the report")


@contextmanager
def _without_clock() -> Iterator[None]:
    """Subsets of fonts are stamped with a fixed time, so that equal reports are equal files."""
    with LOCK:
        before = os.environ.get(EPOCH)
        os.environ[EPOCH] = before or "0"
        try:
            yield
        finally:
            if before is None:
                del os.environ[EPOCH]
