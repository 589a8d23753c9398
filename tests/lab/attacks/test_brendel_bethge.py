"""The attack of Brendel & Bethge, with foolbox's optimiser uncompiled: compiling takes half a minute."""

from __future__ import annotations

import pytest
from foolbox.attacks import brendel_bethge as library

from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.guard import outcomes
from tests.lab.attacks.conftest import linear


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(compiled: type) -> type:
        methods = {name: method.py_func for name, method in compiled.class_type.jit_methods.items()}
        return type(compiled.__name__, (), methods)

    optimiser, inner = plain(library.L0Optimizer), plain(library.BFGSB)

    def instantiate(_: object) -> object:
        made = optimiser.__new__(optimiser)
        made.bfgsb = inner()
        return made

    monkeypatch.setattr(library.L0BrendelBethgeAttack, "instantiate_optimizer", instantiate)


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
