"""Compares pruning methods at the same compression of the same network."""

from __future__ import annotations

from itertools import combinations

from advgame.findings.comparisons import Difference, compared
from advgame.findings.finding import Finding, listed
from advgame.measurements.experiment_tables import BENIGN, WHITE_BOX, Measured, Step

QUESTION = "Does Taylor pruning beat magnitude pruning and random pruning?"
SHARED_SETTINGS = (
    "compression",
    "structure",
    "scope",
    "epochs",
    "learning_rate",
    "fine_tuning",
    "radius",
    "noise",
)
METHODS = ("taylor", "magnitude", "random")  # the order in which the methods of a pair are named


def pruning_methods(measured: Measured) -> Finding:
    """Pairs of networks that differ only in the pruning criterion.

    They are pruned from the same network in equally many steps, with the same compression and fine-tuning.
    """
    alike: dict[tuple[object, ...], list[Step]] = {}
    for step in measured.using(*METHODS):
        alike.setdefault(_all_but_the_method(measured, step), []).append(step)
    pairs = [
        (first.name, second.name)
        for steps in alike.values()
        for first, second in combinations(sorted(steps, key=lambda step: METHODS.index(step.use)), 2)
        if first.use != second.use
    ]
    differences = [
        entry for sides in compared(measured, pairs, (BENIGN, WHITE_BOX)).values() for entry in sides.values()
    ]
    if not differences:
        return Finding(
            QUESTION,
            measured.name,
            "It prunes no network to the same compression with different methods.",
        )
    evidence = [
        {**entry.row, "compression": measured.steps[entry.first].settings["compression"]}
        for entry in differences
    ]
    return Finding(
        QUESTION,
        measured.name,
        _answer(measured, differences),
        tuple(evidence),
        _short(measured, differences),
    )


def _all_but_the_method(measured: Measured, step: Step) -> tuple[object, ...]:
    """The network that was pruned, and the settings of each step after it."""
    ways: list[object] = []
    while step.use in METHODS and step.after is not None:
        ways.append(tuple(step.settings.get(name) for name in SHARED_SETTINGS))
        step = measured.steps[step.after]
    return step.name, *ways


def _short(measured: Measured, differences: list[Difference]) -> str:
    """How many comparisons of each pair of methods are clear."""
    pairs: dict[str, list[str]] = {}
    for entry in differences:
        uses = [measured.steps[name].use for name in (entry.first, entry.second)]
        pairs.setdefault(" better than ".join(uses), []).append(entry.verdict)
    return "; ".join(
        f"{pair} in {verdicts.count('better')} of {len(verdicts)}"
        + (f", worse in {verdicts.count('worse')}" if "worse" in verdicts else "")
        for pair, verdicts in pairs.items()
    )


def _answer(measured: Measured, differences: list[Difference]) -> str:
    groups: dict[tuple[str, str], list[Difference]] = {}
    for entry in differences:
        first, second = measured.steps[entry.first], measured.steps[entry.second]
        groups.setdefault(
            (f"{first.use} against {second.use}, {first.settings['structure']}", entry.on), []
        ).append(entry)
    clear, open_ = [], []
    for (methods, side), group in groups.items():
        sure = [entry for entry in group if entry.verdict != "inconclusive"]
        widest = max(sure or group, key=lambda entry: abs(entry.comparison.difference))
        counts = {word: sum(entry.verdict == word for entry in group) for word in ("better", "worse")}
        seen = [f"{word} in {count} of {len(group)}" for word, count in counts.items() if count]
        if seen:
            clear.append(f"{methods}, {side}: {listed(seen)}, at most {widest.words} ({widest.first})")
        else:
            open_.append(f"{methods}, {side} ({widest.words})")
    parts = [part[0].upper() + part[1:] for part in clear]
    if open_:
        parts.append(f"Inconclusive: {'; '.join(open_)}")
    return f"{'. '.join(parts)}."
