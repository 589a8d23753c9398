"""The effect of a low-pass filter in front of a network, and of missing fine detail."""

from __future__ import annotations

from advgame.findings.comparisons import Difference, difference
from advgame.findings.finding import Finding, correlation_words, listed
from advgame.measurements.experiment_tables import BENIGN, CLEAN, NATURAL, WHITE_BOX, Measured
from advgame.statistics.rank_correlation import FEWEST, rank_correlation

QUESTION = "Is invariance to low-pass filtering desirable?"
FILTER = "low_pass"
VERDICTS = {
    "better": "better on",
    "worse": "worse on",
    "inconclusive": "inconclusive on",
}


def low_pass(measured: Measured) -> Finding:
    """Each filtered network compared with the unfiltered one: clean, attacked, after natural changes.

    Low-pass filtered inputs are excluded, because they are the same for both networks.
    """
    by_pair: dict[tuple[str, str], list[Difference]] = {}
    for step in measured.using(FILTER):
        base = measured.base(step.name)
        if base is not None:
            pair = step.name, base
            sides = measured.sides(pair)
            on = [(side, sides[side]) for side in (BENIGN, WHITE_BOX) if side in sides]
            on += [
                (column.full_name, [column])
                for column in sides.get(NATURAL, [])
                if measured.kind(column.attack)["use"] != FILTER
            ]
            by_pair[pair] = [difference(measured, *pair, name, columns) for name, columns in on]
    if not by_pair:
        return Finding(QUESTION, measured.name, "It has no pair of a filtered and an unfiltered network.")
    answer = " ".join([*map(_answer, by_pair.values()), *_of_all_networks(measured)])
    evidence = [difference.row for differences in by_pair.values() for difference in differences]
    return Finding(QUESTION, measured.name, answer, tuple(evidence), "; ".join(map(_short, by_pair.values())))


def _short(differences: list[Difference]) -> str:
    verdicts = [entry.verdict for entry in differences]
    counts = [
        f"{word} on {verdicts.count(word)}"
        for word in ("better", "worse", "inconclusive")
        if word in verdicts
    ]
    return f"{differences[0].first}: {', '.join(counts)} kinds of inputs"


def _answer(differences: list[Difference]) -> str:
    parts = []
    for verdict, phrase in VERDICTS.items():
        names = [f"{entry.on} {entry.words}" for entry in differences if entry.verdict == verdict]
        if names:
            parts.append(f"{phrase} {listed(names)}")
    return f"Compared with {differences[0].second}, {differences[0].first} is {'; '.join(parts)}."


def _of_all_networks(measured: Measured) -> list[str]:
    """Whether networks that keep their accuracy without fine detail also keep it under attack.

    Networks with a filter in front are excluded, because another filter costs them nothing. Of several
    filters the mildest is used: a strong one reduces all networks to guessing.
    """
    names = [name for name, step in measured.steps.items() if step.use != FILTER]
    sides = measured.sides(names)
    filters = [column for column in sides.get(NATURAL, []) if measured.kind(column.attack)["use"] == FILTER]
    if not filters or WHITE_BOX not in sides or len(names) < FEWEST:
        return []
    mildest = min(filters, key=lambda column: column.radius or 0.0)
    kept = [measured.cell(name, mildest).accuracy - measured.cell(name, CLEAN).accuracy for name in names]
    attacked = [measured.standing(name, sides[WHITE_BOX]).accuracy for name in names]
    correlation = rank_correlation(kept, attacked)
    return [
        f"Over the {len(names)} other networks, the change of accuracy under {mildest.full_name} "
        "and the accuracy under white-box attacks have a rank correlation of "
        f"{correlation_words(correlation)}."
    ]
