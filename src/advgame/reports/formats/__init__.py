"""Report formats, one per file."""

from advgame.catalogue import Catalogue
from advgame.reports.formats.format import Format
from advgame.reports.formats.gambit import Nfg
from advgame.reports.formats.gambit_counts import NfgCounts
from advgame.reports.formats.html import Html
from advgame.reports.formats.json import Json
from advgame.reports.formats.latex import Latex
from advgame.reports.formats.markdown import Markdown
from advgame.reports.formats.pdf import Pdf
from advgame.reports.formats.text import Text
from advgame.reports.formats.xlsx import Xlsx

FORMATS: Catalogue[Format] = Catalogue(
    "report format",
    {
        form.name: form
        for form in (Text(), Markdown(), Html(), Pdf(), Latex(), Xlsx(), Json(), Nfg(), NfgCounts())
    },
)

__all__ = ["FORMATS", "Format"]
