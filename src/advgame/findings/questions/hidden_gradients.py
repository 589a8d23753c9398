"""Networks that look robust only because attacks cannot follow their gradients."""

from __future__ import annotations

from advgame.findings.finding import Finding, Row, listed, norm_sign
from advgame.measurements import Column, Measurement
from advgame.measurements.experiment_tables import BLACK_BOX, TRANSFERRED, UNBOUNDED, WHITE_BOX, Measured

QUESTION = "Does any network only hide its gradients, so that its accuracy under attack is too high?"
SIGN = "obscured gradients"  # how a warning of it begins
FEWEST_TO_TELL = 7  # inputs: 2^−7 is below the level of 1 %


def hidden_gradients(measured: Measured) -> Finding:
    """How many networks warn of it, of those whose rows could, by norm.

    A white-box row can warn where an attack that only asks, or examples made on another network, were tried
    within its norm and radius. Each training is tested for itself, at a level of 1 %.
    """
    evidence: list[Row] = []
    warned: dict[str, None] = {}
    for norm in dict.fromkeys(column.norm for column in measured.table.columns):
        checked = {
            name: against for name in measured.steps if (against := _held_against(measured, name, norm))
        }
        if not checked:
            continue
        trained = {(row.defence, row.seed) for row in measured.table if row.defence in checked}
        found = {(row.defence, row.seed) for row in measured.table if row.norm == norm and warns(row)}
        warned |= dict.fromkeys(name for name in checked if name in {defence for defence, _ in found})
        evidence.append(
            {
                "norm": norm_sign(norm),
                "held against": listed(
                    list(dict.fromkeys(name for each in checked.values() for name in each))
                ),
                "networks": len(checked),
                "trainings": len(trained),
                "trainings that warn": len(found),
                "of the networks": listed(
                    list(dict.fromkeys(name for name in checked if name in dict(found)))
                ),
            }
        )
    if not evidence:
        reason = "It tries no other kind of attack within the norm and radius of a white-box one."
        return Finding(QUESTION, measured.experiment, reason)
    if not warned:
        answer = (
            "None was found: nowhere did an attack that only asks, or an example made on another network, "
            "fool more inputs than the white-box attack within the same radius, beyond chance. Of one "
            f"training, {FEWEST_TO_TELL} inputs the other way and none this way would have been the "
            "fewest to tell."
        )
    else:
        answer = (
            f"There are signs of it on {listed(list(warned))}: another attack fools inputs that the "
            "white-box one misses. Read their accuracies under white-box attacks as upper bounds; each row "
            "says why."
        )
    return Finding(QUESTION, measured.experiment, answer, tuple(evidence))


def warns(row: Measurement) -> bool:
    """Whether a row warns that its network only hides its gradients."""
    return any(warning.startswith(SIGN) for warning in row.warnings)


def _held_against(measured: Measured, defence: str, norm: str | None) -> list[str]:
    """The attacks that could show it: of the norm and a radius of a white-box one, or without a bound."""
    columns = [column for column in measured.tested[defence] if column.norm == norm]
    white = {column.radius for column in columns if measured.side(column) == WHITE_BOX}
    return [
        column.attack
        for column in columns
        if (measured.side(column) == UNBOUNDED and white)
        or (column.radius in white and _sees_less(measured, defence, column))
    ]


def _sees_less(measured: Measured, defence: str, column: Column) -> bool:
    return measured.side(column) in (BLACK_BOX, TRANSFERRED) and column.crafted_on != defence
