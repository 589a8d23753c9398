"""Auto-PGD: gradient ascent that chooses its own steps (Croce & Hein 2020), as pyautoattack runs it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from pyautoattack.autopgd_base import APGDAttack, APGDAttack_targeted
from torch import nn

from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.kinds import FixedEpsilonAttack, check_counts, in_batches
from advgame.lab.attacks.norms import beside
from advgame.lab.attacks.survivors import Survivors
from advgame.lab.networks.classifier import is_randomised

MOST_TARGETS = 9  # required by the standard protocol
SMALL_ENOUGH = 6400  # values in a batch up to which a step costs hardly more than that of a single input
CLASSES_FOR_DLR = 4  # the targeted difference-of-logits ratio divides by the third and fourth logit

QUIET = logging.getLogger("advgame.lab.attacks")  # the guard looks for zero gradients itself
QUIET.disabled = True


@dataclass(frozen=True)
class ApgdCE(FixedEpsilonAttack):
    """Auto-PGD on the cross-entropy in L∞."""

    name: ClassVar[str] = "apgd_ce"
    norm: ClassVar[str | None] = "Linf"
    steps: int = 100
    draws: int = 1  # gradients averaged for each step, for a stand-in that is random itself

    def __post_init__(self) -> None:
        check_counts(self, steps=1, draws=1)

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The last point that fools the stand-in, otherwise the one with the largest loss."""
        return climbed(victim, inputs, labels, str(self.norm), radius, self.steps, self.draws)


@dataclass(frozen=True)
class ApgdT(FixedEpsilonAttack):
    """Targeted Auto-PGD towards the most likely other classes in turn, in L∞."""

    name: ClassVar[str] = "apgd_t"
    norm: ClassVar[str | None] = "Linf"
    steps: int = 100
    targets: int = MOST_TARGETS  # classes that are aimed at; as many as there are where that is fewer
    draws: int = 1

    def __post_init__(self) -> None:
        check_counts(self, steps=1, targets=1, draws=1)

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        """The first target's point that fools; the likeliest one's where none does."""
        survivors = Survivors(victim, inputs, labels)
        aim(survivors, str(self.norm), radius, self.steps, self.targets, self.draws)
        return survivors.changed


@dataclass(frozen=True)
class _CrossEntropyThenTargets(FixedEpsilonAttack):
    """Auto-PGD on the cross-entropy, then targeted on the inputs not yet fooled."""

    steps: int = 100
    targets: int = 3
    draws: int = 1

    def __post_init__(self) -> None:
        check_counts(self, steps=1, targets=0, draws=1)

    def within(
        self, victim: Victim, inputs: torch.Tensor, labels: torch.Tensor, radius: float
    ) -> torch.Tensor:
        norm = str(self.norm)
        changed = climbed(victim, inputs, labels, norm, radius, self.steps, self.draws)
        survivors = Survivors(victim, inputs, labels, changed)
        aim(survivors, norm, radius, self.steps, self.targets, self.draws)
        return survivors.changed


@dataclass(frozen=True)
class ApgdL2(_CrossEntropyThenTargets):
    """Auto-PGD in L2: on the cross-entropy, then targeted on the inputs not yet fooled."""

    name: ClassVar[str] = "apgd_l2"
    norm: ClassVar[str | None] = "L2"


@dataclass(frozen=True)
class ApgdL1(_CrossEntropyThenTargets):
    """Auto-PGD in L1, with the shrinking radius of Croce & Hein 2021, then targeted."""

    name: ClassVar[str] = "apgd_l1"
    norm: ClassVar[str | None] = "L1"


