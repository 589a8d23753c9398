"""How far single amounts of the attacker may differ before the equilibrium of a secret defence changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision.attacker_amounts import amounts_of, effects_of
from advgame.decision.situation import Situation
from advgame.equilibria.algorithms.bracketed_root import bracketed_root
from advgame.equilibria.algorithms.support_margin import support_margin
from advgame.games import Profile
from advgame.games.tolerances import PLAYED

GRID = 20  # parts of the way to an amount of 0, or of twice its size, in which the first change is sought
PRECISION = 1e-6  # of an amount
NO_MARGIN = 1e-12  # below it the equilibrium is at its end as it stands


@dataclass(frozen=True)
class SecretRange:
    """The nearest change of a single amount that ends an equilibrium."""

    address: str  # of the amount
    change: float  # relative to the amount; negative where it is lower
    amount: float  # at which the equilibrium ends


def secret_range(situation: Situation, profile: Profile) -> SecretRange | None:
    """The nearest change of one of the attacker's amounts after which the same strategies are not played.

    Up to it a secret mixed strategy is worth the same: the attacker's mixed strategy depends on the
    defender's payoffs only, while both sides play the same defences and attacks. The change is looked for in
    steps of a twentieth of the amount: an equilibrium that ends and returns within a step counts as lasting.

    >>> from advgame.decision import situate
    >>> from advgame.scenarios import case
    >>> here = situate(case("cifar10-two-defences"))
    >>> found = secret_range(here, here.solution.recommended)
    >>> found.address, round(found.change, 3)  # the attack pays against the robust network from 0.4658 on
    ('attack_cost[autoattack]', -0.224)

    Args:
        situation: the scenario.
        profile: an equilibrium of its game.

    Returns:
        None where no amount within 0 and twice its size ends it, or the equilibrium is degenerate.
    """
    rows = np.flatnonzero(profile.defender > PLAYED)
    columns = np.flatnonzero(profile.attacker > PLAYED)
    a, b = situation.game.defender_payoffs, situation.game.attacker_payoffs
    if len(rows) != len(columns) or support_margin(a, b, rows, columns) <= NO_MARGIN:
        return None
    scenario, accuracies = situation.scenario, situation.accuracies
    ends = []
    for term in scenario.terms:
        amounts = amounts_of(term, accuracies.attacks)
        for (address, amount), effect in zip(amounts, effects_of(term, accuracies), strict=True):
            if amount == 0 or not effect.any():
                continue
            for sign in (-1.0, 1.0):
                change = _first_end(a, b, amount * sign * effect, rows, columns)
                if change is not None:
                    ends.append(SecretRange(address, sign * change, amount * (1 + sign * change)))
    return min(ends, key=lambda end: abs(end.change), default=None)


def _first_end(
    a: FloatArray, b: FloatArray, moved: FloatArray, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> float | None:
    """The fraction of a change of the attacker's payoffs at which the supports carry no equilibrium."""

    def margin(part: float) -> float:
        return support_margin(a, b + part * moved, rows, columns)

    before = 0.0
    for part in np.linspace(0, 1, GRID + 1)[1:].tolist():
        if margin(part) < 0:
            return bracketed_root(margin, before, part, within=PRECISION)
        before = part
    return None
