"""Laws of every defence that trains: it learns, repeats itself, keeps zeros, and costs what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy

from advgame.errors import LabError
from advgame.lab.defences import DEFENCES
from advgame.lab.fitting.loop import Batch, counting, plain_loss
from advgame.lab.fitting.task import Task
from advgame.lab.networks.classifier import predictions
from advgame.lab.training.fast_training import FastTraining
from advgame.lab.training.free_training import FreeTraining
from advgame.lab.training.noise_training import NoiseTraining
from advgame.lab.training.standard import Standard
from advgame.lab.training.trades import Trades
from advgame.lab.training.trained import Trained
from tests.lab.defences.small_network import accuracy, digits, fresh, pgd, some_digits, task, trained

TRAININGS = [kind for kind in DEFENCES.values() if issubclass(kind, Trained)]
SIMPLE = [kind for kind in TRAININGS if kind.name != "invariance_training"]  # has a file of its own
PROPAGATIONS = {  # per input and epoch: one forward and one backward pass make 2
    "standard": 2,
    "adversarial_training": 2 * (7 + 1),
    "trades": 1 + 2 * (7 + 2),
    "fast_training": 2 * (1 + 1),
    "free_training": 2 * 4,
    "noise_training": 2,
}


def batch(count: int = 128, seed: int = 0, progress: float = 0.5) -> Batch:
    data = digits()
    generator = torch.Generator().manual_seed(seed)
    return Batch(trained(), data.train_inputs[:count], data.train_labels[:count], generator, progress, {})


def test_the_catalogue_begins_with_the_trainings() -> None:
    assert list(DEFENCES)[:7] == [*PROPAGATIONS, "invariance_training"]
    assert all(DEFENCES[name].name == name for name in DEFENCES)


@pytest.mark.parametrize("kind", SIMPLE, ids=lambda kind: kind.name)
def test_a_training_learns_keeps_zeros_and_repeats_itself(kind: type[Trained]) -> None:
    def trained_by() -> torch.nn.Module:
        network = fresh()
        with torch.no_grad():
            network[2].weight[0] = 0
        return kind(epochs=2, learning_rate=1e-2).fit(network, task())

    network, again = trained_by(), trained_by()
    assert accuracy(network, *some_digits()) > 0.5
    assert not network.training
    assert (network[2].weight[0] == 0).all()
    assert all(torch.equal(*pair) for pair in zip(network.parameters(), again.parameters(), strict=True))


@pytest.mark.parametrize("kind", SIMPLE, ids=lambda kind: kind.name)
def test_a_training_costs_as_many_propagations_as_its_method_needs(kind: type[Trained]) -> None:
    few = replace(
        digits(), train_inputs=digits().train_inputs[:256], train_labels=digits().train_labels[:256]
    )
    with counting() as facts:
        kind(epochs=2).fit(fresh(), Task(few, 0))
    assert facts.propagations / (2 * 256) == PROPAGATIONS[kind.name]


@pytest.mark.parametrize("kind", TRAININGS, ids=lambda kind: kind.name)
def test_the_recipe_of_a_training_is_checked(kind: type[Trained]) -> None:
    with pytest.raises(LabError, match="'batch_size' is 0"):
        kind(batch_size=0)
    with pytest.raises(LabError, match="'optimiser' is 'lion'"):
        kind(optimiser="lion")


@pytest.mark.parametrize("kind", TRAININGS, ids=lambda kind: kind.name)
def test_rows_of_a_table_are_trained_on_as_images_are(
    kind: type[Trained], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advgame.lab.fitting.panel.PANEL_STEPS", 60)
    flat = replace(
        digits(),
        train_inputs=digits().train_inputs[:400].flatten(1),
        train_labels=digits().train_labels[:400],
    )
    network = torch.nn.Linear(64, 10)
    before = cross_entropy(network(flat.train_inputs), flat.train_labels).item()
    kind(epochs=3).fit(network, Task(flat, 0))
    assert cross_entropy(network(flat.train_inputs), flat.train_labels).item() < before


@pytest.mark.parametrize("name", ["adversarial_training", "trades", "fast_training", "free_training"])
def test_training_against_attacks_leaves_more_standing_than_standard_training(name: str) -> None:
    inputs, labels = some_digits()
    hardened = DEFENCES[name](epochs=5, learning_rate=1e-2, radius=0.15).fit(fresh(), task())
    standing = [accuracy(net, pgd(net, inputs, labels, 0.15), labels) for net in (trained(), hardened)]
    assert standing[1] > standing[0] + 0.15


def test_noise_training_stands_more_noise() -> None:
    inputs, labels = some_digits()
    noisy = inputs + 0.4 * torch.randn(inputs.shape, generator=torch.Generator().manual_seed(1))
    hardened = NoiseTraining(epochs=10, noise=0.4).fit(fresh(), task())
    assert accuracy(hardened, noisy, labels) > accuracy(trained(), noisy, labels) + 0.05


def test_trades_without_weight_on_robustness_is_standard_training() -> None:
    assert Trades(beta=0).loss(batch()).item() == pytest.approx(plain_loss(batch()).item(), abs=1e-6)


def test_trades_pays_for_every_answer_that_changes_nearby() -> None:
    losses = [Trades(beta=beta, radius=0.1).loss(batch()).item() for beta in (1.0, 2.0, 3.0)]
    assert losses[1] - losses[0] == pytest.approx(losses[2] - losses[1], rel=1e-4)
    assert losses[1] > losses[0]


def test_fast_training_learns_from_inputs_that_are_harder_than_the_given_ones() -> None:
    assert FastTraining(radius=0.1).loss(batch()) > plain_loss(batch())


def test_free_training_begins_with_the_inputs_and_then_climbs_within_the_ball() -> None:
    defence, some = FreeTraining(radius=0.1), batch()
    first = defence.loss(some)
    assert first.item() == pytest.approx(plain_loss(some).item())
    first.backward()
    second = defence.loss(some)
    change = some.memory["change"]
    assert second > first
    assert change.abs().max() <= 0.1
    moved = some.memory["perturbed"].detach()
    assert (moved >= 0).all()
    assert (moved <= 1).all()


def test_free_training_with_one_replay_costs_what_standard_training_costs() -> None:
    assert FreeTraining(replays=1).recipe == Standard().recipe
    assert FreeTraining(replays=5).recipe.replays == 5


class Noting(torch.nn.Module):
    """Keeps what it is given."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        self.given = inputs
        return inputs.flatten(1)[:, :10]


