"""Attacks through the laboratory beside the same attacks through their libraries directly.

Without the laboratory, all inputs are attacked at every radius, in batches of the library's usual size. The
laboratory attacks only the inputs that are still classified correctly, verifies every example and counts
costs. With one radius, the ratio is the cost of verification; with three, it includes what is saved on fooled
inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import process_time

import numpy as np
import torch
from torch import nn

from advgame.lab.attacks.apgd import ApgdCE
from advgame.lab.attacks.attack import Attack, Victim
from advgame.lab.attacks.ddn import Ddn
from advgame.lab.attacks.pgd import Pgd
from advgame.lab.attacks.square import Square
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.evaluation.robust_accuracy import outcomes
from advgame.lab.fitting.task import Task
from advgame.lab.networks import NETWORKS
from advgame.lab.training.fast_training import FastTraining
from benchmarks.laboratory_strength import SETTINGS

INPUTS = 500
BY_HAND = 250  # inputs at once, as AutoAttack's own default has it
LINF, L2 = (0.025, 0.05, 0.1), (0.5, 1.0, 1.5)
ONE = (0.05,)
QUERIES = 500


@dataclass(frozen=True)
class Work:
    """An attack of ours, and the same by hand: how many inputs are right at each radius."""

    name: str
    attack: Attack
    by_hand: Callable[[nn.Module, torch.Tensor, torch.Tensor, tuple[float, ...]], list[int]]
    radii: tuple[float, ...]


def foolbox_by_hand(make: Callable[[], object]) -> Callable[..., list[int]]:
    """What a script of a user of foolbox does."""
    from foolbox import PyTorchModel

    def run(
        network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, radii: tuple[float, ...]
    ) -> list[int]:
        model, right = PyTorchModel(network, bounds=(0, 1), device=inputs.device), [0] * len(radii)
        for some, goal in _batches(inputs, labels):
            _, _, fooled = make()(model, some, goal, epsilons=list(radii))  # type: ignore[operator]
            right = [count + int((~successes).sum()) for count, successes in zip(right, fooled, strict=True)]
        return right

    return run


def _batches(inputs: torch.Tensor, labels: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    for first in range(0, len(labels), BY_HAND):
        yield inputs[first : first + BY_HAND], labels[first : first + BY_HAND]


def autoattack_by_hand(norm: str, attacks: list[str]) -> Callable[..., list[int]]:
    """What a script of a user of AutoAttack does, once for each radius."""
    from pyautoattack import AutoAttack

    def run(
        network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, radii: tuple[float, ...]
    ) -> list[int]:
        right = []
        for radius in radii:
            attack = AutoAttack(
                network, norm=norm, eps=radius, version="custom", attacks=attacks, device="cpu"
            )
            attack.verbose, attack.apgd.n_restarts = False, 1  # one start, as ours
            attack.square.n_queries, attack.square.rescale_schedule = QUERIES, True  # as ours
            changed, _ = attack.run_standard_evaluation(inputs, labels, batch_size=BY_HAND)
            with torch.no_grad():
                right.append(int((network(changed).argmax(1) == labels).sum()))
        return right

    return run


def works() -> list[Work]:
    """What is compared: a fixed step, Auto-PGD, random squares, and a search for the smallest change."""
    from foolbox.attacks import DDNAttack, LinfProjectedGradientDescentAttack

    pgd = foolbox_by_hand(lambda: LinfProjectedGradientDescentAttack(rel_stepsize=0.1, steps=40))
    apgd = autoattack_by_hand("Linf", ["apgd-ce"])
    square = autoattack_by_hand("Linf", ["square"])
    return [
        Work("PGD, L∞, 40 steps (foolbox)", Pgd(steps=40), pgd, ONE),
        Work("the same, three radii", Pgd(steps=40), pgd, LINF),
        Work("APGD-CE, L∞, 100 steps (pyautoattack)", ApgdCE(steps=100), apgd, ONE),
        Work("the same, three radii", ApgdCE(steps=100), apgd, LINF),
        Work(f"Square, L∞, {QUERIES} queries (pyautoattack)", Square(queries=QUERIES), square, ONE),
        Work("the same, three radii", Square(queries=QUERIES), square, LINF),
        Work(
            "DDN, L2, 100 steps, three radii (foolbox)",
            Ddn(steps=100),
            foolbox_by_hand(lambda: DDNAttack(steps=100)),
            L2,
        ),
    ]


def trained(dataset: Dataset) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """A network trained against attacks, and the test inputs it is attacked on.

    Args:
        dataset: the data set of both.
    """
    setting = SETTINGS[dataset.name]
    network = NETWORKS[setting.network](dataset.shape, len(dataset.classes), 0)
    defence = FastTraining(epochs=setting.epochs, radius=0.05)
    network = defence.fit(defence.prepared(network), Task(dataset, 0))
    places = torch.from_numpy(dataset.chosen_for_test(INPUTS))
    return network.eval(), dataset.test_inputs[places], dataset.test_labels[places]


def compared(work: Work, network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, repeats: int) -> str:
    """A line of the table: medians, their ratio, and what both found."""
    radii = work.radii
    took: dict[str, list[float]] = {"ours": [], "by hand": []}
    ours: list[int] = []
    hand: list[int] = []
    for _ in range(repeats):
        begun = process_time()
        answers = outcomes(work.attack, Victim(network, network, {}, seed=1), inputs, labels, radii)
        ours = answers.right.sum(axis=1).tolist()
        took["ours"].append(process_time() - begun)
        begun = process_time()
        hand = work.by_hand(network, inputs, labels, radii)
        took["by hand"].append(process_time() - begun)
    medians = {name: float(np.median(durations)) for name, durations in took.items()}
    ratio = medians["by hand"] / medians["ours"]
    share = [" ".join(f"{count / len(labels):.3f}" for count in counts) for counts in (ours, hand)]
    return (
        f"| {work.name} | {medians['ours']:.2f} s | {medians['by hand']:.2f} s | {ratio:.2f} | {share[0]} | "
        f"{share[1]} |"
    )


def beside_libraries(dataset: Dataset, repeats: int) -> Iterator[str]:
    """Lines of a table: attacks through the laboratory and through their libraries directly.

    Args:
        dataset: the data set of the network and inputs.
        repeats: runs of each.
    """
    network, inputs, labels = trained(dataset)
    yield "| attack | advgame | by hand | by hand ÷ advgame | right, advgame | right, by hand |"
    yield "|---|---|---|---|---|---|"
    for work in works():
        yield compared(work, network, inputs, labels, repeats)
