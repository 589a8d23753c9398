"""Every pruning reaches its compression, keeps all layers and classes, and leaves a network that works."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from advgame.errors import LabError, UnknownName
from advgame.lab.defences import DEFENCES
from advgame.lab.fitting.loop import counting
from advgame.lab.networks.complexity import (
    multiplications,
    parameters_left,
    parameters_total,
    prunable_layers,
)
from advgame.lab.networks.weights import load_weights, save_weights
from advgame.lab.pruning import PRUNINGS
from tests.lab.pruning.small_networks import accuracy, digits, fresh, task, trained

STRUCTURES = ("unstructured", "kernel", "filter")
FITTING = ("small_cnn", "resnet8", "vgg_narrow", "mlp_300_100", "mlp")


def pruned(network: nn.Module, method: str = "magnitude", **settings: Any) -> nn.Module:
    return PRUNINGS[method](**{"fine_tuning": "none", **settings}).fit(network, task())


def true_compression(network: nn.Module, before: nn.Module) -> float:
    return parameters_total(before) / parameters_left(network)


def test_every_method_of_pruning_is_a_defence_of_the_catalogue() -> None:
    assert set(PRUNINGS) <= set(DEFENCES)


@pytest.mark.parametrize("scope", ["global", "local"])
@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("method", PRUNINGS)
def test_true_compression_is_near_the_nominal_and_no_layer_goes(
    method: str, structure: str, scope: str
) -> None:
    network, before = fresh(), fresh()
    for compression in (2, 8):
        network = pruned(network, method, structure=structure, scope=scope, compression=compression)
        assert true_compression(network, before) == pytest.approx(compression, rel=0.1)
        assert all(bool(layer.weight.any()) for layer in prunable_layers(network).values())
        assert network(digits().test_inputs[:3]).shape == (3, 10)
        assert not network.training


@pytest.mark.parametrize("structure", ["unstructured", "kernel"])
def test_single_weights_are_pruned_to_the_number(structure: str) -> None:
    network = pruned(fresh(), structure=structure, compression=4)
    assert parameters_left(network) == pytest.approx(parameters_total(fresh()) / 4, abs=9)
    assert parameters_total(network) == parameters_total(fresh())


@pytest.mark.parametrize("name", FITTING)
def test_removed_filters_make_every_kind_of_network_smaller(name: str) -> None:
    network = pruned(fresh(name), structure="filter", compression=4)
    assert parameters_total(network) == parameters_left(network)
    assert true_compression(network, fresh(name)) == pytest.approx(4, rel=0.1)
    image = torch.zeros(1, *digits().shape)
    assert multiplications(network, image)[0] < multiplications(fresh(name), image)[0] / 1.5


def test_magnitude_keeps_the_largest_weights_and_changes_none_of_them() -> None:
    network, before = pruned(fresh(), compression=3), fresh()
    old = torch.cat([layer.weight.flatten() for layer in prunable_layers(before).values()])
    new = torch.cat([layer.weight.flatten() for layer in prunable_layers(network).values()])
    left = int((new != 0).sum())
    assert torch.equal(new, old * (old.abs() >= old.abs().topk(left).values[-1]))


def test_local_pruning_takes_the_same_share_of_each_layer() -> None:
    network = pruned(fresh(), scope="local", compression=5)
    shares = [float((layer.weight == 0).float().mean()) for layer in prunable_layers(network).values()]
    assert max(shares) - min(shares) < 0.01


def test_whole_kernels_go() -> None:
    network = pruned(fresh(), structure="kernel", compression=4)
    for layer in prunable_layers(network).values():
        if isinstance(layer, nn.Conv2d):
            zeros = (layer.weight == 0).flatten(2)
            assert torch.equal(zeros.any(dim=2), zeros.all(dim=2))


def test_random_pruning_follows_from_the_seed() -> None:
    method = PRUNINGS["random"](fine_tuning="none", compression=4)
    first, again, other = (method.fit(fresh(), task(seed)) for seed in (1, 1, 2))
    weights = [prunable_layers(network)["2"].weight for network in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize("method", PRUNINGS)
@pytest.mark.parametrize("structure", STRUCTURES)
def test_what_one_level_has_pruned_the_next_one_leaves_pruned(method: str, structure: str) -> None:
    settings = {"structure": structure, "epochs": 1, "fine_tuning": "standard"}
    first = pruned(trained(), method, compression=2, **settings)
    second = pruned(deepcopy(first), method, compression=4, **settings)
    assert true_compression(second, trained()) == pytest.approx(4, rel=0.1)
    if structure != "filter":
        for one, two in zip(prunable_layers(first).values(), prunable_layers(second).values(), strict=True):
            assert not (two.weight[one.weight == 0]).any()


def test_the_same_seed_gives_the_same_pruned_network() -> None:
    method = PRUNINGS["taylor"](structure="filter", compression=4, epochs=1)
    one, two = method.fit(trained(), task()), method.fit(trained(), task())
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_pruned_and_retrained_network_still_reads_digits(structure: str) -> None:
    network = pruned(
        trained(), "taylor", structure=structure, compression=4, fine_tuning="standard", epochs=4
    )
    assert accuracy(network) > 0.85


def test_pruned_weights_can_be_stored_and_loaded_into_the_prepared_network(tmp_path: Path) -> None:
    method = PRUNINGS["magnitude"](structure="filter", compression=4, fine_tuning="none")
    network = method.fit(method.prepared(fresh("resnet8")), task())
    path = save_weights(network, tmp_path / "a.safetensors")
    loaded = load_weights(method.prepared(fresh("resnet8", seed=9)), path)
    inputs = digits().test_inputs[:20]
    assert torch.equal(loaded(inputs), network(inputs))
    deeper = replace(method, compression=8.0).fit(loaded, task())
    assert true_compression(deeper, fresh("resnet8")) == pytest.approx(8, rel=0.1)


def test_compression_counts_from_the_network_before_its_first_pruning_even_inside_another() -> None:
    inner = pruned(fresh(), structure="filter", compression=4)
    network = pruned(nn.Sequential(inner), compression=8)
    assert true_compression(network, fresh()) == pytest.approx(8, rel=0.1)


def test_the_same_compression_again_only_trains() -> None:
    network = pruned(trained(), structure="filter", compression=4)
    shapes = [each.shape for each in network.parameters()]
    again = pruned(network, structure="filter", compression=4, fine_tuning="standard", epochs=1)
    assert [each.shape for each in again.parameters()] == shapes


def test_compression_one_prunes_nothing() -> None:
    network = pruned(fresh(), compression=1)
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), fresh().parameters(), strict=True))


def test_training_afterwards_may_be_adversarial() -> None:
    name = next(name for name, kind in DEFENCES.items() if kind.__name__ == "AdversarialTraining")
    with counting() as facts:
        pruned(trained(), compression=4, fine_tuning=name, radius=0.1, epochs=1)
    images = len(digits().train_labels) // 128 * 128
    assert facts.forward_images > 5 * images  # seven steps and one


def test_propagations_for_the_importance_are_counted() -> None:
    with counting() as facts:
        pruned(fresh(), "taylor", compression=2, inputs=200)
    assert facts.forward_images == 200


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"compression": 0.5}, "'compression' is 0.5; expected a number of at least 1"),
        ({"compression": float("nan")}, "'compression' is nan"),
        ({"structure": "layer"}, "'structure' is 'layer'; expected one of unstructured, kernel, filter"),
        ({"scope": "lokal"}, "'scope' is 'lokal'; expected one of global, local"),
        ({"epochs": -1}, "'epochs' is -1"),
        ({"learning_rate": 0.0}, "'learning_rate' is 0"),
        ({"radius": 0.1}, "'radius' is given, but fine-tuning with 'standard' has no such setting"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(LabError, match=said):
        PRUNINGS["magnitude"](**settings)


def test_an_unknown_training_afterwards_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'standard'"):
        PRUNINGS["magnitude"](fine_tuning="standart")
    with pytest.raises(LabError, match="'inputs' is 0"):
        PRUNINGS["taylor"](inputs=0)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_compression_that_cannot_be_reached_is_refused_with_the_largest_that_can(structure: str) -> None:
    with pytest.raises(LabError, match=r"1e\+06 cannot be reached: .* of 38,282 parameters .* Give at most"):
        pruned(fresh(), structure=structure, compression=1_000_000)


def test_a_level_below_what_is_pruned_already_is_refused() -> None:
    network = pruned(fresh(), compression=8)
    with pytest.raises(LabError, match="compression is 2, but the network already has a compression of 8"):
        pruned(network, compression=2)


def test_filters_of_a_layer_of_another_kind_are_refused() -> None:
    class Odd(nn.Linear):
        """A layer with more than weights and offsets."""

    network = nn.Sequential(nn.Flatten(), Odd(64, 20), nn.ReLU(), nn.Linear(20, 10))
    with pytest.raises(LabError, match="layer of type Odd; prune it"):
        pruned(network, structure="filter")
    assert parameters_left(pruned(network)) < 800


def test_filters_of_layers_that_cannot_be_followed_are_refused() -> None:
    class Untraceable(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(64, 10)

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            if torch.is_grad_enabled():
                raise RuntimeError("no gradients here")
            return self.layer(inputs.flatten(1))

    with pytest.raises(LabError, match=r"cannot be traced from input to output .*no gradients here"):
        pruned(Untraceable(), structure="filter")


def test_a_network_without_a_filter_to_remove_is_refused() -> None:
    with pytest.raises(LabError, match="No filter can be removed: there is no layer before the last one"):
        pruned(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), structure="filter")
