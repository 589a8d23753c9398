"""Section: which figures are used, what are their sources, and which carry warnings?"""

from __future__ import annotations

from collections import Counter

import numpy as np

from advgame.arrays import NO_ATTACK
from advgame.measurements import Measurement
from advgame.number_text import accuracy
from advgame.payoffs.accuracies import defence_names
from advgame.reports.blocks import Block, Caution, Cell, Head, Heading, Matrix, Paragraph, Table
from advgame.reports.facts import Facts
from advgame.reports.sections.payoff_matrices import shown_rows
from advgame.scenarios.stated_errors import stated_errors
from advgame.wording.caveats import NUMBER
from advgame.wording.names import attack_in_words, counted, shortened

CONCERNED = 4  # rows named per warning
SHOWN = 20
OF_RUNS = (
    "For a mean over training runs it is the error of the runs alone; that of the test inputs comes on "
    "top, and is a part of how sure the decision is."
)


def sources(facts: Facts) -> tuple[Block, ...]:
    """The accuracies in use, their sources, and the warnings on their rows."""
    return (
        Heading("Figures and sources"),
        Paragraph(_lead(facts)),
        *_names(facts),
        _accuracies(facts),
        _origins(facts),
        *_warnings(facts),
    )


def _lead(facts: Facts) -> str:
    scenario = facts.scenario
    data = f" from {scenario.data}" if scenario.data else ""
    averaged = any(row.std is not None and (row.runs or 0) > 1 for row in facts.rows)
    return (
        f"{counted(len(scenario.selected), 'row', 'rows')}{data}, data set "
        f"{', '.join(scenario.selected.datasets)}. Accuracies in percent, with one standard error where "
        f"the source allows computing it.{f' {OF_RUNS}' if averaged else ''}"
    )


def _names(facts: Facts) -> tuple[Table, ...]:
    """The labels in use with the names in the table; nothing where the scenario has no labels."""
    labels, accuracies = facts.scenario.labels, facts.accuracies
    used = [name for name in (*accuracies.defences, *accuracies.attacks) if name in labels]
    rows = tuple((Cell(labels[name]), Cell(name)) for name in used)
    return (Table("Names", (Head("In text and figures"), Head("In tables and files")), rows),) if rows else ()


def _accuracies(facts: Facts) -> Matrix:
    accuracies = facts.accuracies
    shown = shown_rows(facts)
    errors = stated_errors(facts.scenario)
    texts = tuple(
        tuple(
            accuracy(
                float(accuracies.attacked_accuracy[row, column]), errors.get((defence, attack))
            ).removesuffix(" %")
            for column, attack in enumerate(accuracies.attacks)
        )
        for row, defence in enumerate(accuracies.defences)
    )
    left_out = len(accuracies.defences) - len(shown)
    return Matrix(
        "Accuracy",
        "% correct",
        accuracies.defences,
        tuple(map(attack_in_words, accuracies.attacks)),
        values=tuple(map(tuple, accuracies.attacked_accuracy.tolist())),
        texts=texts,
        marked=tuple(map(tuple, np.zeros(accuracies.attacked_accuracy.shape, dtype=bool).tolist())),
        shown=shown,
        note=f"{counted(left_out, 'weaker defence is', 'weaker defences are')} not shown."
        if left_out
        else "",
    )


def _origins(facts: Facts) -> Table:
    counts = Counter(row.source or "no source given" for row in facts.scenario.selected)
    rows = tuple((Cell(source), Cell(f"{count:,}", count)) for source, count in counts.items())
    return Table("Sources", (Head("source"), Head("rows", True)), rows, shown=SHOWN)


def _warnings(facts: Facts) -> list[Block]:
    """The warnings, most frequent first; those that differ only in their numbers are merged."""
    kinds: dict[str, dict[str, Measurement]] = {}
    first: dict[str, str] = {}
    names = defence_names(facts.rows)
    for row in facts.rows:
        for warning in row.warnings:
            kind = NUMBER.sub("#", warning)
            first.setdefault(kind, warning)
            kinds.setdefault(kind, {})[_short_name(row, names[row.network, row.defence])] = row
    if not kinds:
        return [Paragraph("No row carries a warning.")]
    heads = Head("warning"), Head("rows", True), Head("which")
    order = sorted(kinds, key=lambda kind: (-len(kinds[kind]), first[kind]))
    rows = tuple(
        (
            Cell(
                first[kind]
                if len(kinds[kind]) == 1
                else f"{first[kind]} (first of {len(kinds[kind])} similar)"
            ),
            Cell(f"{len(kinds[kind]):,}", len(kinds[kind])),
            Cell(shortened(kinds[kind], CONCERNED)),
        )
        for kind in order
    )
    concerned = len({name for rows in kinds.values() for name in rows})
    return [
        Caution(
            f"{counted(concerned, 'row', 'rows')} of {len(facts.rows):,} "
            f"{'carries' if concerned == 1 else 'carry'} a warning."
        ),
        Table("Warnings", heads, rows, shown=SHOWN),
    ]


def _short_name(row: Measurement, defence: str) -> str:
    if row.attack == NO_ATTACK:
        return f"{defence} without attack"
    return f"{defence} under {row.column.full_name}"
