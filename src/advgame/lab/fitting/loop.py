"""The training loop; the loss of a batch, and the attack before it, are parameters.

A training defence is an objective: a function from a `Batch` to the loss to minimise.

    def plain_loss(batch):
        return cross_entropy(batch.network(batch.inputs), batch.labels)

    network = fit(network, task, Recipe(epochs=5), plain_loss)

``with counting() as facts:`` counts the cost of all training inside the block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import dataclass, replace
from time import perf_counter, process_time
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from advgame.errors import LabError
from advgame.lab.fitting.task import Task

OPTIMISERS = ("adam", "sgd")
SCHEDULES = ("one_cycle", "cosine", "constant")
SECOND_TRY = 0.2  # of the learning rate, after the first try diverged


@dataclass(frozen=True)
class Recipe:
    """The settings of the optimiser; the defaults suit the laboratory's small networks."""

    epochs: int
    learning_rate: float = 3e-3  # the highest; the schedule starts or ends below it
    batch_size: int = 128
    optimiser: str = "adam"  # or "sgd", with Nesterov's momentum of 0.9
    schedule: str = "one_cycle"  # "cosine", or "constant"
    weight_decay: float = 0.0  # of weights, not of biases
    replays: int = 1  # steps on each batch before the next one

    def __post_init__(self) -> None:
        from advgame.lab.fitting.settings import (  # not above: defences import this file
            check_choice,
            check_range,
        )

        check_range("epochs", self.epochs, 0)
        check_range("learning_rate", self.learning_rate, 0, low_included=False)
        check_range("batch_size", self.batch_size, 1)
        check_range("weight_decay", self.weight_decay, 0)
        check_range("replays", self.replays, 1)
        check_choice("optimiser", self.optimiser, OPTIMISERS)
        check_choice("schedule", self.schedule, SCHEDULES)


@dataclass(frozen=True, eq=False)
class Batch:
    """The argument of an objective: a batch of training inputs, and the network in training mode."""

    network: nn.Module
    inputs: torch.Tensor  # (inputs, …) in [0, 1]
    labels: torch.Tensor  # (inputs,)
    generator: torch.Generator  # of the CPU, so that devices draw the same
    progress: float  # share of the training that is done, 0..1
    memory: dict[str, Any]  # passed from batch to batch; empty for the first

    def normal(self) -> torch.Tensor:
        """Standard normal noise in the shape of the inputs."""
        return torch.randn(self.inputs.shape, generator=self.generator).to(self.inputs.device)

    def uniform(self) -> torch.Tensor:
        """Noise in the shape of the inputs, uniform in [−1, 1]."""
        noise = torch.rand(self.inputs.shape, generator=self.generator).to(self.inputs.device)
        return noise.mul_(2).sub_(1)


Objective: TypeAlias = Callable[[Batch], torch.Tensor]


def plain_loss(batch: Batch) -> torch.Tensor:
    """The cross-entropy on the unperturbed inputs."""
    return cross_entropy(batch.network(batch.inputs), batch.labels)


@dataclass
class TrainingFacts:
    """The cost of training, accumulated while it is counted."""

    seconds: float = 0.0  # of the CPU; wall time on a GPU
    forward_images: int = 0  # forward passes of single inputs, including those that craft examples
    backward_images: int = 0
    epochs: int = 0  # passes over the training inputs
    restarts: int = 0  # trainings that diverged and were restarted with a lower learning rate

    @property
    def propagations(self) -> int:
        """Forward and backward passes of single inputs."""
        return self.forward_images + self.backward_images


@contextmanager
def counting() -> Iterator[TrainingFacts]:
    """Counts all training inside the block.

    >>> with counting() as facts:
    ...     pass
    >>> facts.propagations
    0
    """
    facts = TrainingFacts()
    token = _COUNTS.set((*_COUNTS.get(), facts))
    try:
        yield facts
    finally:
        _COUNTS.reset(token)


_COUNTS: ContextVar[tuple[TrainingFacts, ...]] = ContextVar("advgame_training_facts", default=())


@contextmanager
def counted(network: nn.Module) -> Iterator[None]:
    """Adds the passes through the network inside the block, and their time, to every enclosing `counting`.

    `fit` does this itself; use it for other passes, such as those that estimate importances.
    """
    counters = _COUNTS.get()
    if not counters:
        yield
        return

    def add(**amounts: float) -> None:
        for facts in counters:
            for name, amount in amounts.items():
                setattr(facts, name, getattr(facts, name) + amount)

    def count_pass(_: nn.Module, __: object, output: torch.Tensor) -> None:
        count = len(output)
        add(forward_images=count)
        if output.requires_grad:
            output.register_hook(lambda _: add(backward_images=count))  # type: ignore[no-untyped-call]

    hook = network.register_forward_hook(count_pass)
    clock = _clock(network)
    begun = clock()
    try:
        yield
    finally:
        hook.remove()
        add(seconds=clock() - begun)


