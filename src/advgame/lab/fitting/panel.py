"""Invariance-based examples: inputs changed so that people would give another label, unlike some networks.

After Tramèr et al. 2020: training against small perturbations may make a network insensitive to changes of
meaning. An input is moved towards a near input of another class, inside a ball. A `Panel` decides whether
people would now give that class. It only approximates people: it consists of networks trained without a
defence, which biases it in favour of such networks. State this beside every figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from advgame.errors import LabError
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.fitting.loop import Batch, Recipe, fit, plain_loss
from advgame.lab.fitting.task import Task

NO_VERDICT = -1
NORMS = ("Linf", "L0")
POOL = 10_000  # training inputs among which neighbours are searched
VOTERS = 5  # neighbours that vote on a label
PANEL_STEPS = 900  # of training each network of a panel
PANEL_NOISE = 0.1  # standard deviation, under which the second network of a panel is trained
VISIBLE = 0.1  # smaller differences between two pixels are not copied
CHUNK = 500  # inputs whose distances to the pool are in memory together


class Panel(nn.Module):
    """Approximates the label that people would give to an input, by networks and nearest neighbours."""

    def __init__(
        self, networks: Sequence[nn.Module], pool: torch.Tensor, pool_labels: torch.Tensor, classes: int
    ) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.pool: torch.Tensor  # (pool, values), inputs as rows
        self.pool_labels: torch.Tensor  # (pool,)
        self.register_buffer("pool", pool)
        self.register_buffer("pool_labels", pool_labels)
        self.classes = classes
        self.eval()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """1 for the unanimous label, 0 for all others, (inputs, classes)."""
        verdict = self.verdict(inputs)
        return one_hot(verdict.clamp_min(0), self.classes).float() * (verdict != NO_VERDICT)[:, None]

    def verdict(self, inputs: torch.Tensor) -> torch.Tensor:
        """The unanimous label, (inputs,); `NO_VERDICT` where the members disagree."""
        parts = [self._verdict(part) for part in _split(inputs)]
        return torch.cat(parts) if parts else torch.empty(0, dtype=torch.int64, device=inputs.device)

    def new_meaning(self, inputs: torch.Tensor, changed: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The label of each changed input if it differs from the label before, else `NO_VERDICT`.

        Only inputs that had their true label unanimously before are counted: if the panel errs or disagrees
        about the original input, a new label proves nothing.

        Args:
            inputs: (inputs, channels, height, width) in [0, 1].
            changed: (inputs, channels, height, width) in [0, 1], the inputs after the change.
            labels: (inputs,) int64, the true classes.
        """
        before, after = self.verdict(inputs), self.verdict(changed)
        return torch.where((before == labels) & (after != labels), after, NO_VERDICT)

    def distances(self, inputs: torch.Tensor) -> torch.Tensor:
        """Squared L2 distances, (inputs, pool)."""
        rows = inputs.flatten(1)
        squares = rows.square().sum(dim=1, keepdim=True) + self.pool.square().sum(dim=1)
        return torch.addmm(squares, rows, self.pool.T, alpha=-2)

    @torch.no_grad()
    def _verdict(self, inputs: torch.Tensor) -> torch.Tensor:
        neighbours = self.distances(inputs).topk(min(VOTERS, len(self.pool)), largest=False).indices
        label = one_hot(self.pool_labels[neighbours], self.classes).sum(dim=1).argmax(dim=1)
        unanimous = torch.ones_like(label, dtype=torch.bool)
        for network in self.networks:
            unanimous &= network(inputs).argmax(dim=1) == label
        return torch.where(unanimous, label, NO_VERDICT)


