"""Every network is made for a shape and a number of classes, the same for the same seed."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from advgame.errors import LabError, UnknownName
from advgame.lab.networks import NETWORKS

IMAGES = ((1, 28, 28), (3, 32, 32))
SHAPES = {
    "lenet": (*IMAGES, (1, 12, 13)),
    "mlp_300_100": (*IMAGES, (1, 8, 8), (57,)),
    "resnet8": (*IMAGES, (1, 8, 8)),
    "vgg_narrow": (*IMAGES, (1, 8, 8)),
    "resnet8_half": (*IMAGES, (1, 8, 8)),
    "vgg_half": (*IMAGES, (1, 16, 16)),
    "small_cnn": (*IMAGES, (1, 8, 8), (2, 3, 5)),
    "mlp": (*IMAGES, (57,)),
}


def test_all_networks_are_tried_here() -> None:
    assert set(SHAPES) == set(NETWORKS)


@pytest.mark.parametrize(("name", "shape"), [(name, shape) for name in SHAPES for shape in SHAPES[name]])
def test_a_network_gives_a_finite_logit_for_each_class(name: str, shape: tuple[int, ...]) -> None:
    network = NETWORKS[name](shape, 7, seed=1)
    logits = network(torch.rand(3, *shape))
    assert logits.shape == (3, 7)
    assert torch.isfinite(logits).all()
    assert not network.training


@pytest.mark.parametrize("name", SHAPES)
def test_weights_follow_from_the_seed_and_nothing_else_is_drawn(name: str) -> None:
    def weights(seed: int) -> torch.Tensor:
        network = NETWORKS[name](SHAPES[name][0], 10, seed)
        return torch.cat([each.flatten() for each in network.parameters()])

    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, again, other = weights(1), weights(1), weights(2)
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("lenet", 6 * 26 + 16 * 151 + 120 * 401 + 84 * 121 + 10 * 85),
        ("mlp_300_100", 300 * 785 + 100 * 301 + 10 * 101),
        ("resnet8", 77_754),
    ],
)
def test_a_network_is_as_large_as_the_literature_says(name: str, parameters: int) -> None:
    network = NETWORKS[name]((1, 28, 28), 10, seed=0)
    assert sum(each.numel() for each in network.parameters()) == parameters


@pytest.mark.parametrize("name", ["resnet8_half", "vgg_half"])
def test_the_first_convolution_halves_the_resolution(name: str) -> None:
    network = NETWORKS[name]((3, 32, 32), 10, seed=0)
    first = next(layer for layer in network.modules() if isinstance(layer, nn.Conv2d))
    assert first(torch.rand(1, 3, 32, 32)).shape == (1, 16, 16, 16)


@pytest.mark.parametrize("name", ["resnet8", "vgg_narrow", "resnet8_half", "vgg_half"])
def test_convolutions_before_a_normalisation_have_no_offset_of_their_own(name: str) -> None:
    network = NETWORKS[name]((1, 28, 28), 10, seed=0)
    assert all(layer.bias is None for layer in network.modules() if isinstance(layer, nn.Conv2d))


@pytest.mark.parametrize(
    ("name", "shape", "classes", "said"),
    [
        ("lenet", (1, 8, 8), 10, r"\(1, 8, 8\); expected images .* of at least 12 × 12 pixels.*small_cnn"),
        ("small_cnn", (57,), 2, r"\(57,\); expected images .*mlp for rows of a table"),
        ("resnet8", (28, 28), 10, "expected images"),
        ("mlp", (), 10, "expected positive dimensions"),
        ("mlp", (3, 0), 10, "expected positive dimensions"),
        ("mlp", (57,), 1, "given 1 classes; expected at least 2"),
    ],
)
def test_a_shape_that_does_not_fit_is_refused(
    name: str, shape: tuple[int, ...], classes: int, said: str
) -> None:
    with pytest.raises(LabError, match=f"{name} is .*{said}"):
        NETWORKS[name](shape, classes, seed=0)


def test_an_unknown_network_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'resnet8'"):
        NETWORKS["resnet18"]
