"""Units go in order of importance, the best of each group never, and a removed one is as good as silent."""

from __future__ import annotations

from copy import deepcopy
from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from advgame.lab.networks.complexity import parameters_left
from advgame.lab.pruning.filters import Filters
from advgame.lab.pruning.masks import Masked
from advgame.lab.pruning.prunable_units import SCOPES, Removal, Units, fewest_to_remove, order_of_removal
from advgame.lab.pruning.taylor import expected_changes
from tests.lab.pruning.small_networks import digits, fresh

GROUPS = st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=6), min_size=1, max_size=5)


@given(GROUPS, st.sampled_from(SCOPES))
def test_all_but_the_best_of_each_group_go_the_worse_before_the_better(
    groups: list[list[float]], scope: str
) -> None:
    order = order_of_removal([torch.tensor(each, dtype=torch.float64) for each in groups], scope)
    assert len(order) == sum(len(each) - 1 for each in groups)
    going = [groups[group][place] for group, place in zip(order.groups, order.places, strict=True)]
    if scope == "global":
        assert going == sorted(going)
    for number, each in enumerate(groups):
        places = order.places[order.groups == number]
        values = [each[place] for place in places]
        assert values == sorted(values)
        assert len(set(places.tolist())) == len(each) - 1
        assert max(each) >= max(values, default=0)


@given(GROUPS, st.integers(0, 20))
def test_local_order_takes_the_same_share_of_each_group(groups: list[list[float]], count: int) -> None:
    order = order_of_removal([torch.tensor(each) for each in groups], "local")
    first = order.first(min(count, len(order)))
    shares = [(len(first.get(number, ())), len(each)) for number, each in enumerate(groups) if len(each) > 1]
    for gone, size in shares:
        for others_gone, others_size in shares:
            if gone < size - 1:  # this group could still give one, which would be a larger share
                assert (gone + 1) / size >= others_gone / others_size


@pytest.mark.parametrize("name", ["small_cnn", "resnet8", "vgg_narrow", "mlp_300_100"])
def test_a_network_without_a_filter_answers_as_if_the_filter_were_silent(name: str) -> None:
    whole = fresh(name)
    units = Filters(whole, digits().shape)
    importances = [torch.rand(len(each), generator=torch.Generator().manual_seed(0)) for each in units.sizes]
    order = order_of_removal(importances, "global")
    count = len(order) // 2
    silent = deepcopy(whole)
    same = Filters(silent, digits().shape)
    for group, places in order.first(count).items():
        for place in places.tolist():
            for view in same.views(group, place):
                view.zero_()
    left = units.parameters_left(order, count)
    units.remove(order, count)
    inputs = digits().test_inputs[:50]
    assert torch.allclose(whole(inputs), silent(inputs), atol=1e-5)
    assert parameters_left(whole) == left < parameters_left(silent)


@pytest.mark.parametrize("kernels", [False, True])
def test_masking_is_silencing(kernels: bool) -> None:
    whole, silent = fresh(), fresh()
    units, same = Masked(whole, kernels=kernels), Masked(silent, kernels=kernels)
    order = order_of_removal([torch.arange(float(len(each))) for each in units.sizes], "local")
    for group, places in order.first(300).items():
        for place in places.tolist():
            for view in same.views(group, place):
                view.zero_()
    left = units.parameters_left(order, 300)
    units.remove(order, 300)
    assert all(torch.equal(each, silent.state_dict()[name]) for name, each in whole.state_dict().items())
    assert parameters_left(whole) == left
    assert not list(whole.buffers())  # the mask is gone, the zeros stay


class Ladder:
    """Units of which each takes three parameters of a hundred."""

    def parameters_left(self, _: Removal, count: int) -> int:
        return 100 - 3 * count


@given(st.integers(-10, 110))
def test_the_number_to_remove_comes_nearest_to_the_target(target: int) -> None:
    removal = Removal(np.zeros(30, np.int64), np.arange(30))
    count = fewest_to_remove(cast(Units, Ladder()), removal, target)
    assert abs(100 - 3 * count - target) == min(abs(100 - 3 * each - target) for each in range(31))


@pytest.mark.parametrize("name", ["small_cnn", "resnet8"])
def test_the_expected_change_of_a_filter_is_the_derivative_of_scaling_its_output(name: str) -> None:
    network = fresh(name).double()
    units = Filters(network, digits().shape)
    inputs, labels = digits().train_inputs[:100].double(), digits().train_labels[:100]
    found = expected_changes(network, units, inputs, labels, seed=0)

    def loss() -> float:
        with torch.no_grad():
            return float(cross_entropy(network(inputs), labels))

    step = 1e-5
    for group, place in ((0, 1), (1, 0), (2, 3)):
        losses = []
        for sign in (1, -1):
            views = units.views(group, place)
            before = [view.clone() for view in views]
            for view in views:
                view.mul_(1 + sign * step)
            losses.append(loss())
            for view, value in zip(views, before, strict=True):
                view.copy_(value)
        slope = (losses[0] - losses[1]) / (2 * step)
        assert float(found[group][place]) == pytest.approx(slope**2, rel=1e-4, abs=1e-16)


def test_expected_changes_of_single_weights_are_squares_of_weight_times_gradient() -> None:
    network = fresh()
    inputs, labels = digits().train_inputs[:100], digits().train_labels[:100]
    found = expected_changes(network, Masked(network, kernels=False), inputs, labels, seed=0)
    cross_entropy(network(inputs), labels).backward()
    weight = network[0].weight
    assert torch.allclose(found[0].float(), (weight * weight.grad).square().flatten(), rtol=1e-4)
