"""Moderate pruning, beside the network that was pruned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advgame.findings.comparisons import Difference, compared
from advgame.findings.finding import Finding, listed
from advgame.measurements.experiment_tables import HONEST, WHITE_BOX, Measured

QUESTION = "Are there sweet spots, where moderate pruning helps or costs next to nothing?"
PRUNINGS = ("magnitude", "random", "taylor")
LITTLE = 0.02  # a choice: less than two points is called next to nothing
PRUNED_AT_ALL = 1.01  # true compression: below, nothing was pruned
VERDICTS = {
    "helps": "helps under attack, and costs less than two points on benign inputs",
    "costs under two points": "costs less than two points, on benign inputs and under attack",
    "costs": "costs accuracy",
    "open": "open, as the intervals hold both no cost and a cost of two points",
}


def sweet_spots(measured: Measured) -> Finding:
    """Each pruned network beside the one it was pruned from, on benign inputs and under white-box attacks.

    Whole intervals decide. What is left was trained again: a network "pruned" to a compression of 1 tells
    what that training does alone.
    """
    pruned = {step.name: base for step in measured.using(*PRUNINGS) if (base := measured.base(step.name))}
    found = {
        name: sides
        for (name, _), sides in compared(measured, list(pruned.items()), (HONEST, WHITE_BOX)).items()
        if len(sides) == 2
    }
    if not found:
        return Finding(
            QUESTION, measured.experiment, "It attacks no pruned network and the one that was pruned."
        )
    compression = {name: true_compression(measured, name) for name in found}
    beside_controls = _beside_controls(measured, list(found), compression)
    evidence = [
        {
            **{column: value for column, value in each.row.items() if column != "verdict"},
            "compression": compression[name],
            "trained again": trained_again(measured, name),
            "all in all": verdict(sides),
        }
        for name, sides in [*found.items(), *((pair[0], sides) for pair, sides in beside_controls.items())]
        for each in sides.values()
    ]
    answer = f"{_answer(found, compression, beside_controls)}{_beside_them(beside_controls)}"
    return Finding(QUESTION, measured.experiment, answer, tuple(evidence))


Compared = Mapping[tuple[str, str], Mapping[str, Difference]]


def _beside_controls(measured: Measured, names: Sequence[str], compression: Mapping[str, float]) -> Compared:
    """Each pruned network beside the whole one that was trained again alike, where there is one."""
    whole = [name for name in names if compression[name] <= PRUNED_AT_ALL]
    alike = [
        (name, control)
        for name in names
        for control in whole
        if name not in whole
        and (measured.base(name), trained_again(measured, name))
        == (measured.base(control), trained_again(measured, control))
    ]
    return compared(measured, alike, (HONEST, WHITE_BOX))


def _beside_them(found: Compared) -> str:
    return "".join(
        f" Beside {control}, which was trained again alike and not pruned, {name} differs by "
        f"{sides[WHITE_BOX].words} under attack and {sides[HONEST].words} on benign inputs."
        for (name, control), sides in found.items()
    )


def _made_up_for(sweet: Sequence[str], beside_controls: Compared) -> list[str]:
    """Those that cost next to nothing beside their base, but do beside a whole network trained alike."""
    return [
        name for (name, _), sides in beside_controls.items() if name in sweet and verdict(sides) == "costs"
    ]


def verdict(sides: Mapping[str, Difference]) -> str:
    """What the intervals on benign inputs and under attack say of one pruning; a key of ``VERDICTS``."""
    honest, attacked = sides[HONEST].found, sides[WHITE_BOX].found
    if attacked.low > 0 and honest.low > -LITTLE:
        return "helps"
    if min(honest.low, attacked.low) > -LITTLE:
        return "costs under two points"
    return "costs" if min(honest.high, attacked.high) < 0 else "open"


def true_compression(measured: Measured, defence: str) -> float:
    """Parameters before over parameters left, the mean of the seeds."""
    found = [row.compression or 1.0 for row in measured.table if row.defence == defence]
    return sum(found) / len(found)


def trained_again(measured: Measured, defence: str) -> str:
    """How, and for how many epochs of all steps together, a pruned network was trained again."""
    ways: dict[str, int] = {}
    step = measured.steps[defence]
    while step.use in PRUNINGS and step.after is not None:
        how = str(step.settings["retrain"])
        ways[how] = ways.get(how, 0) + int(step.settings["epochs"])
        step = measured.steps[step.after]
    return ", ".join(f"{how}, {epochs} epochs" for how, epochs in ways.items())


def _answer(
    found: Mapping[str, Mapping[str, Difference]], compression: Mapping[str, float], beside_controls: Compared
) -> str:
    verdicts = {name: verdict(sides) for name, sides in found.items() if compression[name] > PRUNED_AT_ALL}
    sweet = [name for name, word in verdicts.items() if word in ("helps", "costs under two points")]
    made_up_for = _made_up_for(sweet, beside_controls)
    doubted = (
        f"Training again, not pruning, made up for what pruning costs in {listed(made_up_for)}: beside a "
        "network that was trained again alike and not pruned, accuracy is lost. "
        if made_up_for
        else ""
    )
    counts = []
    for word, phrase in VERDICTS.items():
        names = [name for name in verdicts if verdicts[name] == word]
        if names:
            counts.append(f"{phrase}: {len(names)} ({listed(names)})")
    controls = [
        f"Trained again alone, {name} differs from {sides[HONEST].second} by {sides[WHITE_BOX].words} under "
        f"attack and {sides[HONEST].words} on benign inputs. "
        for name, sides in found.items()
        if name not in verdicts
    ]
    name, best = max(
        ((name, found[name]) for name in verdicts or found),
        key=lambda each: each[1][WHITE_BOX].found.difference,
    )
    return (
        f"{'Yes' if set(sweet) - set(made_up_for) else 'None that is sure'}. "
        f"Of {len(verdicts)} pruned and trained again, "
        f"{'; '.join(counts)}. {doubted}{''.join(controls)}"
        f"Under attack, {name} stands best beside the network it was pruned from, {best[HONEST].second}, "
        f"which is {compression[name]:.2g} times larger: {best[WHITE_BOX].words} under attack, "
        f"{best[HONEST].words} on benign inputs."
    )