def train_panel(dataset: Dataset, seed: int, device: torch.device) -> Panel:
    """A panel of two small networks, one trained plainly and one with noise, and the first training inputs.

    Args:
        dataset: the data set; its training inputs are used.
        seed: seed of the training.
        device: where the tensors are, such as cpu.

    Raises:
        LabError: for a data set without training inputs.
    """
    task = Task(dataset, seed, device)
    epochs = -(-PANEL_STEPS * 128 // max(len(dataset.train_labels), 1))
    networks = [
        fit(_reference(dataset, seed + member), replace(task, seed=seed + member), Recipe(epochs), objective)
        for member, objective in enumerate((plain_loss, _noisy_loss))
    ]
    pool = dataset.train_inputs[:POOL].flatten(1).to(device)
    return Panel(networks, pool, dataset.train_labels[:POOL].to(device), len(dataset.classes))


@lru_cache(maxsize=2)
def measuring_panel(dataset: Dataset, device: torch.device) -> Panel:
    """The panel used for all measurements on a data set; trained once per process.

    Raises:
        LabError: for a data set without training inputs.
    """
    return train_panel(dataset, 0, device)


@dataclass(frozen=True, eq=False)
class InvarianceExamples:
    """The results of a search, one for each input; only those that ``succeeded`` are examples."""

    inputs: torch.Tensor  # (inputs, …), unchanged where the search failed
    labels: torch.Tensor  # (inputs,), the panel's new label; `NO_VERDICT` where the search failed

    @property
    def succeeded(self) -> torch.Tensor:
        """Whether each input became an example, (inputs,)."""
        return self.labels != NO_VERDICT


@torch.no_grad()
def invariance_examples(
    inputs: torch.Tensor,
    labels: torch.Tensor,
    panel: Panel,
    norm: str,
    radius: float,
    *,
    targets: int = 3,
    network: nn.Module | None = None,
) -> InvarianceExamples:
    """Inputs moved towards near inputs of other classes until the panel gives them that class.

    In L∞ all values move together, each as far as the radius allows. In L0 connected regions of the
    difference are copied one by one, the most different first, while they fit into the budget.

    Args:
        inputs: (inputs, …) in [0, 1].
        labels: (inputs,), the true labels.
        panel: decides whether an input has changed its class.
        norm: "Linf", or "L0" for images.
        radius: in L0 the number of values that may change.
        targets: number of other classes to try, those with the nearest input first.
        network: if given, examples to which it still gives the old label are preferred.

    Raises:
        LabError: for another norm, and for L0 on inputs that are not images.
    """
    _check(inputs, norm)
    examples, new_labels = inputs.clone(), torch.full_like(labels, NO_VERDICT)
    searching = panel.verdict(inputs) == labels  # until there is an example that the network misjudges
    nearest = _nearest_of_each_class(inputs, panel)
    order = _other_classes(labels, nearest.distances)[:, :targets]
    for target in order.T:
        has_target = target != labels  # with few classes in the pool there may be no other class
        goals = panel.pool[nearest.indices.gather(1, target[:, None]).squeeze(1)].reshape(inputs.shape)
        for moved in _paths(inputs, goals, norm, radius):
            tried = (searching & has_target & (moved != inputs).flatten(1).any(dim=1)).nonzero().squeeze(1)
            if len(tried) == 0:
                continue
            changed = tried[panel.verdict(moved[tried]) == target[tried]]
            misjudged = torch.ones_like(changed, dtype=torch.bool)
            if network is not None and len(changed):
                misjudged = network(moved[changed]).argmax(dim=1) == labels[changed]
            better = changed[misjudged | (new_labels[changed] == NO_VERDICT)]
            examples[better], new_labels[better] = moved[better], target[better]
            searching[changed[misjudged]] = False
    return InvarianceExamples(examples, new_labels)


@dataclass(frozen=True, eq=False)
class _Nearest:
    distances: torch.Tensor  # (inputs, classes), infinite for a class that the pool lacks
    indices: torch.Tensor  # (inputs, classes), in the pool


def _nearest_of_each_class(inputs: torch.Tensor, panel: Panel) -> _Nearest:
    distances, indices = [], []
    for part in _split(inputs):
        to_pool = panel.distances(part)
        nearest = [
            to_pool.masked_fill(panel.pool_labels != label, torch.inf).min(dim=1)
            for label in range(panel.classes)
        ]
        distances.append(torch.stack([by_class.values for by_class in nearest], dim=1))
        indices.append(torch.stack([by_class.indices for by_class in nearest], dim=1))
    return _Nearest(torch.cat(distances), torch.cat(indices))


def _other_classes(labels: torch.Tensor, distances: torch.Tensor) -> torch.Tensor:
    """The other classes of each input, the one with the nearest input first, (inputs, classes − 1)."""
    to_others = distances.scatter(1, labels[:, None], torch.inf)
    order = to_others.argsort(dim=1, stable=True)
    in_pool = to_others.gather(1, order) < torch.inf
    return torch.where(in_pool, order, labels[:, None])[:, :-1]


def _paths(inputs: torch.Tensor, goals: torch.Tensor, norm: str, radius: float) -> Iterator[torch.Tensor]:
    """The inputs moved towards the goals step by step, all within the radius."""
    if norm == "Linf":
        yield (inputs + (goals - inputs).clamp(-radius, radius)).clamp(0, 1)
        return
    turns = torch.from_numpy(_copying_turns((goals - inputs).cpu().numpy(), int(radius))).to(inputs.device)
    for turn in range(1, int(turns.max()) + 1 if turns.numel() else 1):
        yield torch.where(((turns > 0) & (turns <= turn))[:, None], goals, inputs)


def _copying_turns(differences: NDArray[np.float32], budget: int) -> NDArray[np.int64]:
    """The step at which each pixel is copied, from 1, or 0 for never; (inputs, height, width).

    Adjacent pixels, corners included, that differ visibly form a region, which is copied as a whole.
    """
    from scipy.ndimage import label, sum_labels

    turns = np.zeros((len(differences), *differences.shape[2:]), dtype=np.int64)
    for difference, turn in zip(np.abs(differences), turns, strict=True):
        largest = difference.max(axis=0)
        regions, count = label(largest > VISIBLE, structure=np.ones((3, 3)))
        numbers = np.arange(1, count + 1)
        weights = sum_labels(largest, regions, numbers)
        sizes = sum_labels((difference > 0).sum(axis=0), regions, numbers)
        budget_left, step = budget, 0
        for index in np.argsort(-np.asarray(weights), kind="stable"):
            if sizes[index] <= budget_left:
                budget_left, step = budget_left - int(sizes[index]), step + 1
                turn[regions == numbers[index]] = step
    return turns


def _reference(dataset: Dataset, seed: int) -> nn.Module:
    """A small untrained network for a panel."""
    classes, shape = len(dataset.classes), dataset.shape
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if len(shape) == 1:
            return nn.Sequential(nn.Linear(shape[0], 128), nn.ReLU(), nn.Linear(128, classes))
        values = 32 * -(-shape[1] // 4) * -(-shape[2] // 4)
        return nn.Sequential(
            nn.Conv2d(shape[0], 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(values, 128),
            nn.ReLU(),
            nn.Linear(128, classes),
        )


def _noisy_loss(batch: Batch) -> torch.Tensor:
    return cross_entropy(batch.network(batch.inputs + PANEL_NOISE * batch.normal()), batch.labels)


def _split(inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return torch.split(inputs, CHUNK) if len(inputs) else ()


def _check(inputs: torch.Tensor, norm: str) -> None:
    if norm not in NORMS:
        raise LabError(
            f"The norm of invariance-based examples is {norm!r}; expected one of {', '.join(NORMS)}."
        )
    if norm == "L0" and inputs.ndim != 4:
        raise LabError(
            f"Invariance-based examples in L0 copy regions of images, but the inputs have the shape "
            f"{tuple(inputs.shape)}, as of a table; use the norm 'Linf'."
        )
