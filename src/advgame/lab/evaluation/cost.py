"""The cost of an attack: seconds, propagations and queries, counted by hooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from time import perf_counter, process_time

import torch
from torch import nn

from advgame.lab.attacks.attack import Victim
from advgame.lab.networks.classifier import draws_per_answer


@dataclass
class Spending:
    """Counts the cost of crafting."""

    device: torch.device
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    depth: int = 0  # a stand-in that calls the network counts once
    on: bool = False
    draws: Mapping[int, int] = field(default_factory=dict)  # in one answer of a module, by the module's id

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
        """The counts by name; a white-box attacker has a copy of the network and sends no queries.

        ``…_inputs`` and ``queries`` count answers, ``…_draws`` the random draws that these average over.
        """
        forward, drawn = self.counts["forward"] / inputs, self.counts["forward draws"] / inputs
        return {
            "seconds": self.seconds / inputs,
            "forward_inputs": forward,
            "backward_inputs": self.counts["backward"] / inputs,
            "queries": forward if queries_only else 0.0,
            "forward_draws": drawn,
            "backward_draws": self.counts["backward draws"] / inputs,
            "query_draws": drawn if queries_only else 0.0,
        }

    def enter(self, *_: object) -> None:
        """A module begins to work."""
        self.depth += 1

    def leave(self, module: nn.Module, given: tuple[object, ...], answer: object) -> None:
        """A module has answered.

        Args:
            module: the module.
            given: its arguments.
            answer: its output; only tensors are counted.
        """
        self.depth -= 1
        if not self.on or self.depth or not isinstance(answer, torch.Tensor):
            return
        count = len(given[0]) if given and isinstance(given[0], torch.Tensor) else len(answer)
        drawn = count * self.draws.get(id(module), 1)
        self.counts.update({"forward": count, "forward draws": drawn})
        if answer.requires_grad:
            backward = {"backward": count, "backward draws": drawn}
            answer.register_hook(lambda _: self.counts.update(backward))  # type: ignore[no-untyped-call]


@contextmanager
def spending_on(victim: Victim, device: torch.device) -> Iterator[Spending]:
    """Counts the inputs that go through the network and its stand-in.

    An answer that averages over draws of a randomised network counts once as an answer, and as many times
    as there are draws among the draws.
    """
    modules = {id(module): module for module in (victim.network, victim.stand_in)}
    spending = Spending(device, draws={key: draws_per_answer(module) for key, module in modules.items()})
    with ExitStack() as hooks:
        for module in modules.values():
            hooks.callback(module.register_forward_pre_hook(spending.enter).remove)
            hooks.callback(module.register_forward_hook(spending.leave, always_call=True).remove)
        yield spending
