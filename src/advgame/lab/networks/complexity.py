"""The size and speed of a network, to compare the nominal and the actual effect of pruning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter, thread_time

import torch
from torch import nn

from advgame.lab.networks.classifier import predictions

BATCHES = (1, 250)  # inputs that are classified at once when latency is measured
REPEATS = 50
PATIENCE_SECONDS = 0.5  # for each batch size; slow networks are repeated less often
FEWEST_REPEATS = 3


def parameters_left(network: nn.Module) -> int:
    """How many parameters are not pruned away.

    Weights of convolutions and connected layers that are exactly 0 do not count; whatever else there is does.

    >>> layer = nn.Linear(3, 2)
    >>> _ = nn.init.ones_(layer.weight).data[0, 0].zero_()
    >>> parameters_left(layer), parameters_total(layer)
    (7, 8)
    """
    gone = sum(int((layer.weight == 0).sum()) for layer in prunable_layers(network).values())
    return parameters_total(network) - gone


def parameters_total(network: nn.Module) -> int:
    """All parameters, zeros among them."""
    return sum(parameter.numel() for parameter in network.parameters())


def prunable_layers(network: nn.Module) -> dict[str, nn.Conv2d | nn.Linear]:
    """The layers that pruning works on, by name, in the network's order."""
    return {
        name: layer for name, layer in network.named_modules() if isinstance(layer, nn.Conv2d | nn.Linear)
    }


@dataclass(frozen=True)
class NetworkFacts:
    """The size and the speed of a network, beside those of a reference (the network before pruning).

    Where a network draws or combines, all its passes count. A removed filter saves time; a weight set to 0
    does not, without kernels for sparse weights: compare the multiplications with the latencies.
    """

    parameters_total: int  # of the reference
    parameters_left: int
    true_compression: float  # parameters_total / parameters_left
    multiplications: int  # multiply-accumulates per input, of convolutions and connected layers
    multiplications_left: int  # those with a weight that is not 0
    multiplications_reference: int
    latency_1_seconds: float  # of one input alone, median, one thread
    latency_250_seconds: float  # of a batch of 250, or of as many inputs as were given
    relative_latency_1: float  # to the reference's, median of pairs measured in turn
    relative_latency_250: float


def network_facts(network: nn.Module, reference: nn.Module, inputs: torch.Tensor) -> dict[str, float]:
    """The facts about a network as a table's row; see `NetworkFacts`.

    Args:
        network: in evaluation mode, on the device of the inputs.
        reference: the network as it was before anything was pruned, on the same device.
        inputs: at least one; as many as there are, up to 250, make the larger batch.
    """
    return asdict(measured_facts(network, reference, inputs))


def measured_facts(network: nn.Module, reference: nn.Module, inputs: torch.Tensor) -> NetworkFacts:
    """The facts about a network, its latencies measured now.

    Args:
        network: the network to measure.
        reference: the network before pruning, which it is compared with.
        inputs: (inputs, channels, height, width) in [0, 1], to time both networks on.
    """
    total, left = parameters_total(reference), parameters_left(network)
    all_of_it, of_left = multiplications(network, inputs[:1])
    (one, one_relative), (many, many_relative) = (
        latency(network, reference, inputs[:batch]) for batch in BATCHES
    )
    return NetworkFacts(
        total,
        left,
        total / left,
        all_of_it,
        of_left,
        multiplications(reference, inputs[:1])[0],
        one,
        many,
        one_relative,
        many_relative,
    )


def multiplications(network: nn.Module, inputs: torch.Tensor) -> tuple[int, int]:
    """Multiply-accumulates for one input: all, and those with a weight that is not 0.

    >>> layer = nn.Conv2d(1, 2, 3)  # 2 × 9 weights at 2 × 2 places
    >>> _ = layer.weight.data[0].zero_()
    >>> multiplications(layer, torch.zeros(1, 1, 4, 4))
    (72, 36)

    Args:
        inputs: some, of the shape that the network takes.
    """
    counts = [0, 0]

    def count(layer: nn.Module, _: object, answer: torch.Tensor) -> None:
        weight = layer.weight
        assert isinstance(weight, torch.Tensor)
        uses = answer.numel() // len(weight)  # of each weight
        counts[0] += uses * weight.numel()
        counts[1] += uses * int(weight.count_nonzero())

    hooks = [layer.register_forward_hook(count) for layer in prunable_layers(network).values()]
    try:
        predictions(network, inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return counts[0] // len(inputs), counts[1] // len(inputs)


def latency(network: nn.Module, reference: nn.Module, inputs: torch.Tensor) -> tuple[float, float]:
    """Seconds to classify the inputs at once, and that relative to the reference: medians, on one thread.

    The two are measured in turn, each as often before the other as after it, so that whatever else the
    machine does disturbs both.

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

    own: list[float] = []
    ratios: list[float] = []
    spent = 0.0
    network.eval()
    reference.eval()
    with _one_thread(), torch.inference_mode():
        seconds(reference), seconds(network)  # the first pass of each makes room
        while len(own) < REPEATS and (len(own) < FEWEST_REPEATS or spent < PATIENCE_SECONDS):
            if len(own) % 2:
                now, before = seconds(network), seconds(reference)
            else:
                before, now = seconds(reference), seconds(network)
            own.append(now)
            ratios.append(now / before)
            spent += before + now
    return median(own), median(ratios)


def _clock(inputs: torch.Tensor) -> Callable[[], float]:
    """This thread's CPU seconds, which other processes do not disturb; wall seconds on a GPU."""
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
