"""One loop trains every network: repeatably, with zeros kept, and with what it took counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from advgame.errors import LabError
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.fitting.loop import Batch, Recipe, TrainingFacts, counted, counting, fit, plain_loss
from advgame.lab.fitting.task import Task
from tests.lab.defences.small_network import accuracy, digits, fresh, some_digits, task


def weights(network: nn.Module) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in network.parameters()])


def test_a_network_learns_the_digits_within_a_few_passes() -> None:
    network = fit(fresh(), task(), Recipe(epochs=6))
    assert accuracy(network, *some_digits()) > 0.9


def test_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    one, same, other = (fit(fresh(), task(seed), Recipe(epochs=1)) for seed in (3, 3, 4))
    assert torch.equal(weights(one), weights(same))
    assert not torch.equal(weights(one), weights(other))


def test_layers_that_draw_follow_the_seed_too() -> None:
    def dropping() -> nn.Module:
        return nn.Sequential(fresh(), nn.Dropout(0.5))

    torch.manual_seed(1)
    one = fit(dropping(), task(), Recipe(epochs=1))
    torch.manual_seed(2)
    assert torch.equal(weights(one), weights(fit(dropping(), task(), Recipe(epochs=1))))


def test_training_leaves_the_generators_of_others_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fit(fresh(), task(), Recipe(epochs=1))
    assert torch.equal(torch.rand(3), expected)


def test_a_trained_network_is_in_evaluation_mode_and_laid_out_as_stored_weights_are() -> None:
    network = fit(fresh().train(), task(), Recipe(epochs=1))
    assert not any(part.training for part in network.modules())
    assert all(weight.is_contiguous() for weight in network.parameters())


def test_weights_that_are_0_stay_0_and_the_others_move() -> None:
    network = fresh()
    convolution, connected = network[2], network[5]
    with torch.no_grad():
        convolution.weight[3] = 0
        connected.weight[:, ::2] = 0
        connected.bias[:4] = 0
    before = weights(network)
    gone = [(layer.weight == 0) for layer in (convolution, connected)]
    network = fit(network, task(), Recipe(epochs=2, weight_decay=0.01))
    for layer, where in zip((convolution, connected), gone, strict=True):
        assert torch.equal(layer.weight == 0, where)
    assert (connected.bias[:4] != 0).all()  # an offset of 0 was not pruned
    assert (weights(network) != before).float().mean() > 0.4


def test_one_step_on_one_input_is_the_gradient_step_known_by_hand() -> None:
    # Two classes with logits (w₁x, w₂x), all 0: the probabilities are ½, so ∂loss/∂w = (½ − [label]) x.
    network = nn.Linear(1, 2, bias=False)
    nn.init.constant_(network.weight, 1.0)
    inputs, labels = torch.tensor([[0.4]]), torch.tensor([0])
    dataset = Dataset("one", inputs, labels, inputs, labels, ("a", "b"))
    recipe = Recipe(epochs=1, learning_rate=0.1, optimiser="sgd", schedule="constant")
    fit(network, Task(dataset, 0), recipe)
    moved = 0.1 * 1.9 * 0.5 * 0.4  # 1 + 0.9: Nesterov's first step
    assert network.weight.flatten().tolist() == pytest.approx([1 + moved, 1 - moved])


def test_each_pass_shows_every_input_at_most_once_and_leaves_out_less_than_a_batch() -> None:
    numbered = torch.arange(10.0)[:, None] / 10
    dataset = Dataset("ten", numbered, torch.zeros(10, dtype=torch.int64), numbered, torch.zeros(10), ("a",))
    shown: list[list[float]] = []

    def noting(batch: Batch) -> torch.Tensor:
        shown.append(batch.inputs.flatten().tolist())
        return plain_loss(batch)

    fit(nn.Linear(1, 2), Task(dataset, 0), Recipe(epochs=2, batch_size=4), noting)
    passes = [shown[0] + shown[1], shown[2] + shown[3]]
    assert [len(set(each)) for each in passes] == [8, 8]
    assert passes[0] != passes[1]


def test_a_batch_holds_the_completed_share_of_the_training() -> None:
    seen = []

    def noting(batch: Batch) -> torch.Tensor:
        seen.append(batch.progress)
        return plain_loss(batch)

    fit(fresh(), task(), Recipe(epochs=2, batch_size=500), noting)
    assert seen == [0, 0.25, 0.5, 0.75]


def test_a_batch_is_replayed_as_often_as_the_recipe_says() -> None:
    seen = []

    def noting(batch: Batch) -> torch.Tensor:
        seen.append(batch.inputs.sum().item())
        return plain_loss(batch)

    fit(fresh(), task(), Recipe(epochs=1, batch_size=500, replays=3), noting)
    assert len(seen) == 6
    assert len(set(seen)) == 2


def test_what_goes_through_the_network_is_counted() -> None:
    with counting() as facts:
        fit(fresh(), task(), Recipe(epochs=2, batch_size=100))
    assert (facts.forward_images, facts.backward_images) == (2400, 2400)  # 12 batches of 1,297 inputs
    assert facts.propagations == 4800
    assert facts.epochs == 2
    assert facts.restarts == 0
    assert facts.seconds > 0


def test_passes_without_a_gradient_count_as_forward_only() -> None:
    def twice(batch: Batch) -> torch.Tensor:
        with torch.no_grad():
            batch.network(batch.inputs)
        return plain_loss(batch)

    with counting() as facts:
        fit(fresh(), task(), Recipe(epochs=1, batch_size=100), twice)
    assert (facts.forward_images, facts.backward_images) == (2400, 1200)


def test_counts_reach_every_enclosing_counter_and_no_other() -> None:
    network, inputs = fresh(), some_digits(10)[0]
    with counted(network):
        network(inputs)
    with counting() as outer:
        with counting() as inner, counted(network):
            network(inputs)
        with counted(network):
            network(inputs)
    network(inputs)
    assert (outer.forward_images, inner.forward_images) == (20, 10)


def test_no_passes_leave_the_network_as_it_is() -> None:
    network = fresh()
    before = weights(network)
    with counting() as facts:
        fit(network, task(), Recipe(epochs=0))
    assert torch.equal(weights(network), before)
    assert replace(facts, seconds=0) == TrainingFacts()


def test_a_training_that_diverges_begins_again_once_with_smaller_steps() -> None:
    calls = []

    def stumbling(batch: Batch) -> torch.Tensor:
        calls.append(batch.progress)
        return plain_loss(batch) * (torch.nan if len(calls) == 2 else 1.0)

    said: list[str] = []
    with counting() as facts:
        network = fit(fresh(), replace(task(), progress=said.append), Recipe(epochs=1), stumbling)
    assert facts.restarts == 1
    assert "training diverged" in said[0]
    calm = fit(fresh(), task(), Recipe(epochs=1, learning_rate=Recipe(1).learning_rate * 0.2))
    assert torch.equal(weights(network), weights(calm))


def test_a_training_that_diverges_twice_is_refused_and_leaves_the_network_as_it_was() -> None:
    network = fresh()
    before = weights(network)
    with pytest.raises(LabError, match=r"loss nan in epoch 1.*rate 0\.003.*again with 0\.0006.*Give a lower"):
        fit(network, task(), Recipe(epochs=1), lambda batch: plain_loss(batch) * torch.nan)
    assert torch.equal(weights(network), before)


def test_huge_steps_are_noticed() -> None:
    with pytest.raises(LabError, match="Training diverged"):
        fit(fresh(), task(), Recipe(epochs=2, learning_rate=1e30))


def test_progress_is_reported_after_each_pass() -> None:
    said: list[str] = []
    fit(fresh(), replace(task(), progress=said.append), Recipe(epochs=2))
    assert [line.split(",")[0] for line in said] == ["epoch 1 of 2", "epoch 2 of 2"]


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
@pytest.mark.parametrize("schedule", ["one_cycle", "cosine", "constant"])
def test_every_optimiser_and_schedule_lowers_the_loss(optimiser: str, schedule: str) -> None:
    def loss(network: nn.Module) -> float:
        with torch.no_grad():
            return cross_entropy(network(digits().train_inputs), digits().train_labels).item()

    network = fresh()
    before = loss(network)
    rate = 3e-3 if optimiser == "adam" else 0.1
    fit(network, task(), Recipe(2, rate, batch_size=32, optimiser=optimiser, schedule=schedule))
    assert loss(network) < before - 0.3


def test_fewer_inputs_than_a_batch_are_one_batch() -> None:
    few = replace(digits(), train_inputs=digits().train_inputs[:7], train_labels=digits().train_labels[:7])
    with counting() as facts:
        fit(fresh(), Task(few, 0), Recipe(epochs=3))
    assert facts.forward_images == 21


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": -1}, "'epochs' is -1; expected a number of at least 0"),
        ({"learning_rate": 0.0}, "'learning_rate' is 0.0; expected a number above 0"),
        ({"learning_rate": float("nan")}, "'learning_rate' is nan"),
        ({"batch_size": 0}, "'batch_size' is 0"),
        ({"weight_decay": -0.1}, "'weight_decay' is -0.1"),
        ({"replays": 0}, "'replays' is 0"),
        ({"optimiser": "adams"}, "'optimiser' is 'adams'; expected one of adam, sgd"),
        ({"schedule": "step"}, "'schedule' is 'step'; expected one of one_cycle, cosine, constant"),
    ],
)
def test_a_recipe_out_of_range_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(LabError, match=message):
        Recipe(**{"epochs": 1, **settings})


def test_nothing_to_learn_from_and_nothing_to_learn_are_refused() -> None:
    none = replace(digits(), train_inputs=digits().train_inputs[:0], train_labels=digits().train_labels[:0])
    with pytest.raises(LabError, match="digits has no training inputs"):
        fit(fresh(), Task(none, 0), Recipe(epochs=1))
    with pytest.raises(LabError, match="no trainable weights"):
        fit(nn.Flatten(), task(), Recipe(epochs=1))
