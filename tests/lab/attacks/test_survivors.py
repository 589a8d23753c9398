"""Stages hand on what stands; a randomised network is fooled for good only where it always errs."""

from __future__ import annotations

import torch

from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.attacks.apgd import aim
from advgame.lab.attacks.stochastic_targets import ALWAYS, always_errs
from advgame.lab.attacks.survivors import Survivors
from advgame.lab.evaluation.robust_accuracy import craft
from advgame.lab.networks.classifier import Adapted, predictions
from tests.lab.conftest import Digits


class ErrsAsOften(Adapted):
    """Two classes; an input is given the second as often as its value says."""

    randomised = True

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0  # inputs

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        self.asked += len(inputs)
        second = (torch.rand(len(inputs)) < inputs[:, 0]).float()
        return torch.stack([1 - second, second], dim=1)

    def stand_in(self) -> torch.nn.Module:
        return Shares()


class Shares(torch.nn.Module):
    """The expectation of the network above."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.stack([1 - inputs[:, 0], inputs[:, 0]], dim=1).clamp_min(1e-9).log()


class Threshold(torch.nn.Module):
    """Two classes; the second above a half."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.stack([torch.full_like(inputs[:, 0], 0.5), inputs[:, 0]], dim=1)


def random_victim() -> Victim:
    network = ErrsAsOften()
    return Victim(network, network.stand_in(), {}, 0)


def column(*values: float) -> torch.Tensor:
    return torch.tensor(values)[:, None]


def zeros(count: int) -> torch.Tensor:
    return torch.zeros(count, dtype=torch.int64)


def test_only_what_is_never_right_is_called_wrong_always() -> None:
    torch.manual_seed(0)
    chances = column(0.0, 0.5, 0.8, 1.0).repeat(50, 1)
    found = always_errs(random_victim(), chances, zeros(200)).view(50, 4)
    assert found.sum(dim=0).tolist() == [0, 0, 0, 50]


def test_one_that_errs_in_nearly_all_answers_passes_as_often_as_chance_has_it() -> None:
    torch.manual_seed(1)
    share = always_errs(random_victim(), column(0.98).repeat(4000, 1), zeros(4000)).float().mean().item()
    expected = 0.98 ** sum(ALWAYS)  # .27
    assert abs(share - expected) < 4 * (expected * (1 - expected) / 4000) ** 0.5


def test_what_is_right_at_once_is_not_asked_again() -> None:
    victim = random_victim()
    always_errs(victim, column(0.0).repeat(30, 1), zeros(30))
    assert victim.network.asked == 30


def test_the_first_attempt_is_kept_until_one_fools_and_what_fooled_is_handed_on_no_more() -> None:
    victim = Victim(Threshold(), Threshold(), {}, 0)
    inputs = column(0.1, 0.1, 0.1)
    survivors = Survivors(victim, inputs, zeros(3), column(0.1, 0.3, 0.9))
    assert survivors.places.tolist() == [0, 1]
    still = survivors.meet(column(0.2, 0.4))
    assert still.tolist() == [True, True]
    torch.testing.assert_close(survivors.changed, column(0.2, 0.3, 0.9))
    still = survivors.meet(column(0.8, 0.7), usable=torch.tensor([True, False]))
    assert still.tolist() == [False, True]
    torch.testing.assert_close(survivors.changed, column(0.8, 0.3, 0.9))
    survivors.meet(column(0.35), instead=True)
    torch.testing.assert_close(survivors.changed, column(0.8, 0.35, 0.9))
    assert len(survivors) == 1


def test_the_attempt_that_fools_more_draws_is_kept_and_a_lucky_draw_ends_no_attack() -> None:
    torch.manual_seed(2)
    inputs = column(0.0).repeat(40, 1)
    survivors = Survivors(random_victim(), inputs, zeros(40), column(0.5).repeat(40, 1))
    assert len(survivors) == 40
    survivors.meet(column(0.1).repeat(40, 1))
    assert (survivors.changed == 0.5).float().mean() > 0.9  # sixteen draws may tell the two wrongly
    survivors.meet(column(0.8).repeat(40, 1))
    assert (survivors.changed == 0.8).float().mean() > 0.9
    assert len(survivors) == 40
    survivors.meet(column(1.0).repeat(40, 1))
    assert len(survivors) == 0
    assert (survivors.changed == 1.0).all()


def test_examples_of_the_worst_of_attacks_are_made_of_inputs_that_are_wrong_already(digits: Digits) -> None:
    inputs, labels = digits.inputs[:20], digits.labels[:20]
    wrong = (labels + 1) % 10  # the network gives these to none
    made = craft(
        ATTACKS["worst_of_linf"](of=("pgd",)), Victim(digits.plain, digits.plain, {}, 0), inputs, wrong, [0.1]
    )
    assert ((made.crafted[0] - inputs).abs().flatten(1).amax(dim=1) > 0.05).all()


class RefusesNothing(torch.nn.Module):
    """Three classes, each by the value of one pixel; it cannot be asked about no inputs."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        assert len(inputs) > 0
        return inputs.flatten(1)[:, :3]


def test_once_all_inputs_fell_the_network_is_not_asked_about_the_other_classes() -> None:
    network = RefusesNothing()
    inputs = torch.full((2, 1, 2, 2), 0.4)
    inputs[:, 0, 0, 0] = 0.5
    survivors = Survivors(Victim(network, network, {}, 0), inputs, zeros(2))
    aim(survivors, "Linf", 0.3, steps=5, targets=2)
    assert len(survivors) == 0
    assert (predictions(network, survivors.changed) > 0).all()
    assert predictions(network, survivors.inputs).shape == (0,)
