"""What an attack takes: seconds, propagations and queries, counted from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from time import perf_counter, process_time

import torch
from torch import nn

from advgame.lab.attacks.attack import Victim


@dataclass
class Spending:
    """Counts what crafting takes."""

    device: torch.device
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    depth: int = 0  # a surrogate that calls the network counts once
    on: bool = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Counts while inside."""
        clock: Callable[[], float] = perf_counter if self.device.type == "cuda" else process_time
        begun, self.on = clock(), True
        try:
            yield
        finally:
            if self.device.type == "cuda":
                torch.cuda.synchronize(self.device)
            self.on = False
            self.seconds += clock() - begun

    def per_input(self, inputs: int, queries_only: bool) -> dict[str, float]:
        """By name; a white-box adversary has a copy of the network and sends no queries."""
        forward = self.counts["forward"] / inputs
        return {
            "seconds": self.seconds / inputs,
            "forward_inputs": forward,
            "backward_inputs": self.counts["backward"] / inputs,
            "queries": forward if queries_only else 0.0,
        }

    def enter(self, *_: object) -> None:
        """A module begins to work."""
        self.depth += 1

    def leave(self, _: nn.Module, given: tuple[object, ...], answer: object) -> None:
        """A module has answered."""
        self.depth -= 1
        if not self.on or self.depth or not isinstance(answer, torch.Tensor):
            return
        count = len(given[0]) if given and isinstance(given[0], torch.Tensor) else len(answer)
        self.counts["forward"] += count
        if answer.requires_grad:
            answer.register_hook(lambda _: self.counts.update(backward=count))  # type: ignore[no-untyped-call]


@contextmanager
def spending_on(victim: Victim, device: torch.device) -> Iterator[Spending]:
    """Counts the inputs that go through the network and its surrogate.

    An answer that averages over draws counts once; what it costs, the seconds tell.
    """
    spending = Spending(device)
    with ExitStack() as hooks:
        for module in {id(each): each for each in (victim.network, victim.surrogate)}.values():
            hooks.callback(module.register_forward_pre_hook(spending.enter).remove)
            hooks.callback(module.register_forward_hook(spending.leave, always_call=True).remove)
        yield spending
