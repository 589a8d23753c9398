"""Solves cells of a scenario: in bulk with compiled code, one by one, or at posterior draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.decision.solve_many import solve_many
from advgame.equilibria import Concept
from advgame.equilibria.batch.affine_games import solve_affine
from advgame.equilibria.batch.batch_answers import BatchAnswers
from advgame.jobs.designs.seeded_blocks import ROWS_OF_A_BLOCK, in_blocks
from advgame.payoffs import Accuracies
from advgame.scenarios import Scenario, build_game, set_parameter
from advgame.scenarios.evidence import evidence_of
from advgame.scenarios.family.payoffs_at_draws import payoffs_at_draws
from advgame.scenarios.family.payoffs_over import caps_over, is_share, shares_over


@dataclass(frozen=True, eq=False)
class SolvedCells:
    """The recommended profile of each of k cells; values in money per classified input."""

    defender: FloatArray  # (k, defences)
    attacker: FloatArray  # (k, attacks)
    value: FloatArray  # (k, 2) to defender and attacker
    expected_share: FloatArray  # (k,) of the traffic, adversarial
    equilibria: NDArray[np.int32]  # (k,)
    complete: NDArray[np.bool_]  # (k,)
    regret: FloatArray  # (k,)


def solve_in_bulk(scenario: Scenario, columns: Mapping[str, FloatArray], method: str) -> SolvedCells:
    """Cells solved by the batch solver.

    Args:
        scenario: the scenario.
        columns: address → (k,) values; shares and prices only.
        method: name of a batch method.
    """
    return bulk_cells(scenario, columns, solve_many(scenario, columns, method))


def bulk_cells(scenario: Scenario, columns: Mapping[str, FloatArray], answers: BatchAnswers) -> SolvedCells:
    """The answers of a batch, with the expected share of adversarial traffic.

    Args:
        scenario: the scenario.
        columns: address → (k,) values; shares and prices only.
        answers: of the k cells.
    """
    return _cells(answers, _expected_share(scenario, scenario.accuracies, columns, answers.attacker))


def solve_at_draws(
    scenario: Scenario,
    columns: Mapping[str, FloatArray],
    draws: NDArray[np.int64],
    method: str,
    seed: int,
    of: int,
) -> SolvedCells:
    """Cells solved with accuracies drawn from their posterior.

    Args:
        scenario: the scenario.
        columns: address → (k,) values; shares and prices only.
        draws: (k,) the number of the draw in each cell.
        method: name of a batch method.
        seed: of the draws.
        of: how many draws there are at each point; draws of one number are the same at all points.
    """
    first, last = int(draws.min()), int(draws.max()) + 1
    drawn = in_blocks(first, last, (seed,), evidence_of(scenario).draw, min(of, ROWS_OF_A_BLOCK))
    accuracies = scenario.accuracies
    shares = shares_over(scenario, accuracies, columns)
    prices = {address: column for address, column in columns.items() if not is_share(address)}
    a, b = payoffs_at_draws(scenario, drawn[draws - first], shares, prices)
    answers = solve_affine(None, lambda games: (a[games], b[games]), a.shape, method)
    return _cells(answers, (shares * answers.attacker).sum(axis=1))


def solve_singly(scenario: Scenario, point: Mapping[str, float], solver: Concept) -> SolvedCells:
    """One cell, solved as a single game.

    Args:
        scenario: the scenario.
        point: address → value.
        solver: the solution concept.
    """
    for address, value in point.items():
        scenario = set_parameter(scenario, address, float(value))
    solution = solver.solve(build_game(scenario))
    profile = solution.recommended
    return SolvedCells(
        profile.defender[None],
        profile.attacker[None],
        np.array([[profile.defender_payoff, profile.attacker_payoff]]),
        np.array([scenario.accuracies.adversarial_share @ profile.attacker]),
        np.array([len(solution.profiles)], np.int32),
        np.array([solution.complete]),
        np.array([profile.certificate.regret]),
    )


def joined(parts: list[SolvedCells]) -> SolvedCells:
    """The cells of several parts, in order."""
    if len(parts) == 1:
        return parts[0]
    columns: list[Any] = [
        np.concatenate([getattr(part, name) for part in parts]) for name in SolvedCells.__dataclass_fields__
    ]
    return SolvedCells(*columns)


def _expected_share(
    scenario: Scenario, accuracies: Accuracies, columns: Mapping[str, FloatArray], attacker: FloatArray
) -> FloatArray:
    """The share of traffic that is adversarial under the attacker's mixed strategy, (cells,)."""
    largest, caps = caps_over(scenario, accuracies, columns)
    total = np.zeros(len(attacker))
    for place, attack in enumerate(accuracies.attacks[1:], start=1):
        total += np.minimum(largest, caps.get(attack, 1.0)) * attacker[:, place]
    return total


def _cells(answers: BatchAnswers, share: FloatArray) -> SolvedCells:
    return SolvedCells(
        answers.defender,
        answers.attacker,
        answers.value,
        share,
        answers.equilibria.astype(np.int32),
        answers.complete,
        np.maximum(*answers.regret.T),  # ten times as fast as max(axis=1)
    )
