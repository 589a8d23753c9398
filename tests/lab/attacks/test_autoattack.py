"""The standard protocol runs where the library alone would stop: few classes, and rows of a table."""

from __future__ import annotations

import sys

import pytest

from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.evaluation.robust_accuracy import outcomes
from tests.lab.attacks.conftest import linear


@pytest.mark.parametrize("name", ["autoattack", "autoattack_l2", "autoattack_l1"])
@pytest.mark.parametrize("classes", [2, 3, 4])
@pytest.mark.parametrize("shape", [(1, 5, 5), (10,)], ids=["images", "rows"])
def test_autoattack_fools_what_is_within_reach(name: str, classes: int, shape: tuple[int, ...]) -> None:
    given = linear(classes, shape, count=6)
    attack = ATTACKS[name]()
    reach = float(given.smallest(str(attack.norm)).max()) * 1.5
    victim = Victim(given.network, given.network, {}, 0)
    found = outcomes(attack, victim, given.inputs, given.labels, [reach])
    assert found.warnings == ()
    assert not found.right.any()


def test_autoattack_leaves_the_tracer_of_a_debugger_in_place() -> None:
    given = linear(2, (10,), count=2)
    seen = []

    def tracer(_: object, event: str, __: object) -> None:
        seen.append(event)

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        outcomes(
            ATTACKS["autoattack"](),
            Victim(given.network, given.network, {}, 0),
            given.inputs,
            given.labels,
            [0.4],
        )
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)