def fit(network: nn.Module, task: Task, recipe: Recipe, objective: Objective = plain_loss) -> nn.Module:
    """The network, trained in place on the task's training inputs, in evaluation mode.

    Weights of convolutions and linear layers that are exactly 0 stay exactly 0. On one thread, the same
    seed gives the same weights. If the loss becomes NaN or infinite, training restarts once with a lower
    learning rate.

    Args:
        network: the network to train; changed in place.
        task: data, seed and device of the training.
        recipe: epochs, batch size, optimiser and learning rate.
        objective: the loss of a batch.

    Raises:
        LabError: without training inputs, or if the second try diverges as well.
    """
    if len(task.dataset.train_labels) == 0:
        raise LabError(
            f"The data set {task.dataset.name} has no training inputs; nothing can be learned from it."
        )
    network.to(task.device)
    # Convolutions with few channels are up to 1.6 times faster in the channels-last layout.
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    start = deepcopy(network.state_dict())
    with ExitStack() as inside:
        inside.enter_context(counted(network))
        inside.enter_context(_repeatable(task))
        try:
            _train(network, task, recipe, objective)
        except _Diverged:
            for facts in _COUNTS.get():
                facts.restarts += 1
            task.progress("training diverged; it restarts with a lower learning rate")
            network.load_state_dict(start)
            slower = replace(recipe, learning_rate=recipe.learning_rate * SECOND_TRY)
            try:
                _train(network, task, slower, objective)
            except _Diverged as diverged:
                network.load_state_dict(start)
                raise LabError(
                    f"Training diverged ({diverged}) with the learning rate {recipe.learning_rate:g}, and "
                    f"again with {slower.learning_rate:g}; expected finite losses. Give a lower one."
                ) from None
    network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # as stored weights are
    return network.eval()


class _Diverged(Exception):
    """The loss or a weight is not a finite number."""


def _train(network: nn.Module, task: Task, recipe: Recipe, objective: Objective) -> None:
    inputs = task.dataset.train_inputs.to(task.device)
    labels = task.dataset.train_labels.to(task.device)
    size = min(recipe.batch_size, len(labels))
    batches = len(labels) // size  # an incomplete last batch is dropped; the order differs by epoch
    steps = recipe.epochs * batches * recipe.replays
    if steps == 0:
        return
    torch.manual_seed(task.seed)  # for random layers; the caller restores the state
    generator, memory, done = task.generator(), dict[str, Any](), 0
    optimiser, schedule = _optimiser(network, recipe, steps)
    zeros = _zeros(network)
    network.train()
    for epoch in range(recipe.epochs):
        order = torch.randperm(len(labels), generator=generator).to(task.device)
        total = torch.zeros((), device=task.device)
        for indices in order[: batches * size].split(size):  # type: ignore[no-untyped-call]
            for _ in range(recipe.replays):
                task.before_step(network, done / steps)
                batch = Batch(network, inputs[indices], labels[indices], generator, done / steps, memory)
                loss = objective(batch)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
                _keep(zeros)
                total += loss.detach()
                done += 1
        for facts in _COUNTS.get():
            facts.epochs += 1
        mean = total.item() / (batches * recipe.replays)
        _check_finite(mean, network, epoch + 1)
        task.progress(f"epoch {epoch + 1} of {recipe.epochs}, loss {mean:.3f}")


def _optimiser(
    network: nn.Module, recipe: Recipe, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    trainable = [weight for weight in network.parameters() if weight.requires_grad]
    if not trainable:
        raise LabError("The network has no trainable weights; train it before they are frozen.")
    groups = [
        {"params": [weight for weight in trainable if weight.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [weight for weight in trainable if weight.ndim <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    rate = recipe.learning_rate
    optimiser: torch.optim.Optimizer
    if recipe.optimiser == "adam":
        optimiser = torch.optim.AdamW(groups, lr=rate, fused=True)
    else:
        optimiser = torch.optim.SGD(groups, lr=rate, momentum=0.9, nesterov=True, fused=True)
    if recipe.schedule == "one_cycle":
        return optimiser, torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps + 1)
    if recipe.schedule == "cosine":
        return optimiser, torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    return optimiser, torch.optim.lr_scheduler.ConstantLR(optimiser, factor=1.0)


def _zeros(network: nn.Module) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The weights with entries that an earlier pruning has set to exactly 0, and masks of these entries."""
    pruned: list[tuple[torch.Tensor, torch.Tensor]] = []
    for layer in network.modules():
        if isinstance(layer, nn.modules.conv._ConvNd | nn.Linear):
            weight = layer._parameters.get("weight")
            if weight is not None and bool((weight == 0).any()):
                pruned.append((weight, weight.detach() == 0))
    return pruned


@torch.no_grad()
def _keep(zeros: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    for weight, mask in zeros:
        weight.masked_fill_(mask, 0.0)


def _check_finite(loss: float, network: nn.Module, epoch: int) -> None:
    finite = loss - loss == 0 and all(bool(torch.isfinite(weight).all()) for weight in network.parameters())
    if not finite:
        raise _Diverged(f"loss {loss:g} in epoch {epoch}")


@contextmanager
def _repeatable(task: Task) -> Iterator[None]:
    """Makes torch reproducible inside the block and restores its state afterwards."""
    on_gpu = task.device.type == "cuda"
    with (
        torch.random.fork_rng(devices=[task.device] if on_gpu else []),
        torch.backends.cudnn.flags(deterministic=True) if on_gpu else nullcontext(),
    ):
        yield


def _clock(network: nn.Module) -> Callable[[], float]:
    """CPU seconds; on a GPU, wall seconds until its queue is empty."""
    first = next(network.parameters(), None)
    if first is None or not first.is_cuda:
        return process_time

    def clock() -> float:
        torch.cuda.synchronize(first.device)
        return perf_counter()

    return clock
