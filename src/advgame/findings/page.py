"""All questions and answers as a page of Markdown, made of nothing but the measured tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from advgame.findings import QUESTIONS, Finding, Question, answering, concerns
from advgame.findings.finding import Row, listed, norm_sign, points
from advgame.measurements.experiment_tables import WHITE_BOX, Measured, read_measured

OPENING = """# What the measured tables say

Made by `advgame findings -o docs/reference/findings.md` from the tables in
[data/measured](../../data/measured); no number on this page is typed by hand. The
[notebook](../../notebooks/findings.ipynb) draws the same figures.

How to read it. A *point* is a hundredth of accuracy. Differences are paired: both networks saw the same
inputs and were trained from the same seeds. Their 95 % intervals are Student's t for a design in which
inputs and training seeds are both random (Satterthwaite's degrees of freedom): they speak of training
again, not of these very networks, and are wide where there are few seeds; of two seeds they hold some 89
times in a hundred. The p-value speaks of these very networks: an exact sign test over inputs, which may be
tiny where the interval, which speaks of others, is wide. Each interval stands for itself: of the many on
this page one in twenty may miss. *White-box attacks* is the mean over norms and radii, of those columns
that most inputs met (slow attacks met fewer and are left out; the table below says which count); an
input counts as right at a norm and radius if it withstands every attack tried there. Rank correlations are
Spearman's, with a bootstrap interval over networks (which are made from one another, so that it is narrow);
of importances and saliency maps the range is that of the seeds' intervals.
"""
P_VALUE = "p-value"
SHARES = ("wins there", "wins at its last")  # told in percent
LEAST_P = 0.001  # a smaller one is told as that
NO_TABLE = "No table has been measured yet: `advgame measure` with a file of data/experiments writes one."


def page(tables: Sequence[Path], questions: Sequence[Question] = QUESTIONS) -> str:
    """The page for some measured tables, with all questions or some.

    Raises:
        MeasurementError: for a table whose files are not whole.
    """
    measured = [each for table in tables for each in read_measured(table)]
    parts = [OPENING, about(measured) if measured else NO_TABLE]
    for question in questions:
        findings = [question(each) for each in measured if concerns(question, each)]
        if findings:
            parts.append(f"## {findings[0].question}")
            parts += [told(finding) for finding in findings if finding.answered]
            missing = [finding for finding in findings if not finding.answered]
            if missing:
                parts.append(
                    left_out(missing, question) if len(missing) == len(findings) else beside(missing)
                )
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def about(measured: Sequence[Measured]) -> str:
    """What was measured, one line for each experiment."""
    lines = [
        "| experiment | data set, network | defences | columns | seeds | test inputs | rows | "
        "white-box attacks |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in measured:
        seeds = {row.seed for row in each.table}
        lines.append(
            f"| {each.experiment} | {each.dataset}, {each.network} | {len(each.table.defences)} | "
            f"{len(each.table.columns)} | {len(seeds)} | {max(row.tested or 0 for row in each.table):,} | "
            f"{len(each.table):,} | {_white_box(each)} |"
        )
    return "\n".join(lines)


def _white_box(measured: Measured) -> str:
    """The columns that count as white-box attacks, where all defences are compared."""
    columns = measured.sides(list(measured.steps)).get(WHITE_BOX, [])
    balls = {f"{norm_sign(column.norm)} {column.radius:g}": None for column in columns}
    return ", ".join(balls) or "none"


def told(finding: Finding) -> str:
    """An answer and its figures."""
    return f"**{finding.experiment}.** {finding.answer}\n\n{markdown(finding.evidence)}"


def left_out(findings: Sequence[Finding], question: Question) -> str:
    """Why no experiment answers, and what would."""
    reasons = " ".join(f"{each.experiment}: {each.answer}" for each in findings)
    return f"*No table here answers this: {answering(question)} would. {reasons}*"


def beside(findings: Sequence[Finding]) -> str:
    """Which other experiments did not ask."""
    return f"*Not measured in {listed([each.experiment for each in findings])}.*"


def markdown(rows: Sequence[Row]) -> str:
    """Rows as a table; a difference and its interval become one column.

    >>> print(markdown([{"first": "a", "difference": 0.02, "low": 0.0, "high": 0.04}]))
    | first | difference, in points |
    |---|---|
    | a | +2.0 (0.0 to +4.0) |
    """
    shown = [_merged(row) for row in rows]
    lines = [list(shown[0]), *([_cell(name, value) for name, value in row.items()] for row in shown)]
    table = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([table[0], "|" + "---|" * len(shown[0]), *table[1:]])


def _merged(row: Row) -> Row:
    if "difference" not in row:
        return row
    amount, low, high = (points(float(row[name])) for name in ("difference", "low", "high"))
    merged = {name: value for name, value in row.items() if name not in ("low", "high")}
    return {
        "difference, in points" if name == "difference" else name: f"{amount} ({low} to {high})"
        if name == "difference"
        else value
        for name, value in merged.items()
    }


def _cell(name: str, value: object) -> str:
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    if name == P_VALUE and isinstance(value, float):
        text = f"{value:.2g}" if value >= LEAST_P else f"below {LEAST_P}"
    if name in SHARES and isinstance(value, float):
        text = f"{value:.0%}"
    return text.replace("|", "\\|")
