"""On linear networks the nearest attacker is known in closed form, so that every attack can be marked."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from advgame.lab.attacks import ATTACKS, Attack, Victim
from advgame.lab.evaluation.robust_accuracy import outcomes
from advgame.lab.networks.classifier import Adapted
from tests.lab.attacks.conftest import Linear, linear

# With fewer steps where a linear network needs no more.
BRIEF: dict[str, dict[str, int]] = {
    "apgd_ce": {"steps": 60},
    "apgd_t": {"steps": 40, "targets": 4},
    "fab": {"steps": 20, "targets": 4},
    "pgd": {"steps": 60},
    "strongest_linf": {"targets": 4, "aimed_steps": 40},
    "strongest_l2": {"targets": 4, "aimed_steps": 40},
    "apgd_l2": {"targets": 4, "steps": 40},
    "apgd_l1": {"targets": 1, "steps": 50},
    "strongest_l1": {"targets": 1, "steps": 40, "aimed_steps": 40},
    "cw": {"steps": 60, "searches": 4},
    "square": {"queries": 300},
    "square_l2": {"queries": 100},
    "hopskipjump": {"steps": 6, "queries": 60},
    "hopskipjump_linf": {"steps": 6, "queries": 60},
    "boundary": {"steps": 200},
}
SLOW = {  # they have tests of their own
    "autoattack",
    "autoattack_l2",
    "autoattack_l1",
    "brendel_bethge_l0",
    "worst_of_linf",
    "worst_of_l2",
    "worst_of_l1",
}
BOUNDED = [name for name, attack in ATTACKS.items() if attack.metric == "robust" and name not in SLOW]
AIMING = {
    "Linf": ["apgd_t", "fab", "strongest_linf"],
    "L2": ["apgd_l2", "strongest_l2"],
    "L1": ["strongest_l1"],
}


def attack_of(name: str) -> Attack:
    return ATTACKS[name](**BRIEF.get(name, {}))


def victim_of(given: Linear) -> Victim:
    return Victim(given.network, given.network, {}, seed=1)


@pytest.mark.parametrize(("norm", "name"), [(norm, name) for norm, names in AIMING.items() for name in names])
def test_attacks_that_aim_at_classes_come_within_a_hundredth_of_the_nearest_adversary(
    norm: str, name: str, five_classes: Linear
) -> None:
    smallest = five_classes.smallest(norm).numpy()
    radii = np.quantile(smallest, [0.3, 0.8]).tolist()
    found = outcomes(
        attack_of(name), victim_of(five_classes), five_classes.inputs, five_classes.labels, radii
    )
    for radius, right in zip(radii, found.right, strict=True):
        within_reach = smallest * 1.01 <= radius
        assert within_reach.any()
        assert not right[within_reach].any()


@pytest.mark.parametrize("name", [name for name in BOUNDED if ATTACKS[name].norm != "L0"])
def test_no_attack_finds_an_attacker_nearer_than_the_nearest(name: str, five_classes: Linear) -> None:
    attack = attack_of(name)
    smallest = five_classes.smallest(str(attack.norm)).numpy()
    some = slice(12)
    radii = [float(np.median(smallest)), float(smallest.max() * 1.5)]
    found = outcomes(
        attack, victim_of(five_classes), five_classes.inputs[some], five_classes.labels[some], radii
    )
    assert found.norms is not None
    assert (found.norms >= smallest[some] * (1 - 1e-4)).all()
    assert not [warning for warning in found.warnings if "failed" in warning]


@pytest.mark.parametrize(
    ("norm", "name"),
    [("Linf", "apgd_ce"), ("Linf", "pgd"), ("Linf", "strongest_linf"), ("L2", "ddn"), ("L2", "strongest_l2")],
)
def test_two_classes_in_a_table_are_attacked_to_within_a_hundredth(
    norm: str, name: str, two_classes: Linear
) -> None:
    smallest = two_classes.smallest(norm).numpy()
    radii = np.quantile(smallest, [0.3, 0.7]).tolist()
    found = outcomes(attack_of(name), victim_of(two_classes), two_classes.inputs, two_classes.labels, radii)
    for radius, right in zip(radii, found.right, strict=True):
        assert not right[smallest * 1.01 <= radius].any()
        assert right[smallest > radius * (1 + 1e-4)].all()


@pytest.mark.parametrize("name", ["fmn_l0", "pointwise", "worst_of_l0"])
def test_no_attack_changes_fewer_values_than_the_fewest(name: str, two_classes: Linear) -> None:
    fewest = two_classes.fewest().numpy()
    found = outcomes(
        attack_of(name), victim_of(two_classes), two_classes.inputs, two_classes.labels, [4, 8, 24]
    )
    assert found.norms is not None
    assert (found.norms >= fewest).all()
    assert not found.right[-1].any()


@pytest.mark.parametrize("margin", [0.0, 2.0, 5.0])
def test_fast_minimum_norm_finds_the_fewest_values_for_most_inputs(margin: float) -> None:
    for_sure = linear(classes=2, shape=(1, 8, 8), count=40, seed=3)
    with torch.no_grad():  # every input is so much further from the boundary, on the side of the first class
        for_sure.network[1].bias.add_(torch.tensor([margin, 0.0]))
    first = (for_sure.labels == 0).nonzero().squeeze(1)
    sure = Linear(for_sure.network, for_sure.inputs[first], for_sure.labels[first])
    found = outcomes(ATTACKS["fmn_l0"](), victim_of(sure), sure.inputs, sure.labels, [64])
    assert found.norms is not None
    assert (found.norms == sure.fewest().numpy()).mean() > 0.7


def test_fast_minimum_norm_in_l0_runs_on_when_every_value_may_differ(two_classes: Linear) -> None:
    constant = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(24, 2))
    with torch.no_grad():
        constant[1].weight.mul_(1e-6)
        constant[1].bias.copy_(torch.tensor([5.0, 0.0]))
    labels = torch.zeros(40, dtype=torch.int64)
    found = outcomes(
        ATTACKS["fmn_l0"](steps=60), Victim(constant, constant, {}, 0), two_classes.inputs, labels, [24]
    )
    assert found.right.all()
    assert not [warning for warning in found.warnings if "failed" in warning]


class Silent(Adapted):
    """A network that calls itself random and is not."""

    randomised = True

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.network(inputs)
        return logits

    def stand_in(self) -> torch.nn.Module:
        return self.network


@pytest.mark.parametrize("at_random", [False, True])
def test_what_short_ascents_leave_the_search_for_the_smallest_change_finds(
    at_random: bool, five_classes: Linear
) -> None:
    network = Silent(five_classes.network).eval() if at_random else five_classes.network
    victim = Victim(network, five_classes.network, {}, 0)
    distances = five_classes.smallest("L2").numpy()
    radius = float(np.median(distances))
    attack = ATTACKS["strongest_l2"](steps=1, aimed_steps=1, targets=0)
    found = outcomes(attack, victim, five_classes.inputs, five_classes.labels, [radius])
    assert not found.right[0][distances < 0.75 * radius].any()
    assert found.right[0][distances > radius].all()
