"""The size and speed of a network, to compare the nominal and the actual effect of pruning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter, thread_time
from typing import Any

import torch
from torch import nn

from advgame.lab.networks.classifier import Adapted, predictions

BATCHES = (1, 250)  # batch sizes at which latency is measured
REPEATS = 50
PATIENCE_SECONDS = 0.5  # for each batch size; slow networks are repeated less often
FEWEST_REPEATS = 3


def parameters_left(network: nn.Module) -> int:
    """The number of parameters that are not pruned.

    Weights of convolutions and linear layers that are exactly 0 do not count; all other parameters do.

    >>> layer = nn.Linear(3, 2)
    >>> _ = nn.init.ones_(layer.weight).data[0, 0].zero_()
    >>> parameters_left(layer), parameters_total(layer)
    (7, 8)
    """
    pruned = sum(int((layer.weight == 0).sum()) for layer in prunable_layers(network).values())
    return parameters_total(network) - pruned


def parameters_total(network: nn.Module) -> int:
    """The number of parameters, including zeros."""
    return sum(parameter.numel() for parameter in network.parameters())


def prunable_layers(network: nn.Module) -> dict[str, nn.Conv2d | nn.Linear]:
    """The convolutions and linear layers, by name, in the network's order."""
    return {
        name: layer for name, layer in network.named_modules() if isinstance(layer, nn.Conv2d | nn.Linear)
    }


@dataclass(frozen=True)
class NetworkFacts:
    """The size and speed of a network, and of a reference (the network before pruning).

    For randomised networks and ensembles all passes count. A layer with Gaussian weights counts twice,
    because inputs are multiplied by the means and by the deviations; of networks of which one is drawn for
    each input, the mean counts. A removed filter saves time; a weight set to 0 does not, without sparse
    kernels: compare the multiplications with the latencies.
    """

    parameters_total: int  # of the reference
    parameters_left: int
    true_compression: float  # parameters_total / parameters_left
    multiplications: int  # multiply-accumulates per input, of convolutions and linear layers
    multiplications_left: int  # those with a weight that is not 0
    multiplications_reference: int
    latency_1_seconds: float  # of one input alone, median, one thread
    latency_250_seconds: float  # of a batch of 250, or of all inputs given if they are fewer
    relative_latency_1: float  # to the reference, median of pairs measured alternately
    relative_latency_250: float


def network_facts(network: nn.Module, reference: nn.Module, inputs: torch.Tensor) -> dict[str, float]:
    """The facts about a network as a row of a table; see `NetworkFacts`.

    Args:
        network: in evaluation mode, on the device of the inputs.
        reference: the network before any pruning, on the same device.
        inputs: (inputs, …), at least one; up to 250 of them form the larger batch.
    """
    return asdict(measured_facts(network, reference, inputs))


def measured_facts(network: nn.Module, reference: nn.Module, inputs: torch.Tensor) -> NetworkFacts:
    """The facts about a network; measures its latencies.

    Args:
        network: the network to measure.
        reference: the network before pruning, which it is compared with.
        inputs: (inputs, channels, height, width) in [0, 1], to time both networks on.
    """
    total, left = parameters_total(reference), parameters_left(network)
    multiplications_total, multiplications_left = multiplications(network, inputs[:1])
    (single, single_relative), (batch, batch_relative) = (
        latency(network, reference, inputs[:size]) for size in BATCHES
    )
    return NetworkFacts(
        total,
        left,
        total / left,
        multiplications_total,
        multiplications_left,
        multiplications(reference, inputs[:1])[0],
        single,
        batch,
        single_relative,
        batch_relative,
    )


def multiplications(network: nn.Module, inputs: torch.Tensor) -> tuple[int, int]:
    """The multiply-accumulates for one input: all of them, and those with a weight that is not 0.

    Of a network that draws one of several members for each input, the mean over the draw, rounded.

    >>> layer = nn.Conv2d(1, 2, 3)  # 2 × 9 weights at 2 × 2 places
    >>> _ = layer.weight.data[0].zero_()
    >>> multiplications(layer, torch.zeros(1, 1, 4, 4))
    (72, 36)

    Args:
        network: the network; put into evaluation mode.
        inputs: (inputs, …), at least one.
    """
    switches = [part for part in network.modules() if isinstance(part, Adapted) and part.draws_a_member]
    every, left = _expected_multiplications(network, inputs, switches)
    return round(every / len(inputs)), round(left / len(inputs))


def _expected_multiplications(
    network: nn.Module, inputs: torch.Tensor, switches: Sequence[nn.Module]
) -> tuple[float, float]:
    """The mean over the members that each of the switches may draw, for all inputs together."""
    if not switches:
        return _counted_multiplications(network, inputs)
    switch: Any = switches[0]
    shares: tuple[float, ...] = switch.shares
    every = left = 0.0
    try:
        for drawn, share in enumerate(shares):
            switch.shares = tuple(float(place == drawn) for place in range(len(shares)))
            counts = _expected_multiplications(network, inputs, switches[1:])
            every, left = every + share * counts[0], left + share * counts[1]
    finally:
        switch.shares = shares
    return every, left


def _counted_multiplications(network: nn.Module, inputs: torch.Tensor) -> tuple[int, int]:
    """The multiply-accumulates of one call, for all inputs together."""
    counts = [0, 0]

    def count(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        weight = layer.weight
        assert isinstance(weight, torch.Tensor)
        values = int(getattr(layer, "values_per_weight", 1))  # 2 in a Gaussian layer
        uses = output.numel() // len(weight) * values  # of each weight
        counts[0] += uses * weight.numel()
        counts[1] += uses * int(weight.count_nonzero())

    hooks = [layer.register_forward_hook(count) for layer in prunable_layers(network).values()]
    try:
        predictions(network, inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return counts[0], counts[1]


def latency(network: nn.Module, reference: nn.Module, inputs: torch.Tensor) -> tuple[float, float]:
    """Seconds to classify the inputs in one batch, and the ratio to the reference: medians, on one thread.

    The two networks are measured alternately, in both orders, so that other load on the machine affects both.

    Args:
        network: the network to time.
        reference: the network it is compared with.
        inputs: (inputs, channels, height, width) in [0, 1], classified in one pass.
    """
    clock = _clock(inputs)

    def seconds(classifier: nn.Module) -> float:
        begun = clock()
        classifier(inputs)
        return clock() - begun

    times: list[float] = []
    ratios: list[float] = []
    spent = 0.0
    network.eval()
    reference.eval()
    with _one_thread(), torch.inference_mode():
        seconds(reference), seconds(network)  # the first pass allocates memory
        while len(times) < REPEATS and (len(times) < FEWEST_REPEATS or spent < PATIENCE_SECONDS):
            if len(times) % 2:
                of_network, of_reference = seconds(network), seconds(reference)
            else:
                of_reference, of_network = seconds(reference), seconds(network)
            times.append(of_network)
            ratios.append(of_network / of_reference)
            spent += of_reference + of_network
    return median(times), median(ratios)


def _clock(inputs: torch.Tensor) -> Callable[[], float]:
    """CPU seconds of this thread, which are independent of other processes; wall seconds on a GPU."""
    if not inputs.is_cuda:
        return thread_time

    def clock() -> float:
        torch.cuda.synchronize(inputs.device)
        return perf_counter()

    return clock


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
