"""A low-pass filter in front of a network, and what networks lose without fine detail."""

from __future__ import annotations

from advgame.findings.comparisons import Difference, difference
from advgame.findings.finding import Finding, correlation_words, listed
from advgame.findings.measured import CLEAN, HONEST, NATURAL, WHITE_BOX, Measured
from advgame.measurements.rank_correlation import FEWEST, rank_correlation

QUESTION = "Is invariance to low-pass filtering desirable?"
FILTER = "low_pass"
VERDICTS = {
    "better": "better on",
    "worse": "worse on",
    "not told apart": "not told apart on",
}


def low_pass(measured: Measured) -> Finding:
    """Each filtered network beside the same one unfiltered: honest, attacked, after natural changes."""
    found: dict[tuple[str, str], list[Difference]] = {}
    for step in measured.using(FILTER):
        base = measured.base(step.name)
        if base is not None:
            pair = step.name, base
            sides = measured.sides(pair)
            on = [(side, sides[side]) for side in (HONEST, WHITE_BOX) if side in sides]
            on += [(column.full_name, [column]) for column in sides.get(NATURAL, [])]
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
    """Whether networks that keep their accuracy without fine detail also keep it under attack."""
    sides = measured.sides(list(measured.steps))
    filtered = [column for column in sides.get(NATURAL, []) if measured.kind(column.attack)["use"] == FILTER]
    if not filtered or WHITE_BOX not in sides or len(measured.steps) < FEWEST:
        return []
    hardest = max(filtered, key=lambda column: column.radius or 0.0)
    kept = [
        measured.cell(name, hardest).accuracy - measured.cell(name, CLEAN).accuracy for name in measured.steps
    ]
    attacked = [measured.standing(name, sides[WHITE_BOX]).accuracy for name in measured.steps]
    found = rank_correlation(kept, attacked)
    return [
        f"Over {len(kept)} networks, what is kept of the honest accuracy under {hardest.full_name} and the "
        f"accuracy under white-box attacks have a rank correlation of {correlation_words(found)}."
    ]
