"""The training loop; the loss of a batch, and the attack before it, are parameters.

A defence that trains is an objective: a function from a `Batch` to the loss that is to fall.

    def plain_loss(batch):
        return cross_entropy(batch.network(batch.inputs), batch.labels)

    network = fit(network, task, Recipe(epochs=5), plain_loss)

What training takes is counted wherever somebody asks with ``with counting() as facts:``.
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
SECOND_TRY = 0.2  # of the learning rate, where the first try diverged


@dataclass(frozen=True)
class Recipe:
    """How weights are moved; the default suits the laboratory's small networks."""

    epochs: int
    learning_rate: float = 3e-3  # the highest; the schedule starts or ends below it
    batch_size: int = 128
    optimiser: str = "adam"  # or "sgd", with Nesterov's momentum of 0.9
    schedule: str = "one_cycle"  # "cosine", or "constant"
    weight_decay: float = 0.0  # of connections, not of offsets
    replays: int = 1  # steps on each batch before the next one

    def __post_init__(self) -> None:
        from advgame.lab.fitting.settings import check_range  # not above: defences import this file

        check_range("epochs", self.epochs, 0)
        check_range("learning_rate", self.learning_rate, 0, low_included=False)
        check_range("batch_size", self.batch_size, 1)
        check_range("weight_decay", self.weight_decay, 0)
        check_range("replays", self.replays, 1)
        _check_choice("optimiser", self.optimiser, OPTIMISERS)
        _check_choice("schedule", self.schedule, SCHEDULES)


@dataclass(frozen=True, eq=False)
class Batch:
    """What an objective is given: some training inputs, and the network in training mode."""

    network: nn.Module
    inputs: torch.Tensor  # (inputs, …) in [0, 1]
    labels: torch.Tensor  # (inputs,)
    generator: torch.Generator  # of the CPU, so that devices draw the same
    progress: float  # share of the training that is done, 0..1
    memory: dict[str, Any]  # carried from batch to batch; empty at the first

    def normal(self) -> torch.Tensor:
        """Standard normal noise of the inputs' shape."""
        return torch.randn(self.inputs.shape, generator=self.generator).to(self.inputs.device)

    def uniform(self) -> torch.Tensor:
        """Noise of the inputs' shape, uniform in [−1, 1]."""
        drawn = torch.rand(self.inputs.shape, generator=self.generator).to(self.inputs.device)
        return drawn.mul_(2).sub_(1)


Objective: TypeAlias = Callable[[Batch], torch.Tensor]


def plain_loss(batch: Batch) -> torch.Tensor:
    """The cross-entropy on the inputs as they are."""
    return cross_entropy(batch.network(batch.inputs), batch.labels)


@dataclass
class TrainingFacts:
    """What training took; grows as long as it is counted."""

    seconds: float = 0.0  # of the CPU; wall time on a GPU
    forward_images: int = 0  # inputs that went through the network, those of crafting included
    backward_images: int = 0
    epochs: int = 0  # passes over the training inputs
    restarts: int = 0  # trainings that diverged and began again with smaller steps

    @property
    def propagations(self) -> int:
        """Forward and backward passes of single inputs."""
        return self.forward_images + self.backward_images


@contextmanager
def counting() -> Iterator[TrainingFacts]:
    """Counts all training that happens inside.

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
    """Adds what goes through the network inside, and the time, to every `counting` around it.

    `fit` does so itself; it is for passes made outside of it, as to find out which weights matter.
    """
    takers = _COUNTS.get()
    if not takers:
        yield
        return

    def add(**amounts: float) -> None:
        for facts in takers:
            for name, amount in amounts.items():
                setattr(facts, name, getattr(facts, name) + amount)

    def passed(_: nn.Module, __: object, answer: torch.Tensor) -> None:
        count = len(answer)
        add(forward_images=count)
        if answer.requires_grad:
            answer.register_hook(lambda _: add(backward_images=count))  # type: ignore[no-untyped-call]

    hook = network.register_forward_hook(passed)
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
    seed gives the same weights. Where the loss stops being a number, training begins again once,
    with smaller steps.

    Args:
        network: the network to train; changed in place.
        task: data, seed and device of the training.
        recipe: epochs, batch size, optimiser and learning rate.
        objective: the loss of a batch.

    Raises:
        LabError: where there is nothing to train on, and where the second try diverges as well.
    """
    if len(task.dataset.train_labels) == 0:
        raise LabError(
            f"The data set {task.dataset.name} has no training inputs; nothing can be learned from it."
        )
    network.to(task.device)
    # Convolutions of few channels are up to 1.6 times quicker with the channels innermost.
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
            task.progress("the loss is not a number; once more with smaller steps")
            network.load_state_dict(start)
            gentler = replace(recipe, learning_rate=recipe.learning_rate * SECOND_TRY)
            try:
                _train(network, task, gentler, objective)
            except _Diverged as diverged:
                network.load_state_dict(start)
                raise LabError(
                    f"Training diverged ({diverged}) with the learning rate {recipe.learning_rate:g}, and "
                    f"again with {gentler.learning_rate:g}; expected finite losses. Take a lower one."
                ) from None
    network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # as stored weights are
    return network.eval()


