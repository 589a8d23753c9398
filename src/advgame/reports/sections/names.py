"""Section: which defence or attack of the tables is meant by each label?"""

from __future__ import annotations

from advgame.reports.blocks import Block, Cell, Head, Heading, Table
from advgame.reports.facts import Facts


def names(facts: Facts) -> tuple[Block, ...]:
    """The labels in use with the names in the tables; nothing where the scenario has no labels."""
    labels, accuracies = facts.scenario.labels, facts.accuracies
    used = [name for name in (*accuracies.defences, *accuracies.attacks) if name in labels]
    if not used:
        return ()
    rows = tuple((Cell(labels[name]), Cell(name)) for name in used)
    return (Heading("Names"), Table("", (Head("In text and figures"), Head("In tables and files")), rows))
