"""Robustness to small perturbations and to changes of meaning: simultaneous against consecutive training."""

from __future__ import annotations

from collections.abc import Mapping

from advgame.findings.comparisons import Difference, compared
from advgame.findings.finding import Finding, listed
from advgame.measurements.experiment_tables import BENIGN, MEANING, WHITE_BOX, Measured, Step

QUESTION = "Does simultaneous training for robustness and invariance beat consecutive training?"
INVARIANCE = "invariance_training"
PERTURBATION = "adversarial_training"
SIDES = (WHITE_BOX, MEANING, BENIGN)


def two_robustnesses(measured: Measured) -> Finding:
    """Simultaneous training compared with each consecutive one, under both kinds of attack.

    Examples of changed meaning are labelled by programs instead of people, which favours networks trained
    without defence.
    """
    at_once = [step for step in measured.using(INVARIANCE) if step.settings["perturbation_radius"] > 0]
    orders = {step.name: order for step in measured.steps.values() if (order := order_of(measured, step))}
    pairs = [(simultaneous.name, consecutive) for simultaneous in at_once for consecutive in orders]
    by_pair = {
        pair: sides for pair, sides in compared(measured, pairs, SIDES).items() if len(sides) == len(SIDES)
    }
    if not by_pair:
        return Finding(
            QUESTION,
            measured.name,
            "It lacks a simultaneous training, a consecutive one, or one of both kinds of attack.",
        )
    evidence = [
        {**entry.row, "order": orders[second]}
        for (_, second), sides in by_pair.items()
        for entry in sides.values()
    ]
    answer = " ".join(
        f"{first} {outcome(sides)} {second} ({orders[second]}): "
        f"{', '.join(f'{entry.words} {side_words(side)}' for side, entry in sides.items())}."
        for (first, second), sides in by_pair.items()
    )
    worse = {name: worse_side(measured, name) for pair in by_pair for name in pair}
    accuracies = [f"{accuracy:.2f} of {name}" for name, accuracy in worse.items()]
    answer += f" The accuracy under the more harmful kind of attack is {listed(accuracies)}."
    phrases = dict.fromkeys(f"{outcome(sides)} {second}" for (_, second), sides in by_pair.items())
    short = "; ".join(f"simultaneous {phrase}" for phrase in phrases)
    return Finding(QUESTION, measured.name, answer, tuple(evidence), short)


def side_words(side: str) -> str:
    """The kind of inputs with its preposition."""
    return f"on {side}" if side == BENIGN else f"under {side}"


def worse_side(measured: Measured, name: str) -> float:
    """The accuracy of a network under the more harmful kind of attack."""
    sides = measured.sides([name])
    return min(measured.standing(name, sides[side]).accuracy for side in (WHITE_BOX, MEANING))


def order_of(measured: Measured, step: Step) -> str:
    """The order of a training step and the one before it; empty unless there is one of each kind."""
    before = measured.steps.get(step.after or "")
    if before is None:
        return ""
    if step.use == INVARIANCE and step.settings["perturbation_radius"] == 0 and before.use == PERTURBATION:
        return "perturbations first"
    if step.use == PERTURBATION and before.use == INVARIANCE:
        return "invariance first"
    return ""


def outcome(sides: Mapping[str, Difference]) -> str:
    """The verdict on the first training from both kinds of attack."""
    verdicts = {sides[WHITE_BOX].verdict, sides[MEANING].verdict}
    if verdicts == {"better"}:
        return "is better under both kinds of attack than"
    if verdicts == {"better", "worse"}:
        return "is better under one kind of attack and worse under the other than"
    if "better" in verdicts:
        return "is better under one kind of attack than"
    if verdicts == {"worse"}:
        return "is worse under both kinds of attack than"
    if "worse" in verdicts:
        return "is worse under one kind of attack than"
    return "is not distinguishable under attack from"