class _Diverged(Exception):
    """The loss or a weight is not a finite number."""


def _train(network: nn.Module, task: Task, recipe: Recipe, objective: Objective) -> None:
    inputs = task.dataset.train_inputs.to(task.device)
    labels = task.dataset.train_labels.to(task.device)
    size = min(recipe.batch_size, len(labels))
    batches = len(labels) // size  # what is left over is left out; another epoch draws it
    steps = recipe.epochs * batches * recipe.replays
    if steps == 0:
        return
    torch.manual_seed(task.seed)  # for layers that draw; restored by the caller
    generator, memory, done = task.generator(), dict[str, Any](), 0
    optimiser, schedule = _optimiser(network, recipe, steps)
    zeros = _zeros(network)
    network.train()
    for epoch in range(recipe.epochs):
        order = torch.randperm(len(labels), generator=generator).to(task.device)
        total = torch.zeros((), device=task.device)
        for places in order[: batches * size].split(size):  # type: ignore[no-untyped-call]
            some, goal = inputs[places], labels[places]
            for _ in range(recipe.replays):
                loss = objective(Batch(network, some, goal, generator, done / steps, memory))
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
    learned = [weight for weight in network.parameters() if weight.requires_grad]
    if not learned:
        raise LabError("The network has no weights that could be learned; train it before they are frozen.")
    groups = [
        {"params": [weight for weight in learned if weight.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [weight for weight in learned if weight.ndim <= 1], "weight_decay": 0.0},
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
    """The weights an earlier pruning has set to 0, with where: pruned means exactly 0."""
    found: list[tuple[torch.Tensor, torch.Tensor]] = []
    for layer in network.modules():
        if isinstance(layer, nn.modules.conv._ConvNd | nn.Linear):
            weight = layer._parameters.get("weight")
            if weight is not None and bool((weight == 0).any()):
                found.append((weight, weight.detach() == 0))
    return found


@torch.no_grad()
def _keep(zeros: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    for weight, where in zeros:
        weight.masked_fill_(where, 0.0)


def _check_finite(loss: float, network: nn.Module, epoch: int) -> None:
    finite = loss - loss == 0 and all(bool(torch.isfinite(weight).all()) for weight in network.parameters())
    if not finite:
        raise _Diverged(f"loss {loss:g} in epoch {epoch}")


@contextmanager
def _repeatable(task: Task) -> Iterator[None]:
    """Inside, torch draws and computes so that it can be repeated; after it, all is as it was."""
    on_gpu = task.device.type == "cuda"
    with (
        torch.random.fork_rng(devices=[task.device] if on_gpu else []),
        torch.backends.cudnn.flags(deterministic=True) if on_gpu else nullcontext(),
    ):
        yield


def _clock(network: nn.Module) -> Callable[[], float]:
    """CPU seconds; where the work is done on a GPU, wall seconds up to the end of what it was given."""
    first = next(network.parameters(), None)
    if first is None or not first.is_cuda:
        return process_time

    def clock() -> float:
        torch.cuda.synchronize(first.device)
        return perf_counter()

    return clock


def _check_choice(setting: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise LabError(f"The setting {setting!r} is {given!r}; expected one of {', '.join(known)}.")
