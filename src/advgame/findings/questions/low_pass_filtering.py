"""A low-pass filter in front of a network, and what networks lose without fine detail."""

from __future__ import annotations

from advgame.findings.comparisons import Difference, difference
from advgame.findings.finding import Finding, correlation_words, listed
from advgame.measurements.experiment_tables import CLEAN, HONEST, NATURAL, WHITE_BOX, Measured
from advgame.statistics.rank_correlation import FEWEST, rank_correlation

QUESTION = "Is invariance to low-pass filtering desirable?"
FILTER = "low_pass"
VERDICTS = {
    "better": "better on",
    "worse": "worse on",
    "not told apart": "not told apart on",
}


def low_pass(measured: Measured) -> Finding:
    """Each filtered network beside the same one unfiltered: honest, attacked, after natural changes.

    Not after low-pass filtering: what comes filtered already is the same to both.
    """
    found: dict[tuple[str, str], list[Difference]] = {}
    for step in measured.using(FILTER):
        base = measured.base(step.name)
        if base is not None:
            pair = step.name, base
            sides = measured.sides(pair)
            on = [(side, sides[side]) for side in (HONEST, WHITE_BOX) if side in sides]
            on += [
                (column.full_name, [column])
                for column in sides.get(NATURAL, [])
                if measured.kind(column.attack)["use"] != FILTER
            ]
            found[pair] = [difference(measured, *pair, name, columns) for name, columns in on]
    if not found:
        return Finding(
            QUESTION, measured.experiment, "It has no filtered network and the same one unfiltered."
        )
    answer = " ".join([*map(_answer, found.values()), *_of_all_networks(measured)])
    evidence = [each.row for differences in found.values() for each in differences]
    return Finding(QUESTION, measured.experiment, answer, tuple(evidence))


def _answer(differences: list[Difference]) -> str:
    told = []
    for verdict, phrase in VERDICTS.items():
        names = [f"{each.on} {each.words}" for each in differences if each.verdict == verdict]
        if names:
            told.append(f"{phrase} {listed(names)}")
    return f"{differences[0].first} beside {differences[0].second} is {'; '.join(told)}."


def _of_all_networks(measured: Measured) -> list[str]:
    """Whether networks that keep their accuracy without fine detail also keep it under attack.

    Networks with a filter in front lose nothing by another, and do not count. Of several filters the
    mildest: a strong one brings all networks down to guessing, and what they keep is how little they had.
    """
    names = [name for name, step in measured.steps.items() if step.use != FILTER]
    sides = measured.sides(names)
    filters = [column for column in sides.get(NATURAL, []) if measured.kind(column.attack)["use"] == FILTER]
    if not filters or WHITE_BOX not in sides or len(names) < FEWEST:
        return []
    mildest = min(filters, key=lambda column: column.radius or 0.0)
    kept = [measured.cell(name, mildest).accuracy - measured.cell(name, CLEAN).accuracy for name in names]
    attacked = [measured.standing(name, sides[WHITE_BOX]).accuracy for name in names]
    found = rank_correlation(kept, attacked)
    return [
        f"Over the {len(names)} other networks, what is kept of the honest accuracy under "
        f"{mildest.full_name} and the accuracy under white-box attacks have a rank correlation of "
        f"{correlation_words(found)}."
    ]
