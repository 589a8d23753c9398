"""The attack of Brendel & Bethge, with foolbox's optimiser uncompiled: compiling takes half a minute."""

from __future__ import annotations

import pytest

from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.evaluation.robust_accuracy import outcomes
from tests.lab.attacks.conftest import linear


@pytest.mark.usefixtures("uncompiled")
def test_it_changes_no_fewer_values_than_the_fewest_and_finds_the_fewest_for_most_inputs() -> None:
    given = linear(classes=2, shape=(24,), count=40)
    fewest = given.fewest().numpy()
    victim = Victim(given.network, given.network, {}, 0)
    found = outcomes(ATTACKS["brendel_bethge_l0"](), victim, given.inputs, given.labels, [24])
    assert found.warnings == ()
    assert found.norms is not None
    assert (found.norms >= fewest).all()
    assert (found.norms <= fewest + 1).mean() > 0.7
