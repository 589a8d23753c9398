"""Compares pruned networks with the networks they were pruned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


SWEET = ("helps", "costs less than two points")


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
        return Finding(QUESTION, measured.name, "It attacks no pair of a pruned network and its original.")
    compression = {name: true_compression(measured, name) for name in beside_base}
    beside_controls = _beside_controls(measured, list(beside_base), compression)
    evidence = [
        {
            **{column: value for column, value in entry.row.items() if column != "verdict"},
            "compression": compression[name],
            "fine-tuning": fine_tuning_of(measured, name),
            "overall": verdict(sides),
        }
        for name, sides in [
            *beside_base.items(),
            *((pair[0], sides) for pair, sides in beside_controls.items()),
        ]
        for entry in sides.values()
    ]
    prunings = Prunings(beside_base, compression, beside_controls)
    answer = f"{_answer(prunings)}{_beside_them(beside_controls)}"
    return Finding(QUESTION, measured.name, answer, tuple(evidence), _short(prunings))


Sides = Mapping[str, Difference]  # on benign inputs and under white-box attacks
Compared = Mapping[tuple[str, str], Sides]


@dataclass(frozen=True)
class Prunings:
    """The pruned networks of an experiment and their unpruned controls."""

    beside_base: Mapping[str, Sides]  # each compared with the network it was made from
    compression: Mapping[str, float]  # parameters before over parameters left; 1 for a control
    beside_controls: Compared  # each compared with its control, if there is one

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each pruned network against its original, a key of `VERDICTS`."""
        return {
            name: verdict(sides)
            for name, sides in self.beside_base.items()
            if self.compression[name] > PRUNED_AT_ALL
        }

    @property
    def sweet(self) -> list[str]:
        """Those that cost almost nothing against their original."""
        return [name for name, word in self.verdicts.items() if word in SWEET]

    @property
    def made_up_for(self) -> list[str]:
        """Those of them that do lose accuracy against their control: fine-tuning hides it."""
        return [
            name
            for (name, _), sides in self.beside_controls.items()
            if name in self.sweet and verdict(sides) == "costs"
        ]

    @property
    def sure(self) -> set[str]:
        """Those that cost almost nothing against either."""
        return set(self.sweet) - set(self.made_up_for)


def _beside_controls(measured: Measured, names: Sequence[str], compression: Mapping[str, float]) -> Compared:
    """Each pruned network compared with its unpruned control with the same fine-tuning, if there is one."""
    whole = [name for name in names if compression[name] <= PRUNED_AT_ALL]
    alike = [
        (name, control)
        for name in names
        for control in whole
        if name not in whole
        and (measured.base(name), fine_tuning_of(measured, name))
        == (measured.base(control), fine_tuning_of(measured, control))
    ]
    return compared(measured, alike, (BENIGN, WHITE_BOX))


def _beside_them(beside_controls: Compared) -> str:
    return "".join(
        f" Compared with {control}, which has the same fine-tuning without pruning, {name} differs by "
        f"{sides[WHITE_BOX].words} under attack and {sides[BENIGN].words} on benign inputs."
        for (name, control), sides in beside_controls.items()
    )


def verdict(sides: Sides) -> str:
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


def fine_tuning_of(measured: Measured, defence: str) -> str:
    """The fine-tuning of a pruned network, with the total epochs of all steps."""
    ways: dict[str, int] = {}
    step = measured.steps[defence]
    while step.use in PRUNINGS and step.after is not None:
        how = str(step.settings["fine_tuning"])
        ways[how] = ways.get(how, 0) + int(step.settings["epochs"])
        step = measured.steps[step.after]
    return ", ".join(f"{how}, {epochs} epochs" for how, epochs in ways.items())


def _short(prunings: Prunings) -> str:
    sure = len(prunings.sure)
    return f"{'yes' if sure else 'none is certain'}: {sure} of {len(prunings.verdicts)} pruned networks"


def _answer(prunings: Prunings) -> str:
    verdicts, beside_base, made_up_for = prunings.verdicts, prunings.beside_base, prunings.made_up_for
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
        f"{'Yes' if prunings.sure else 'None is certain'}. "
        f"Of {len(verdicts)} pruned and fine-tuned networks, "
        f"{'; '.join(counts)}. {doubted}{''.join(controls)}"
        f"The best pruned network under attack relative to its original is {name}, with "
        f"{best[WHITE_BOX].words} under attack and {best[BENIGN].words} on benign inputs compared with "
        f"{best[BENIGN].second}, which is {prunings.compression[name]:.2g} times larger."
    )
