"""Settings that make no sense are refused, and attacks of several others hold only what fits."""

from __future__ import annotations

from dataclasses import fields

import pytest

from advgame.errors import LabError, UnknownName
from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.evaluation.robust_accuracy import outcomes
from tests.lab.attacks.conftest import Linear

FROM_ZERO = [("sparse_l0", "exchanges"), ("strongest_l0", "exchanges"), ("strongest_l1", "most")]
COUNTS = [
    (name, field.name)
    for name, attack in ATTACKS.items()
    for field in fields(attack)
    if field.type in (int, "int") and (name, field.name) not in FROM_ZERO and field.name != "targets"
]


@pytest.mark.parametrize(("name", "setting"), COUNTS)
def test_a_count_below_one_is_refused(name: str, setting: str) -> None:
    with pytest.raises(LabError, match=setting):
        ATTACKS[name](**{setting: 0})


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("pgd", "step_size", 0.0),
        ("pgd", "step_size", 2.5),
        ("cw", "step_size", -1.0),
        ("cw", "first_weight", 0.0),
        ("ead", "step_size", 0.0),
        ("ead", "first_weight", -1.0),
        ("brendel_bethge_l0", "trust", 0.0),
        ("occlusion", "grey", 1.5),
    ],
)
def test_an_amount_out_of_range_is_refused(name: str, setting: str, value: float) -> None:
    with pytest.raises(LabError, match=name):
        ATTACKS[name](**{setting: value})


def test_the_worst_of_several_holds_attacks_of_its_own_norm_only() -> None:
    with pytest.raises(LabError, match="bounded in L2"):
        ATTACKS["worst_of_linf"](of=("pgd", "ddn"))
    with pytest.raises(LabError, match="at least one"):
        ATTACKS["worst_of_linf"](of=())
    with pytest.raises(UnknownName, match="pgdd"):
        ATTACKS["worst_of_linf"](of=("pgdd",))


def test_the_worst_of_several_leaves_what_every_member_leaves(five_classes: Linear) -> None:
    victim = Victim(five_classes.network, five_classes.network, {}, 0)
    radii = [float(five_classes.smallest("L2").median())]
    both = outcomes(
        ATTACKS["worst_of_l2"](of=("ddn", "cw")),
        victim,
        five_classes.inputs,
        five_classes.labels,
        radii,
    )
    one = outcomes(ATTACKS["ddn"](), victim, five_classes.inputs, five_classes.labels, radii)
    assert (both.right <= one.right).all()


def test_square_in_l2_refuses_rows_of_a_table(two_classes: Linear) -> None:
    victim = Victim(two_classes.network, two_classes.network, {}, 0)
    with pytest.raises(LabError, match="at least 5 values high"):
        outcomes(ATTACKS["square_l2"](), victim, two_classes.inputs, two_classes.labels, [0.5])
