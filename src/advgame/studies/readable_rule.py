"""The assumptions under which an answer changes or stays, as a rule that a person can read.

A shallow decision tree (Breiman et al. 1984) is grown on points at which the games are solved. The rule is
the leaf that best separates the points in question from the others, with rounded ends. How well the rounded
rule holds is counted on other points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray

DEPTH = 3  # conditions on the way to a leaf
FEWEST = 0.01  # of the points: a smaller leaf is chance


@dataclass(frozen=True)
class Rule:
    """Conditions that all hold, and how well they separate the points in question from the others."""

    conditions: tuple[tuple[str, float, float], ...]  # address, above, at most; infinite where open
    precision: float  # share of the points under the rule that are in question
    coverage: float  # share of all points in question that are under the rule

    def holds(self, names: tuple[str, ...], points: FloatArray) -> NDArray[np.bool_]:
        """Whether points (k, prices) meet all conditions.

        Args:
            names: the addresses of the coordinates.
            points: (k, prices).
        """
        return _within(self.conditions, names, points)

    def words(self, factors: frozenset[str] = frozenset()) -> str:
        """The conditions in words.

        >>> Rule((("attack_cost", -np.inf, 0.4), ("largest_share", 0.2, np.inf)), 0.9, 0.8).words()
        'attack_cost ≤ 0.4 and largest_share > 0.2'

        Args:
            factors: addresses whose coordinate is a factor of the amounts stated.
        """
        return " and ".join(
            _condition(*condition, factor=condition[0] in factors) for condition in self.conditions
        )


def rule_for(
    names: tuple[str, ...],
    learnt: tuple[FloatArray, NDArray[np.bool_]],
    counted: tuple[FloatArray, NDArray[np.bool_]],
) -> Rule | None:
    """The rule; None where all points agree, or where none does better than chance.

    >>> points = np.random.default_rng(0).uniform(size=(2000, 2))
    >>> wanted = (points[:, 0] > 0.6) & (points[:, 1] <= 0.3)
    >>> rule = rule_for(("x", "y"), (points, wanted), (points, wanted))
    >>> rule.words(), rule.precision, round(rule.coverage, 2)
    ('x > 0.6 and y ≤ 0.297', 1.0, 1.0)

    Args:
        names: the addresses of the coordinates.
        learnt: points (k, prices), and which of them are in question.
        counted: other such points, on which the rule is counted.
    """
    from sklearn.tree import DecisionTreeClassifier

    points, wanted = learnt
    if wanted.all() or not wanted.any():
        return None
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=FEWEST, random_state=0)
    leaves = tree.fit(points, wanted).apply(points)
    usual = wanted.mean()
    best = max(np.unique(leaves), key=lambda leaf: float((wanted[leaves == leaf] - usual).sum()))
    conditions = _conditions(tree.tree_, int(best), names)
    test_points, changed = counted
    inside = _within(conditions, names, test_points)
    both = float((inside & changed).sum())
    if both <= inside.sum() * changed.mean():
        return None
    return Rule(conditions, both / float(max(1, inside.sum())), both / float(max(1, changed.sum())))


def _conditions(tree: object, leaf: int, names: tuple[str, ...]) -> tuple[tuple[str, float, float], ...]:
    """The ends of each coordinate on the way from the root to a leaf."""
    left, right, features, cuts = (
        getattr(tree, name).tolist() for name in ("children_left", "children_right", "feature", "threshold")
    )
    ends: dict[int, tuple[float, float]] = {}
    while leaf:
        above = leaf in right
        parent = (right if above else left).index(leaf)
        feature, cut = features[parent], float(f"{cuts[parent]:.3g}")
        low, high = ends.get(feature, (-np.inf, np.inf))
        ends[feature] = (max(low, cut), high) if above else (low, min(high, cut))
        leaf = parent
    return tuple((names[feature], *ends[feature]) for feature in sorted(ends))


def _within(
    conditions: tuple[tuple[str, float, float], ...], names: tuple[str, ...], points: FloatArray
) -> NDArray[np.bool_]:
    inside = np.ones(len(points), np.bool_)
    for name, above, at_most in conditions:
        column = points[:, names.index(name)]
        inside &= (column > above) & (column <= at_most)
    return inside


def _condition(name: str, above: float, at_most: float, *, factor: bool) -> str:
    unit = " × the amounts stated" if factor else ""
    if np.isinf(above):
        return f"{name} ≤ {at_most:g}{unit}"
    return f"{name} > {above:g}{unit}" if np.isinf(at_most) else f"{above:g} < {name} ≤ {at_most:g}{unit}"
