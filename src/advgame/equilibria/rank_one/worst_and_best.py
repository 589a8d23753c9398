"""The equilibria that are worst and best for the defender, for games with too many to list.

The value v(μ) = min_x Σ_h u_h + (c0 + μ c1)·x of the program behind ``parametric_walk`` is concave and
piecewise affine. On one piece, v(μ) = α + β μ, the attacker's mixes y of all equilibria with intensity
p·y in the piece are those that hold every defence to at least that cost, a polytope:

    (Q y)_i + c0_i + c1_i (p·y)  ≥  α + β (p·y)     for every defence i.

The mix x that is optimal on the piece is a best response to each of them, so x·A y is what the defender
earns: one linear program for the least, one for the most. The pieces are found by bisection with the lines of
their optimal mixed strategies (Eisner and Severance 1976), which ties do not disturb.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from advgame.arrays import FloatArray
from advgame.equilibria.algorithms.deadline import Deadline, TimeUp
from advgame.equilibria.algorithms.exact_tableau import members
from advgame.equilibria.algorithms.indifference import TIGHT
from advgame.games.bayesian_rank_one import StackedForm

OUT_OF_TIME = 1  # the status of a program in scipy
THROUGH = 1e-11  # of the costs, whose range is about 1: a line that passes a value nearer passes through it
PER_PROGRAM, PER_ENTRY = 2e-3, 1e-6  # nominal seconds, as measured

Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class _Line:
    """What a mixed strategy x of the defences costs at every μ: level + μ slope."""

    mix: FloatArray
    level: float
    slope: float

    def at(self, place: float) -> float:
        return self.level + place * self.slope


def worst_and_best(form: StackedForm, to_defender: FloatArray, deadline: Deadline) -> list[Pair]:
    """The equilibria that earn the defender least and most, up to the programs' rounding.

    Args:
        form: of a game of rank 1.
        to_defender: A, (defences, attacks of all types), weighted by how likely each type is.
        deadline: when to give up.

    Returns:
        Two pairs of a mix of the defences and the mixes of all types' attacks side by side; none if the
        programs find no equilibrium.

    Raises:
        TimeUp: when the deadline passes first.
    """
    ends: dict[int, tuple[float, Pair]] = {}
    for low, high, line in _pieces(form, deadline):
        earned = line.mix @ to_defender
        for sign in (1, -1):
            deadline.spend(_work(form))
            attacker = _extreme_mix(form, (low, high), line, sign * earned, deadline)
            if attacker is not None:
                value = sign * float(earned @ attacker)
                if sign not in ends or value < ends[sign][0]:
                    ends[sign] = value, (line.mix, attacker)
    return [pair for _, pair in ends.values()]


def _work(form: StackedForm) -> float:
    """The nominal seconds of one linear program."""
    return PER_PROGRAM + form.attack_value.size * PER_ENTRY


def _pieces(form: StackedForm, deadline: Deadline) -> Iterator[tuple[float, float, _Line]]:
    """Stretches of μ on each of which one mixed strategy of the defences is optimal throughout."""
    end = sum(float(form.intensity[group].max()) for group in members(form.type_of.tolist()))
    waiting = [(0.0, _optimal(form, 0.0, deadline), end, _optimal(form, end, deadline))]
    while waiting:
        deadline.spend(_work(form))
        low, first, high, last = waiting.pop()
        if high - low <= THROUGH or first.slope - last.slope <= THROUGH:
            yield low, high, first
            continue
        place = min(max((last.level - first.level) / (first.slope - last.slope), low), high)
        between = _optimal(form, place, deadline)
        if between.at(place) >= min(first.at(place), last.at(place)) - THROUGH:
            yield low, place, first
            yield place, high, last
        else:
            waiting += [(low, first, place, between), (place, between, high, last)]


def _optimal(form: StackedForm, place: float, deadline: Deadline) -> _Line:
    """The line of a mixed strategy that costs least at one μ."""
    defences, attacks = form.attack_value.shape
    groups = members(form.type_of.tolist())
    levels = np.zeros((attacks, len(groups)))
    levels[np.arange(attacks), form.type_of] = -1.0
    cost = form.idle_cost + place * form.cost_per_intensity
    program = _solved(
        np.append(cost, np.ones(len(groups))),
        np.hstack([form.attack_value.T, levels]),
        np.zeros(attacks),
        np.append(np.ones(defences), np.zeros(len(groups)))[None, :],
        [(0, None)] * defences + [(None, None)] * len(groups),
        deadline,
    )
    mix = np.maximum(program.x[:defences], 0.0)
    mix /= mix.sum()
    earned = mix @ form.attack_value
    level = sum(float(earned[group].max()) for group in groups) + float(mix @ form.idle_cost)
    return _Line(mix, level, float(mix @ form.cost_per_intensity))


def _extreme_mix(
    form: StackedForm, stretch: tuple[float, float], line: _Line, earned: FloatArray, deadline: Deadline
) -> FloatArray | None:
    """The attacker's mix of least value in the equilibria of one stretch; None where there are none."""
    groups = members(form.type_of.tolist())
    sums = np.zeros((len(groups), len(form.type_of)))
    sums[form.type_of, np.arange(len(form.type_of))] = 1.0
    beyond = form.attack_value + np.outer(form.cost_per_intensity - line.slope, form.intensity)
    program = _solved(
        earned / (float(np.ptp(earned)) or 1.0),
        np.vstack([-beyond, -form.intensity, form.intensity]),
        np.concatenate([form.idle_cost - line.level, [-stretch[0], stretch[1]]]),
        sums,
        [(0, None)] * len(form.type_of),
        deadline,
    )
    if program.status != 0:
        return None
    mix = np.maximum(program.x, 0.0)
    return np.asarray(mix / (sums @ mix)[form.type_of])


def _solved(
    cost: FloatArray,
    rows: FloatArray,
    limits: FloatArray,
    sums: FloatArray,
    bounds: list[Any],
    deadline: Deadline,
) -> Any:
    """What HiGHS finds.

    Raises:
        TimeUp: when the deadline passes first.
    """
    from scipy.optimize import linprog

    program = linprog(
        cost,
        A_ub=rows,
        b_ub=limits,
        A_eq=sums,
        b_eq=np.ones(len(sums)),
        bounds=bounds,
        method="highs-ds",
        options={**TIGHT, "time_limit": deadline.left},
    )
    if program.status == OUT_OF_TIME:
        raise TimeUp
    return program