def climbed(
    victim: Victim,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    norm: str,
    radius: float,
    steps: int,
    draws: int = 1,
) -> torch.Tensor:
    """Each input moved up the cross-entropy within the radius.

    Args:
        victim: the network under attack, with the gradients and answers an attack may use.
        inputs: (inputs, channels, height, width) in [0, 1].
        labels: (inputs,) int64, the true classes.
        norm: "L0", "L1", "L2" or "Linf".
        radius: largest change, at least 0, in that norm, for inputs in [0, 1].
        steps: gradient steps, at least 1.
        draws: answers of a randomised network that are averaged; 1 for a deterministic one.
    """

    def climb(some: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
        run = APGDAttack(loss="ce", **_settings(victim, some, norm, radius, steps, draws))
        return _run(run, victim, some, goal)

    return in_batches(climb, inputs, labels)


def climbed_from(
    victim: Victim,
    inputs: torch.Tensor,
    starts: torch.Tensor,
    labels: torch.Tensor,
    norm: str,
    radius: float,
    steps: int,
    draws: int = 1,
) -> torch.Tensor:
    """Each start moved up the cross-entropy within the radius around its input.

    Args:
        victim: the network under attack, with the gradients and answers an attack may use.
        inputs: (inputs, channels, height, width) in [0, 1].
        starts: of the shape of the inputs, within the radius.
        labels: (inputs,) int64, the true classes.
        norm: "L1", "L2" or "Linf".
        radius: largest change, at least 0, in that norm, for inputs in [0, 1].
        steps: gradient steps, at least 1.
        draws: gradients averaged for each step.
    """
    goals = torch.stack([labels, torch.arange(len(labels), device=labels.device)], dim=1)

    def climb(some: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
        run = APGDAttack(loss="ce", **_settings(victim, some, norm, radius, steps, draws))
        run.use_largereps = False  # the start lies within the radius
        return _run(run, victim, some, goal[:, 0], starts[goal[:, 1]])

    return in_batches(climb, inputs, goals)


def aim(survivors: Survivors, norm: str, radius: float, steps: int, targets: int, draws: int = 1) -> None:
    """Targeted ascent on the inputs not yet fooled, most likely class first.

    Where few inputs stand, several classes are tried in one batch: a step of a small batch costs no less.

    Args:
        survivors: the inputs that no earlier attack has fooled; changed in place.
        norm: "L0", "L1", "L2" or "Linf".
        radius: largest change, at least 0, in that norm, for inputs in [0, 1].
        steps: gradient steps, at least 1.
        targets: how many other classes are tried, the most likely first.
        draws: answers of a randomised network that are averaged; 1 for a deterministic one.
    """
    if len(survivors) == 0:
        return
    victim = survivors.victim
    order = _likeliest_others(victim.stand_in, survivors.inputs, survivors.labels)
    kind = APGDAttack_targeted if order.shape[1] + 1 >= CLASSES_FOR_DLR else Margin

    def towards(some: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
        run = kind(**_settings(victim, some, norm, radius, steps, draws))
        run.y_target = goal[:, 1]
        return _run(run, victim, some, goal[:, 0])

    first, last = 0, min(targets, order.shape[1])
    while first < last and len(survivors) > 0:
        inputs, labels = survivors.inputs, survivors.labels
        ranks = range(first, min(first + max(SMALL_ENOUGH // inputs.numel(), 1), last))
        pairs = torch.cat([torch.stack([labels, order[:, rank]], dim=1) for rank in ranks])
        crafted = in_batches(towards, torch.cat([inputs] * len(ranks)), pairs)
        standing = torch.arange(len(labels), device=labels.device)
        for examples in crafted.reshape(len(ranks), *inputs.shape):
            if len(survivors) == 0:
                return
            standing = standing[survivors.meet(examples[standing])]
        order, first = order[standing], ranks.stop


class Margin(APGDAttack_targeted):  # type: ignore[misc]  # the library has no types
    """Towards a target by the plain difference of two logits, where there are too few classes for a ratio."""

    def dlr_loss_targeted(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The target's logit above the right one's."""
        rows = torch.arange(len(x))
        return x[rows, self.y_target] - x[rows, y]


def _settings(
    victim: Victim, inputs: torch.Tensor, norm: str, radius: float, steps: int, draws: int
) -> dict[str, Any]:
    return {
        "predict": victim.stand_in,
        "n_iter": steps,
        "norm": norm,
        "eps": radius,
        "eot_iter": draws,
        "seed": victim.seed,
        "device": inputs.device,
        "use_largereps": norm == "L1",
        "logger": QUIET,
    }


def _run(
    run: APGDAttack,
    victim: Victim,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    starts: torch.Tensor | None = None,
) -> torch.Tensor:
    """One ascent, without the predictions that the library's own loop around it repeats.

    The last point that fooled, or the one of the greatest loss; always that of a randomised network, which
    any point fools by luck.
    """
    run.init_hyperparam(inputs)
    if run.use_largereps:
        radii, steps = _shrinking(run.eps_orig, run.n_iter_orig)
        highest, right, _, fooling = run.decr_eps_pgd(inputs, labels, radii, steps)
    else:
        highest, right, _, fooling = run.attack_single_run(inputs, labels, x_init=starts)
    if not is_randomised(victim.network):
        highest = torch.where(beside(right == 0, inputs), fooling, highest)
    changed: torch.Tensor = highest.detach()
    return changed


def _shrinking(radius: float, steps: int) -> tuple[list[float], list[int]]:
    """Three radii and the steps spent in each, as the standard protocol has them for L1."""
    first = -(-3 * steps // 10)
    return [3.0 * radius, 2.0 * radius, radius], [first, first, max(steps - 2 * first, 1)]


def _likeliest_others(stand_in: nn.Module, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The other classes of each input, likeliest first, (inputs, classes − 1)."""
    with torch.no_grad():
        logits = stand_in(inputs)
    other_logits: torch.Tensor = logits.scatter(1, labels[:, None], -torch.inf)
    return other_logits.argsort(dim=1, descending=True)[:, :-1]
