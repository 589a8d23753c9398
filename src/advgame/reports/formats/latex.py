"""The report as LaTeX, to be typeset or taken into a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, ClassVar

from advgame.reports.blocks import (
    Bullets,
    Caution,
    Figures,
    Heading,
    LineChart,
    Matrix,
    MixBars,
    Paragraph,
    Table,
    Verdict,
)
from advgame.reports.formats.format import Format
from advgame.wording.names import counted, one_line

if TYPE_CHECKING:
    from advgame.reports.document import Document

OPENING = r"""\documentclass[10pt,a4paper]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
\fi
\usepackage{lmodern}
\usepackage[margin=22mm]{geometry}
\usepackage{booktabs,longtable,array,xcolor,pgfplots}
\usepackage[hidelinks]{hyperref}
\pgfplotsset{compat=1.16}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5em}
\newcolumntype{L}[1]{>{\raggedright\arraybackslash}p{#1}}
\newenvironment{caution}{\begin{quote}\textbf{Caution:} }{\end{quote}}
\sloppy
"""
BREAK = r"\allowbreak{}"
# Where a long name may be broken: after a sign, before a capital, after twelve characters at the latest.
PIECES = re.compile(r".{4,12}?(?:(?<=[_/.=])|(?<=[a-z0-9])(?=[A-Z]))(?!$)|.{1,12}")
MARK = r"$\bullet$"
TEXT_WIDTH = 16.2  # cm between the margins
NUMBER_WIDTH = 1.9  # cm of a column of numbers
NARROWEST = 1.9  # cm of a column of texts
LINES = ("very thick", "thick,dashed", "thick,dotted", "thick,dash dot", "thick,densely dotted")
COLOURS = ("black", "blue!70!black", "orange!85!black", "teal", "purple")

# What has a meaning in LaTeX, and what its usual fonts cannot print.
MEANINGS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",  # an argument where it follows \\ or \item
    "]": "{]}",
    "\N{MINUS SIGN}": r"$-$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{INFINITY}": r"$\infty$",
    "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
    "\N{BLACK CIRCLE}": MARK,
    "\N{MIDDLE DOT}": r"$\cdot$",
    "\N{RIGHTWARDS ARROW}": r"$\to$",
    "\N{GREEK SMALL LETTER EPSILON}": r"$\varepsilon$",
    "\N{SUPERSCRIPT TWO}": r"$^2$",
    "\N{NO-BREAK SPACE}": "~",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    "\N{THIN SPACE}": r"\,",
    "\N{REPLACEMENT CHARACTER}": "?",
}


@dataclass(frozen=True)
class Latex(Format):
    """A document of the class ``article`` with booktabs tables and pgfplots charts; pdfLaTeX or newer.

    Text from the inputs is escaped. Characters that pdfLaTeX's fonts cannot print need LuaLaTeX or XeLaTeX.
    """

    name: ClassVar[str] = "latex"
    endings: ClassVar[tuple[str, ...]] = (".tex",)
    media_type: ClassVar[str] = "application/x-tex"

    def render(self, report: Document) -> str:
        """The verdict as title, then the other blocks."""
        first, *rest = report.blocks
        title = rf"\title{{{escaped(first.text if isinstance(first, Verdict) else report.title)}}}"
        head = [OPENING + title, rf"\author{{{escaped(report.title)}}}", r"\date{}"]
        rendered = [_rendered(block) for block in (rest if isinstance(first, Verdict) else report.blocks)]
        body = [r"\begin{document}", r"\maketitle", *rendered, r"\end{document}"]
        return "\n".join(head) + "\n\n" + "\n\n".join(body) + "\n"


def escaped(text: str) -> str:
    r"""A text on one line, in which nothing is a command of LaTeX.

    >>> escaped("50 % of $1 \\input{x}")
    '50~\\% of \\$1 \\textbackslash{}input\\{x\\}'
    """
    return (
        " ".join(
            BREAK.join(
                "".join(MEANINGS.get(character, character) for character in piece)
                for piece in PIECES.findall(word)
            )
            for word in one_line(text).split(" ")
        )
        .replace("--", "-{}-")  # LaTeX would join them to a dash
        .replace(r" \%", r"~\%")
    )


@singledispatch
def _rendered(block: object) -> str:
    raise TypeError(f"The LaTeX format cannot render the block {type(block).__name__}; add it in latex.py.")


@_rendered.register
def _verdict(block: Verdict) -> str:
    return rf"\section*{{{escaped(block.text)}}}"


@_rendered.register
def _heading(block: Heading) -> str:
    return rf"\section*{{{escaped(block.text)}}}"


@_rendered.register
def _paragraph(block: Paragraph) -> str:
    return escaped(block.text)


@_rendered.register
def _caution(block: Caution) -> str:
    return f"\\begin{{caution}}\n{escaped(block.text)}\n\\end{{caution}}"


@_rendered.register
def _bullets(block: Bullets) -> str:
    return _items([escaped(item) for item in block.items])


@_rendered.register
def _figures(block: Figures) -> str:
    rows = [[figure.label, figure.text, figure.note] for figure in block.items]
    return _grid(["", "", ""], rows, [False, True, False])


@_rendered.register
def _table(block: Table) -> str:
    rows = [[cell.text for cell in row] for row in block.rows[: block.shown]]
    left_out = (
        f"{counted(block.left_out, 'more row', 'more rows')} in the other formats." if block.left_out else ""
    )
    grid = _grid([head.text for head in block.heads], rows, [head.numeric for head in block.heads])
    return _with_title(block.title, grid, _note(left_out), _note(block.note))


@_rendered.register
def _bars(block: MixBars) -> str:
    rows = [[bar.name, bar.text] for bar in block.bars]
    return _with_title(block.title, _grid(["", "probability"], rows, [False, True]), _note(block.note))


@_rendered.register
def _matrix(block: Matrix) -> str:
    rows = [
        [block.rows[row], *(f"● {text}" if best else text for text, best in _marked(block, row))]
        for row in block.shown
    ]
    grid = _grid(["", *block.columns], rows, [False] + [True] * len(block.columns))
    meaning = f"● {block.mark_meaning}" if block.mark_meaning else ""
    return _with_title(f"{block.title} ({block.unit})", grid, _note(meaning), _note(block.note))


def _marked(block: Matrix, row: int) -> list[tuple[str, bool]]:
    return list(zip(block.texts[row], block.marked[row], strict=True))


@_rendered.register
def _chart(block: LineChart) -> str:
    lines = [
        f"\\addplot[{LINES[place % len(LINES)]},{COLOURS[place % len(COLOURS)]}] coordinates "
        f"{{{' '.join(f'({across:.6g},{up:.6g})' for across, up in line.points)}}};\n"
        f"\\addlegendentry{{{escaped(line.name)}}}"
        for place, line in enumerate(block.series)
    ]
    marker = [] if block.here is None else [_line_at(block.here)]
    axis = (
        rf"width=0.8\textwidth,height=6.5cm,xlabel={{{escaped(block.across)}}},ylabel={{{escaped(block.up)}}},"
        r"legend style={at={(0.5,-0.25)},anchor=north,draw=none},legend cell align=left,axis lines=left,"
        r"scaled ticks=false,tick label style={/pgf/number format/fixed}"
    )
    opening = [r"\begin{center}", r"\begin{tikzpicture}", rf"\begin{{axis}}[{axis}]"]
    closing = [r"\end{axis}", r"\end{tikzpicture}", r"\end{center}"]
    picture = "\n".join([*opening, *lines, *marker, *closing])
    return _with_title(block.title, picture, _note(block.note))


def _line_at(place: float) -> str:
    """A vertical line over the whole height of the chart."""
    ends = [f"({{axis cs:{place:.6g},0}} |- {{rel axis cs:0,{end}}})" for end in (0, 1)]
    return rf"\draw[gray,densely dotted] {ends[0]} -- {ends[1]};"


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> str:
    """A table that may run over pages; columns of text share the width that the numbers leave."""
    widths = _widths([heads, *rows], numeric)
    columns = [
        rf">{{\raggedleft\arraybackslash}}p{{{width:.2f}cm}}" if right else f"L{{{width:.2f}cm}}"
        for width, right in zip(widths, numeric, strict=True)
    ]
    size = r"\scriptsize" if sum(numeric) > 6 else r"\small"
    top = [_row(heads), r"\midrule", r"\endhead"] if any(heads) else [r"\endhead"]
    lines = [size, r"\setlength{\tabcolsep}{3pt}", rf"\begin{{longtable}}{{@{{}}{''.join(columns)}@{{}}}}"]
    lines += [r"\toprule", *top, *map(_row, rows), r"\bottomrule", r"\end{longtable}"]
    return "{" + "\n".join(lines) + "\n}"


def _widths(rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> list[float]:
    """The width of each column in cm: together at most the width of the text."""
    columns = list(zip(*rows, strict=True))
    wished = [
        min(NUMBER_WIDTH if right else 7.5, max(0.9, 0.19 * max(map(len, column))))
        for column, right in zip(columns, numeric, strict=True)
    ]
    room = TEXT_WIDTH - 0.21 * (len(wished) - 1)
    over = sum(wished) / room
    if over <= 1:
        return wished
    texts = sum(width for width, right in zip(wished, numeric, strict=True) if not right)
    numbers = sum(wished) - texts
    shrunk = max(NARROWEST * numeric.count(False), room - numbers)
    by_texts = [
        width if right else max(NARROWEST, width * shrunk / texts)
        for width, right in zip(wished, numeric, strict=True)
    ]
    return [width * min(1.0, room / sum(by_texts)) for width in by_texts]


def _row(cells: Sequence[str]) -> str:
    return f"{' & '.join(escaped(cell) for cell in cells)} \\\\"


def _items(items: Sequence[str]) -> str:
    return "\n".join([r"\begin{itemize}", *(rf"\item {item}" for item in items), r"\end{itemize}"])


def _note(text: str) -> str:
    return rf"{{\small\color{{darkgray}}{escaped(text)}}}" if text else ""


def _with_title(title: str, *parts: str) -> str:
    heading = rf"\subsection*{{{escaped(title)}}}" if title else ""
    return "\n\n".join(part for part in (heading, *parts) if part)
