"""Gradient masking: networks that appear robust because attacks cannot follow their gradients."""

from __future__ import annotations

from advgame.findings.finding import Finding, Row, listed, norm_sign
from advgame.measurements import Column, Measurement
from advgame.measurements.experiment_tables import BLACK_BOX, TRANSFERRED, UNBOUNDED, WHITE_BOX, Measured

QUESTION = "Does any network show gradient masking, so that its accuracy under attack is overestimated?"
SIGNS = ("gradient masking", "obscured gradients")  # how the warning begins, today and in earlier tables
FEWEST_TO_TELL = 7  # inputs: 2^−7 is below the significance level of 1 %


def hidden_gradients(measured: Measured) -> Finding:
    """The number of networks with signs of gradient masking, by norm.

    A white-box row is tested if a query attack, or transferred examples, were run at its norm and radius.
    Each training is tested separately, at a significance level of 1 %.
    """
    evidence: list[Row] = []
    masked: dict[str, None] = {}
    for norm in dict.fromkeys(column.norm for column in measured.table.columns):
        checked = {
            name: against for name in measured.steps if (against := _held_against(measured, name, norm))
        }
        if not checked:
            continue
        trained = {(row.defence, row.seed) for row in measured.table if row.defence in checked}
        with_signs = {(row.defence, row.seed) for row in measured.table if row.norm == norm and warns(row)}
        masked |= dict.fromkeys(name for name in checked if name in {defence for defence, _ in with_signs})
        evidence.append(
            {
                "norm": norm_sign(norm),
                "compared with": listed(
                    list(dict.fromkeys(name for attacks in checked.values() for name in attacks))
                ),
                "networks": len(checked),
                "trainings": len(trained),
                "trainings with signs": len(with_signs),
                "networks with signs": listed(
                    list(dict.fromkeys(name for name in checked if name in dict(with_signs)))
                ),
            }
        )
    if not evidence:
        reason = "It runs no other kind of attack at the norm and radius of a white-box attack."
        return Finding(QUESTION, measured.name, reason)
    if not masked:
        answer = (
            "No signs were found: no query attack and no transferred example fools significantly more "
            "inputs than the white-box attack at the same radius. For a single training, the smallest "
            f"significant result would be {FEWEST_TO_TELL} inputs fooled only by the other attack and none "
            "only by the white-box attack."
        )
    else:
        answer = (
            f"There are signs for {listed(list(masked))}: another attack fools inputs that the "
            "white-box attack misses. Their accuracies under white-box attacks are upper bounds; each row "
            "carries the reason."
        )
    short = f"signs for {listed(list(masked), 3)}" if masked else "no signs"
    return Finding(QUESTION, measured.name, answer, tuple(evidence), short)


def warns(row: Measurement) -> bool:
    """Whether a row warns of gradient masking."""
    return any(warning.startswith(SIGNS) for warning in row.warnings)


def _held_against(measured: Measured, defence: str, norm: str | None) -> list[str]:
    """The attacks that can reveal it: at the norm and a radius of a white-box attack, or unbounded."""
    columns = [column for column in measured.tested[defence] if column.norm == norm]
    white = {column.radius for column in columns if measured.side(column) == WHITE_BOX}
    return [
        column.attack
        for column in columns
        if (measured.side(column) == UNBOUNDED and white)
        or (column.radius in white and _sees_less(measured, defence, column))
    ]


def _sees_less(measured: Measured, defence: str, column: Column) -> bool:
    return measured.side(column) in (BLACK_BOX, TRANSFERRED) and column.source_model != defence
