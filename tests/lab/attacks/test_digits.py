"""On networks trained on digits the attacks agree with AutoAttack, with each other, and with themselves."""

from __future__ import annotations

import pyautoattack
import pytest
import torch

from advgame.lab.attacks import ATTACKS, Attack, Victim
from advgame.lab.defences.bit_depth import BitDepth
from advgame.lab.evaluation.robust_accuracy import Outcome, outcomes
from advgame.lab.networks.classifier import predictions
from tests.lab.conftest import Digits

QUICK: dict[str, dict[str, int]] = {
    "apgd_ce": {"steps": 5},
    "apgd_t": {"steps": 5, "targets": 2},
    "fab": {"steps": 3, "targets": 2},
    "pgd": {"steps": 5},
    "strongest_linf": {"steps": 5, "aimed_steps": 5, "targets": 1},
    "strongest_l2": {"steps": 5, "aimed_steps": 5, "targets": 1},
    "ddn": {"steps": 5},
    "cw": {"steps": 5, "searches": 2},
    "apgd_l2": {"steps": 5},
    "apgd_l1": {"steps": 5},
    "strongest_l1": {"steps": 5, "aimed_steps": 5, "targets": 1, "most": 2},
    "ead": {"steps": 5, "searches": 2},
    "sparse_l0": {"targets": 2, "fan": 4},
    "strongest_l0": {"targets": 2, "fan": 4, "exchanges": 1},
    "fmn_l0": {"steps": 5},
    "square": {"queries": 20},
    "square_l2": {"queries": 20},
    "hopskipjump": {"steps": 2, "queries": 10},
    "hopskipjump_linf": {"steps": 2, "queries": 10},
    "boundary": {"steps": 20},
}
RADII = {"Linf": [0.05, 0.1], "L2": [0.3, 0.6], "L1": [1.0, 3.0], "L0": [2.0, 6.0]}
LONG = {  # minutes of compiling, or thousands of queries
    "autoattack",
    "autoattack_l2",
    "autoattack_l1",
    "brendel_bethge_l0",
    "worst_of_linf",
    "worst_of_l2",
    "worst_of_l1",
    "worst_of_l0",
}
FAMILY = [name for name in ATTACKS if name not in LONG and ATTACKS[name].metric != "invariance"]


def attacked(
    attack: Attack, network: torch.nn.Module, digits: Digits, count: int, radii: list[float]
) -> Outcome:
    victim = Victim(network, network, {}, seed=3)
    return outcomes(attack, victim, digits.inputs[:count], digits.labels[:count], radii)


def test_the_strongest_attack_is_within_a_point_of_autoattack(digits: Digits) -> None:
    inputs, labels, radius = digits.inputs[:60], digits.labels[:60], 0.15
    full = pyautoattack.AutoAttack(digits.robust, norm="Linf", eps=radius, seed=0, version="standard")
    full.verbose = False
    full.fab.n_iter, full.square.n_queries = 20, 200  # neither adds anything here, at full length either
    changed, _ = full.run_standard_evaluation(inputs, labels, batch_size=60)
    standing = (predictions(digits.robust, changed) == labels).double().mean().item()
    ours = attacked(ATTACKS["strongest_linf"](), digits.robust, digits, 60, [radius])
    assert 0.2 < standing < 0.8
    assert ours.right.mean() <= standing + 0.01


@pytest.mark.parametrize("name", FAMILY)
def test_every_attack_gives_the_same_again_for_the_same_seed(name: str, digits: Digits) -> None:
    attack = ATTACKS[name](**QUICK.get(name, {}))
    radii = RADII.get(str(attack.norm), [0.2, 0.4])
    one, same = (attacked(attack, digits.plain, digits, 16, radii) for _ in range(2))
    assert (one.right == same.right).all()
    assert all(torch.equal(first, second) for first, second in zip(one.crafted, same.crafted, strict=True))
    assert one.right.shape == (2, 16)
    assert one.cost_per_input["seconds"] >= 0
    assert not [warning for warning in one.warnings if "failed" in warning or "do not count" in warning]


@pytest.mark.parametrize("name", [name for name in FAMILY if ATTACKS[name].metric == "robust"])
def test_every_attack_fools_some_inputs_and_more_at_a_larger_radius(name: str, digits: Digits) -> None:
    attack = ATTACKS[name](**QUICK.get(name, {}))
    small, large = RADII[str(attack.norm)]
    found = attacked(attack, digits.plain, digits, 40, [small, large * 2])
    assert found.right[1].sum() < found.honest.sum()
    assert not (found.right[1] & ~found.right[0]).any()


@pytest.mark.parametrize("name", [name for name in FAMILY if ATTACKS[name].queries_only])
def test_attacks_that_only_ask_need_no_gradient(name: str, digits: Digits) -> None:
    class Silent(torch.nn.Module):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            assert not torch.is_grad_enabled() or not inputs.requires_grad
            return digits.plain(inputs).detach()

    attack = ATTACKS[name](**QUICK.get(name, {}))
    found = attacked(attack, Silent(), digits, 10, RADII.get(str(attack.norm), [0.2]))
    assert not [warning for warning in found.warnings if "failed" in warning]


def test_a_ball_inside_another_leaves_no_less_standing(digits: Digits) -> None:
    small = {"steps": 20, "aimed_steps": 20, "targets": 1}
    linf = attacked(ATTACKS["strongest_linf"](**small), digits.robust, digits, 40, [0.1])
    inside = attacked(ATTACKS["strongest_l2"](**small), digits.robust, digits, 40, [0.1])
    around = attacked(ATTACKS["strongest_l2"](**small), digits.robust, digits, 40, [0.8])  # .1 · √64
    assert inside.right.sum() >= linf.right.sum() >= around.right.sum()


def test_against_a_preprocessed_network_examples_are_made_on_the_stand_in(digits: Digits) -> None:
    class Rounded(torch.nn.Module):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return digits.plain((inputs * 16).round() / 16)

    class Straight(torch.nn.Module):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return digits.plain(inputs + ((inputs * 16).round() / 16 - inputs).detach())

    attack = ATTACKS["strongest_linf"](steps=20, aimed_steps=20)
    inputs, labels = digits.inputs[:40], digits.labels[:40]
    blind = outcomes(attack, Victim(Rounded(), Rounded(), {}, 0), inputs, labels, [0.15])
    adaptive = outcomes(attack, Victim(Rounded(), Straight(), {}, 0), inputs, labels, [0.15])
    assert adaptive.right.mean() < 0.5 * blind.right.mean()
    assert any("gradient is exactly 0" in warning for warning in blind.warnings)
    assert adaptive.warnings == ()


def test_hopskipjump_sees_through_rounded_inputs(digits: Digits) -> None:
    rounded = BitDepth(bits=4).prepared(digits.plain).eval()
    victim = Victim(rounded, rounded, {}, 0)
    found = outcomes(ATTACKS["hopskipjump"](), victim, digits.inputs[:40], digits.labels[:40], [1.0])
    assert found.right.mean() <= 0.35  # asking too near to see any difference, it leaves half
