"""Methods of pruning beside each other, at the same compression of the same network."""

from __future__ import annotations

from itertools import combinations

from advgame.findings.comparisons import Difference, compared
from advgame.findings.finding import Finding, listed
from advgame.measurements.experiment_tables import HONEST, WHITE_BOX, Measured, Step

QUESTION = "Does Taylor pruning beat pruning by magnitude and at random?"
SHARED_SETTINGS = (
    "compression",
    "structure",
    "scope",
    "epochs",
    "learning_rate",
    "retrain",
    "radius",
    "noise",
)
METHODS = ("taylor", "magnitude", "random")  # of a pair, the one that stands first here is named first


def pruning_methods(measured: Measured) -> Finding:
    """Pairs of networks that differ in nothing but how it was chosen what is pruned.

    They come from the same network over as many steps, each to the same compression and trained again alike.
    """
    alike: dict[tuple[object, ...], list[Step]] = {}
    for step in measured.using(*METHODS):
        alike.setdefault(_all_but_the_method(measured, step), []).append(step)
    pairs = [
        (one.name, other.name)
        for steps in alike.values()
        for one, other in combinations(sorted(steps, key=lambda step: METHODS.index(step.use)), 2)
        if one.use != other.use
    ]
    differences = [
        each for sides in compared(measured, pairs, (HONEST, WHITE_BOX)).values() for each in sides.values()
    ]
    if not differences:
        return Finding(
            QUESTION,
            measured.experiment,
            "It prunes no network to the same compression by different methods.",
        )
    evidence = [
        {**each.row, "compression": measured.steps[each.first].settings["compression"]}
        for each in differences
    ]
    return Finding(QUESTION, measured.experiment, _answer(measured, differences), tuple(evidence))


def _all_but_the_method(measured: Measured, step: Step) -> tuple[object, ...]:
    """The network that was pruned, and the settings of each step from there."""
    ways: list[object] = []
    while step.use in METHODS and step.after is not None:
        ways.append(tuple(step.settings.get(name) for name in SHARED_SETTINGS))
        step = measured.steps[step.after]
    return step.name, *ways


def _answer(measured: Measured, differences: list[Difference]) -> str:
    groups: dict[tuple[str, str], list[Difference]] = {}
    for each in differences:
        one, other = measured.steps[each.first], measured.steps[each.second]
        groups.setdefault((f"{one.use} beside {other.use}, {one.settings['structure']}", each.on), []).append(
            each
        )
    told, open_ = [], []
    for (methods, side), found in groups.items():
        widest = max(found, key=lambda each: abs(each.found.difference))
        counts = {word: sum(each.verdict == word for each in found) for word in ("better", "worse")}
        seen = [f"{word} at {count} of {len(found)}" for word, count in counts.items() if count]
        if seen:
            told.append(f"{methods}, {side}: {listed(seen)}, at most {widest.words} ({widest.first})")
        else:
            open_.append(f"{methods}, {side} ({widest.words})")
    parts = [part[0].upper() + part[1:] for part in told]
    if open_:
        parts.append(f"Not told apart: {'; '.join(open_)}")
    return f"{'. '.join(parts)}."
