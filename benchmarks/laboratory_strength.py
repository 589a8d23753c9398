"""The strongest attacks beside AutoAttack and other sparse attacks: accuracy left, and cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import nn

from advgame.lab.attacks import ATTACKS
from advgame.lab.attacks.attack import Victim
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.evaluation.robust_accuracy import Outcome, outcomes
from advgame.lab.fitting.task import Task
from advgame.lab.networks import NETWORKS
from advgame.lab.pruning.magnitude import MagnitudePruning
from advgame.lab.training.adversarial_training import AdversarialTraining
from advgame.lab.training.fast_training import FastTraining
from advgame.lab.training.standard import Standard

SEED = 1
SPARSE = ("sparse_l0", "strongest_l0", "fmn_l0", "brendel_bethge_l0")


@dataclass(frozen=True)
class Setting:
    """The network of a data set, and the radii at which attacks are compared."""

    network: str
    epochs: int
    radius: float  # of adversarial training
    linf: tuple[float, ...]
    l0: tuple[float, ...]


SETTINGS = {
    "digits": Setting("small_cnn", epochs=20, radius=0.1, linf=(0.05, 0.1), l0=(1, 2, 3)),
    "fashion_mnist": Setting("lenet", epochs=3, radius=0.1, linf=(0.05, 0.1), l0=(5, 10, 20)),
}


def networks(dataset: Dataset) -> Iterator[tuple[str, nn.Module]]:
    """Four networks by name: plain, pruned, and trained adversarially with one step and with PGD.

    Args:
        dataset: what they are trained on.
    """
    setting = SETTINGS[dataset.name]
    task, radius, epochs = Task(dataset, 0), setting.radius, setting.epochs
    trainings = {
        "plain": Standard(epochs=epochs),
        "fast training": FastTraining(epochs=epochs, radius=radius),
        "PGD training": AdversarialTraining(epochs=epochs, radius=radius),
    }
    for name, training in trainings.items():
        network = NETWORKS[setting.network](dataset.shape, len(dataset.classes), 0)
        trained = training.fit(training.prepared(network), task).eval()
        yield name, trained
        if name == "plain":
            pruning = MagnitudePruning(compression=8.0, epochs=2)
            yield "an eighth of the weights", pruning.fit(deepcopy(trained), task).eval()


def beside_autoattack(dataset: Dataset, trained: Mapping[str, nn.Module], most: int) -> Iterator[str]:
    """Lines of a table: the strongest attack in L∞ and AutoAttack's standard version on the same inputs.

    Args:
        dataset: the data set of the networks and inputs.
        trained: the networks, by name.
        most: the number of inputs.
    """
    yield (
        "| network, radius | right, strongest | right, AutoAttack | gradients, strongest | "
        "gradients, AutoAttack | share of gradients | seconds, strongest | seconds, AutoAttack |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for name, network in trained.items():
        for radius in SETTINGS[dataset.name].linf:
            strongest, autoattack = (
                attacked(network, dataset, attack, [radius], most)
                for attack in ("strongest_linf", "autoattack")
            )
            gradients = [result.cost_per_input["backward_inputs"] for result in (strongest, autoattack)]
            cells = [
                f"{name}, {radius:g}",
                *(f"{result.right[0].mean():.3f}" for result in (strongest, autoattack)),
                *(f"{count:.0f}" for count in gradients),
                f"{gradients[0] / gradients[1]:.1%}".replace("%", " %"),
                *(f"{result.cost_per_input['seconds']:.3f}" for result in (strongest, autoattack)),
            ]
            yield f"| {' | '.join(cells)} |"


def sparse_attacks(dataset: Dataset, trained: Mapping[str, nn.Module], most: int) -> Iterator[str]:
    """Lines of a table: the accuracy that attacks in L0 leave at three radii, and CPU seconds per input.

    Args:
        dataset: the data set of the networks and inputs.
        trained: the networks, by name.
        most: the number of inputs.
    """
    radii = SETTINGS[dataset.name].l0
    yield (
        f"| network | attack | {' | '.join(f'right, L0 {radius:g}' for radius in radii)} | "
        "CPU seconds per input |"
    )
    yield "|---|---|" + "---|" * (len(radii) + 1)
    for name, network in trained.items():
        for attack in SPARSE:
            attacked(network, dataset, attack, radii, 2)  # compiles what is compiled once in a process
            result = attacked(network, dataset, attack, radii, most)
            right = [f"{accuracy:.3f}" for accuracy in result.right.mean(axis=1)]
            yield f"| {name} | `{attack}` | {' | '.join(right)} | {result.cost_per_input['seconds']:.3f} |"


def attacked(network: nn.Module, dataset: Dataset, attack: str, radii: Sequence[float], most: int) -> Outcome:
    """The outcome of each input under an attack with its default settings.

    Args:
        network: the network under attack.
        dataset: the data set of the inputs.
        attack: its name in the catalogue.
        radii: radii in ascending order.
        most: the number of inputs.
    """
    places = torch.from_numpy(dataset.chosen_for_test(most))
    inputs, labels = dataset.test_inputs[places], dataset.test_labels[places]
    return outcomes(ATTACKS[attack](), Victim(network, network, {}, SEED), inputs, labels, radii)