def test_noise_has_the_standard_deviation_asked_for_and_is_not_cut() -> None:
    zeros, labels = torch.zeros(200, 1, 8, 8), torch.zeros(200, dtype=torch.int64)
    network = Noting()
    NoiseTraining(noise=0.25).loss(Batch(network, zeros, labels, torch.Generator().manual_seed(0), 0, {}))
    assert network.given.std().item() == pytest.approx(0.25, rel=0.03)
    assert network.given.min() < -0.5


def test_each_input_may_get_a_strength_of_noise_of_its_own() -> None:
    zeros, labels = torch.zeros(400, 1, 8, 8), torch.zeros(400, dtype=torch.int64)
    network = Noting()
    defence = NoiseTraining(noise=0.5, least_noise=0.1)
    defence.loss(Batch(network, zeros, labels, torch.Generator().manual_seed(0), 0, {}))
    strengths = network.given.flatten(1).std(dim=1)
    assert strengths.mean().item() == pytest.approx(0.3, abs=0.02)
    assert strengths.min() < 0.15
    assert strengths.max() > 0.45


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("adversarial_training", {"radius": 0.0}, "'radius' is 0.0; expected a number above 0 and at most 1"),
        ("adversarial_training", {"radius": 8.0}, "'radius' is 8.0"),
        ("adversarial_training", {"norm": "linf"}, "'norm' is 'linf'; expected one of Linf, L2"),
        ("adversarial_training", {"steps": 0}, "'steps' is 0"),
        ("adversarial_training", {"ramp": 1.5}, "'ramp' is 1.5"),
        ("trades", {"beta": -1.0}, "'beta' is -1.0"),
        ("fast_training", {"reach": 3.0}, "'reach' is 3.0"),
        ("free_training", {"replays": 0}, "'replays' is 0"),
        ("noise_training", {"noise": 0.0}, "'noise' is 0.0"),
        ("noise_training", {"noise": 0.1, "least_noise": 0.2}, "'least_noise' is 0.2 and 'noise' is 0.1"),
        ("invariance_training", {"norm": "L2"}, "'norm' is 'L2'; expected one of Linf, L0"),
        ("invariance_training", {"norm": "L0"}, "'radius' is 0.3; expected a number of at least 1"),
        ("invariance_training", {"perturbation_radius": 2.0}, "'radius' is 2.0"),
        ("invariance_training", {"weight": 0.0}, "'weight' is 0.0"),
    ],
)
def test_settings_out_of_range_are_refused(name: str, settings: dict[str, object], message: str) -> None:
    with pytest.raises(LabError, match=message):
        DEFENCES[name](**settings)


def test_predictions_of_a_trained_network_repeat_themselves() -> None:
    network = NoiseTraining(epochs=1).fit(fresh(), task())
    assert torch.equal(predictions(network, some_digits()[0]), predictions(network, some_digits()[0]))
