"""Compares pruned networks with the networks they were pruned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advgame.findings.comparisons import Difference, compared
from advgame.findings.finding import Finding, listed
from advgame.measurements.experiment_tables import BENIGN, WHITE_BOX, Measured

QUESTION = "Are there sweet spots, where moderate pruning helps or costs almost nothing?"
PRUNINGS = ("magnitude", "random", "taylor")
LITTLE = 0.02  # by convention, less than two points is almost nothing
PRUNED_AT_ALL = 1.01  # actual compression: below this, nothing was pruned
VERDICTS = {  # of one network and of several
    "helps": (
        "improves under attack and loses less than two points on benign inputs",
        "improve under attack and lose less than two points on benign inputs",
    ),
    "costs less than two points": (
        "loses less than two points on benign inputs and under attack",
        "lose less than two points on benign inputs and under attack",
    ),
    "costs": ("loses accuracy", "lose accuracy"),
    "open": (
        "is inconclusive, because the intervals include both no loss and a loss of two points",
        "are inconclusive, because the intervals include both no loss and a loss of two points",
    ),
}


def sweet_spots(measured: Measured) -> Finding:
    """Each pruned network compared with the original, on benign inputs and under white-box attacks.

    Whole intervals decide. Pruned networks are fine-tuned; a network "pruned" to a compression of 1 is the
    control that shows the effect of fine-tuning alone.
    """
    pruned = {step.name: base for step in measured.using(*PRUNINGS) if (base := measured.base(step.name))}
    beside_base = {
        name: sides
        for (name, _), sides in compared(measured, list(pruned.items()), (BENIGN, WHITE_BOX)).items()
        if len(sides) == 2
    }
    if not beside_base:
        return Finding(
            QUESTION, measured.experiment, "It attacks no pair of a pruned network and its original."
        )
    compression = {name: true_compression(measured, name) for name in beside_base}
    beside_controls = _beside_controls(measured, list(beside_base), compression)
    evidence = [
        {
            **{column: value for column, value in entry.row.items() if column != "verdict"},
            "compression": compression[name],
            "fine-tuning": trained_again(measured, name),
            "overall": verdict(sides),
        }
        for name, sides in [
            *beside_base.items(),
            *((pair[0], sides) for pair, sides in beside_controls.items()),
        ]
        for entry in sides.values()
    ]
    answer = f"{_answer(beside_base, compression, beside_controls)}{_beside_them(beside_controls)}"
    return Finding(
        QUESTION,
        measured.experiment,
        answer,
        tuple(evidence),
        _short(beside_base, compression, beside_controls),
    )


Compared = Mapping[tuple[str, str], Mapping[str, Difference]]


def _beside_controls(measured: Measured, names: Sequence[str], compression: Mapping[str, float]) -> Compared:
    """Each pruned network compared with its unpruned control with the same fine-tuning, if there is one."""
    whole = [name for name in names if compression[name] <= PRUNED_AT_ALL]
    alike = [
        (name, control)
        for name in names
        for control in whole
        if name not in whole
        and (measured.base(name), trained_again(measured, name))
        == (measured.base(control), trained_again(measured, control))
    ]
    return compared(measured, alike, (BENIGN, WHITE_BOX))


def _beside_them(beside_controls: Compared) -> str:
    return "".join(
        f" Compared with {control}, which has the same fine-tuning without pruning, {name} differs by "
        f"{sides[WHITE_BOX].words} under attack and {sides[BENIGN].words} on benign inputs."
        for (name, control), sides in beside_controls.items()
    )


def _made_up_for(sweet: Sequence[str], beside_controls: Compared) -> list[str]:
    """The pruned networks that cost almost nothing against their original, but do against their control."""
    return [
        name for (name, _), sides in beside_controls.items() if name in sweet and verdict(sides) == "costs"
    ]


def verdict(sides: Mapping[str, Difference]) -> str:
    """The verdict on one pruning from both intervals; a key of ``VERDICTS``."""
    benign, attacked = sides[BENIGN].comparison, sides[WHITE_BOX].comparison
    if attacked.low > 0 and benign.low > -LITTLE:
        return "helps"
    if min(benign.low, attacked.low) > -LITTLE:
        return "costs less than two points"
    return "costs" if min(benign.high, attacked.high) < 0 else "open"


def true_compression(measured: Measured, defence: str) -> float:
    """Parameters before over remaining parameters, as the mean over seeds."""
    compressions = [row.compression or 1.0 for row in measured.table if row.defence == defence]
    return sum(compressions) / len(compressions)


def trained_again(measured: Measured, defence: str) -> str:
    """The fine-tuning of a pruned network, with the total epochs of all steps."""
    ways: dict[str, int] = {}
    step = measured.steps[defence]
    while step.use in PRUNINGS and step.after is not None:
        how = str(step.settings["retrain"])
        ways[how] = ways.get(how, 0) + int(step.settings["epochs"])
        step = measured.steps[step.after]
    return ", ".join(f"{how}, {epochs} epochs" for how, epochs in ways.items())


def _short(
    beside_base: Mapping[str, Mapping[str, Difference]],
    compression: Mapping[str, float],
    beside_controls: Compared,
) -> str:
    pruned, sweet = _sweet(beside_base, compression)
    sure = len(set(sweet) - set(_made_up_for(sweet, beside_controls)))
    return f"{'yes' if sure else 'none is certain'}: {sure} of {len(pruned)} pruned networks"


def _sweet(
    beside_base: Mapping[str, Mapping[str, Difference]], compression: Mapping[str, float]
) -> tuple[dict[str, str], list[str]]:
    """The verdict on each pruned network, and those that cost almost nothing against their original."""
    verdicts = {
        name: verdict(sides) for name, sides in beside_base.items() if compression[name] > PRUNED_AT_ALL
    }
    sweet = [name for name, word in verdicts.items() if word in ("helps", "costs less than two points")]
    return verdicts, sweet


def _answer(
    beside_base: Mapping[str, Mapping[str, Difference]],
    compression: Mapping[str, float],
    beside_controls: Compared,
) -> str:
    verdicts, sweet = _sweet(beside_base, compression)
    made_up_for = _made_up_for(sweet, beside_controls)
    doubted = (
        f"Fine-tuning hides the cost of pruning in {listed(made_up_for)}: compared with an unpruned "
        "network with the same fine-tuning, accuracy is lost. "
        if made_up_for
        else ""
    )
    counts = []
    for word, (singular, plural) in VERDICTS.items():
        names = [name for name in verdicts if verdicts[name] == word]
        if names:
            counts.append(f"{len(names)} {singular if len(names) == 1 else plural} ({listed(names)})")
    controls = [
        f"With fine-tuning alone, {name} differs from {sides[BENIGN].second} by {sides[WHITE_BOX].words} "
        f"under attack and {sides[BENIGN].words} on benign inputs. "
        for name, sides in beside_base.items()
        if name not in verdicts
    ]
    name, best = max(
        ((name, beside_base[name]) for name in verdicts or beside_base),
        key=lambda item: item[1][WHITE_BOX].comparison.difference,
    )
    return (
        f"{'Yes' if set(sweet) - set(made_up_for) else 'None is certain'}. "
        f"Of {len(verdicts)} pruned and fine-tuned networks, "
        f"{'; '.join(counts)}. {doubted}{''.join(controls)}"
        f"The best pruned network under attack relative to its original is {name}, with "
        f"{best[WHITE_BOX].words} under attack and {best[BENIGN].words} on benign inputs compared with "
        f"{best[BENIGN].second}, which is {compression[name]:.2g} times larger."
    )
