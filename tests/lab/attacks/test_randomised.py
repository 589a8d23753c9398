"""A network that draws at random is attacked by its expectation and judged by draws of the guard."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.classifier import Adapted
from advgame.lab.guard import outcomes
from tests.lab.attacks.conftest import Digits


class NoisyInputs(Adapted):
    """A network behind noise, which votes over a few draws."""

    randomised = True

    def __init__(self, network: torch.nn.Module, draws: int) -> None:
        super().__init__()
        self.network, self.draws = network, draws

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        noisy = [self.network(inputs + 0.1 * torch.randn_like(inputs)) for _ in range(self.draws)]
        return torch.stack(noisy).softmax(dim=2).mean(dim=0).log()

    def surrogate(self) -> torch.nn.Module:
        return NoisyInputs(self.network, 4)


def victim(digits: Digits) -> Victim:
    network = NoisyInputs(digits.plain, draws=8)
    return Victim(network, network.surrogate(), {}, 0)


@pytest.mark.parametrize("name", ["pgd", "apgd_ce", "strongest_linf", "hopskipjump_linf", "square"])
def test_attacks_work_on_a_randomised_network_and_repeat_themselves(name: str, digits: Digits) -> None:
    brief = {"hopskipjump_linf": {"steps": 3, "queries": 20}, "square": {"queries": 60}}
    attack = ATTACKS[name](**brief.get(name, {"steps": 15}))
    inputs, labels = digits.inputs[:20], digits.labels[:20]
    one, same = (outcomes(attack, victim(digits), inputs, labels, [0.3]) for _ in range(2))
    assert one.right.mean() < one.honest.mean() - 0.05
    assert (one.right == same.right).all()
    assert not [warning for warning in one.warnings if "failed" in warning]


@pytest.mark.parametrize("name", ["pgd", "apgd_ce"])
def test_averaging_gradients_over_draws_costs_as_many_propagations(name: str, digits: Digits) -> None:
    inputs, labels = digits.inputs[:20], digits.labels[:20]
    one, four = (
        outcomes(ATTACKS[name](steps=5, draws=draws), victim(digits), inputs, labels, [0.1]).cost_per_input
        for draws in (1, 4)
    )
    assert four["backward_inputs"] == pytest.approx(4 * one["backward_inputs"])


def test_a_randomised_network_is_fooled_surely_where_more_values_may_change(digits: Digits) -> None:
    inputs, labels = digits.inputs[:40], digits.labels[:40]
    found = outcomes(ATTACKS["fmn_l0"](), victim(digits), inputs, labels, [3, 10])
    assert found.right[1].mean() <= 0.05  # on the boundary it would be right every other time
