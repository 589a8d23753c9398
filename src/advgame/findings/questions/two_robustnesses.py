"""Robustness to small changes and to changes of meaning, trained at once or one after the other."""

from __future__ import annotations

from collections.abc import Mapping

from advgame.findings.comparisons import Difference, compared
from advgame.findings.finding import Finding, listed
from advgame.measurements.experiment_tables import HONEST, MEANING, WHITE_BOX, Measured, Step

QUESTION = "Does training against perturbations and for invariance at once beat training in either order?"
INVARIANCE = "invariance_training"
PERTURBATION = "adversarial_training"
SIDES = (WHITE_BOX, MEANING, HONEST)


def two_robustnesses(measured: Measured) -> Finding:
    """The simultaneous training beside each consecutive one, under both kinds of attack.

    Examples of changed meaning rest on programs that stand in for people, and lean towards networks
    trained without defence.
    """
    at_once = [step for step in measured.using(INVARIANCE) if step.settings["perturbation_radius"] > 0]
    orders = {step.name: order for step in measured.steps.values() if (order := order_of(measured, step))}
    pairs = [(one.name, other) for one in at_once for other in orders]
    found = {
        pair: sides for pair, sides in compared(measured, pairs, SIDES).items() if len(sides) == len(SIDES)
    }
    if not found:
        return Finding(
            QUESTION,
            measured.experiment,
            "It lacks a simultaneous training, a consecutive one, or one of both kinds of attack.",
        )
    evidence = [
        {**each.row, "order": orders[second]}
        for (_, second), sides in found.items()
        for each in sides.values()
    ]
    answer = " ".join(
        f"{first} {outcome(sides)} {second} ({orders[second]}): "
        f"{', '.join(f'{each.words} {side_words(side)}' for side, each in sides.items())}."
        for (first, second), sides in found.items()
    )
    worse = {name: worse_side(measured, name) for pair in found for name in pair}
    told = [f"{accuracy:.2f} of {name}" for name, accuracy in worse.items()]
    answer += f" On the worse of its two sides the accuracy is {listed(told)}."
    return Finding(QUESTION, measured.experiment, answer, tuple(evidence))


def side_words(side: str) -> str:
    """The kind of inputs with its preposition."""
    return f"on {side}" if side == HONEST else f"under {side}"


def worse_side(measured: Measured, name: str) -> float:
    """The accuracy of a network under the kind of attack that it withstands less."""
    sides = measured.sides([name])
    return min(measured.standing(name, sides[side]).accuracy for side in (WHITE_BOX, MEANING))


def order_of(measured: Measured, step: Step) -> str:
    """In which order a step and the one before it train; empty where they are not one of each."""
    before = measured.steps.get(step.after or "")
    if before is None:
        return ""
    if step.use == INVARIANCE and step.settings["perturbation_radius"] == 0 and before.use == PERTURBATION:
        return "perturbations first"
    if step.use == PERTURBATION and before.use == INVARIANCE:
        return "invariance first"
    return ""


def outcome(sides: Mapping[str, Difference]) -> str:
    """What both kinds of attack together say of the first training."""
    verdicts = {sides[WHITE_BOX].verdict, sides[MEANING].verdict}
    if verdicts == {"better"}:
        return "beats on both sides"
    if verdicts == {"better", "worse"}:
        return "wins one side and loses the other to"
    if "better" in verdicts:
        return "beats on one side"
    return "loses to" if "worse" in verdicts else "is not told apart from"
