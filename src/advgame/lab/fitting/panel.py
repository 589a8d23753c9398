"""Invariance-based examples: inputs changed until people would change the label, but perhaps not a network.

After the idea of Tramèr et al. 2020: training against small changes may make a network blind to changes
that matter. An input is moved towards a near input of another class, inside a ball. Whether people
would now give that class is told by a `Panel`, which is a stand-in for people and no more: it is made of
networks trained without defence, and so leans towards such networks. Say so beside every figure.
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
POOL = 10_000  # training inputs that neighbours are looked for among
VOTERS = 5  # neighbours that vote on a label
PANEL_STEPS = 900  # of training each network of a panel
PANEL_NOISE = 0.1  # standard deviation, under which the second network of a panel is trained
VISIBLE = 0.1  # a smaller difference between two pixels is not copied
AT_ONCE = 500  # inputs whose distances to the pool are held in memory


class Panel(nn.Module):
    """Stands in for people who are asked for the label of an input: networks and nearest neighbours."""

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
        """1 for the label all agree on, 0 for all others, (inputs, classes)."""
        verdict = self.verdict(inputs)
        return one_hot(verdict.clamp_min(0), self.classes).float() * (verdict != NO_VERDICT)[:, None]

    def verdict(self, inputs: torch.Tensor) -> torch.Tensor:
        """The label all agree on, (inputs,); `NO_VERDICT` where they do not."""
        parts = [self._verdict(part) for part in _split(inputs)]
        return torch.cat(parts) if parts else torch.empty(0, dtype=torch.int64, device=inputs.device)

    def new_meaning(self, inputs: torch.Tensor, changed: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The label of each changed input where it is another one than before, else `NO_VERDICT`.

        Only inputs count that all gave their true label before: where the panel errs or is divided
        about the input itself, its changing the label would prove nothing.

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
        voters = self.distances(inputs).topk(min(VOTERS, len(self.pool)), largest=False).indices
        label = one_hot(self.pool_labels[voters], self.classes).sum(dim=1).argmax(dim=1)
        agreed = torch.ones_like(label, dtype=torch.bool)
        for network in self.networks:
            agreed &= network(inputs).argmax(dim=1) == label
        return torch.where(agreed, label, NO_VERDICT)


def train_panel(dataset: Dataset, seed: int, device: torch.device) -> Panel:
    """Two small networks trained on the data set, one plainly and one under noise, and its first inputs.

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
    """The panel that measurements on a data set go by, the same for all; trained once per process.

    Raises:
        LabError: for a data set without training inputs.
    """
    return train_panel(dataset, 0, device)


@dataclass(frozen=True, eq=False)
class InvarianceExamples:
    """What was made of inputs, one for each; only those that are ``found`` are examples."""

    inputs: torch.Tensor  # (inputs, …), as they were where nothing was found
    labels: torch.Tensor  # (inputs,), the panel's new label; `NO_VERDICT` where nothing was found

    @property
    def found(self) -> torch.Tensor:
        """Which are examples, (inputs,)."""
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

    In L∞ all values move at once, each as far as the radius lets it. In L0 connected regions of the
    difference are copied one by one, the most different first, as long as they fit into the budget.

    Args:
        inputs: (inputs, …) in [0, 1]; labels: (inputs,), the true ones.
        norm: "Linf", or "L0" for images.
        radius: in L0 the number of values that may change.
        targets: other classes to try, those with the nearest input first.
        network: where given, an example that it still gives the old label is taken before others.

    Raises:
        LabError: for another norm, and for L0 on inputs that are no images.
    """
    _check(inputs, norm)
    made, found = inputs.clone(), torch.full_like(labels, NO_VERDICT)
    open_ = panel.verdict(inputs) == labels  # nothing found yet, or nothing the network is blind to
    nearest = _nearest_of_each_class(inputs, panel)
    order = _other_classes(labels, nearest.distances)[:, :targets]
    for aims in order.T:
        aimed = aims != labels  # with few classes in the pool there may be nothing to aim at
        goals = panel.pool[nearest.places.gather(1, aims[:, None]).squeeze(1)].reshape(inputs.shape)
        for moved in _ways(inputs, goals, norm, radius):
            asked = (open_ & aimed & (moved != inputs).flatten(1).any(dim=1)).nonzero().squeeze(1)
            if len(asked) == 0:
                continue
            works = asked[panel.verdict(moved[asked]) == aims[asked]]
            blind = torch.ones_like(works, dtype=torch.bool)
            if network is not None and len(works):
                blind = network(moved[works]).argmax(dim=1) == labels[works]
            taken = works[blind | (found[works] == NO_VERDICT)]
            made[taken], found[taken] = moved[taken], aims[taken]
            open_[works[blind]] = False
    return InvarianceExamples(made, found)


@dataclass(frozen=True, eq=False)
class _Nearest:
    distances: torch.Tensor  # (inputs, classes), infinite for a class that the pool lacks
    places: torch.Tensor  # (inputs, classes), in the pool


def _nearest_of_each_class(inputs: torch.Tensor, panel: Panel) -> _Nearest:
    distances, places = [], []
    for part in _split(inputs):
        apart = panel.distances(part)
        found = [
            apart.masked_fill(panel.pool_labels != each, torch.inf).min(dim=1)
            for each in range(panel.classes)
        ]
        distances.append(torch.stack([each.values for each in found], dim=1))
        places.append(torch.stack([each.indices for each in found], dim=1))
    return _Nearest(torch.cat(distances), torch.cat(places))


def _other_classes(labels: torch.Tensor, distances: torch.Tensor) -> torch.Tensor:
    """The other classes of each input, the one with the nearest input first, (inputs, classes − 1)."""
    others = distances.scatter(1, labels[:, None], torch.inf)
    order = others.argsort(dim=1, stable=True)
    there = others.gather(1, order) < torch.inf
    return torch.where(there, order, labels[:, None])[:, :-1]


def _ways(inputs: torch.Tensor, goals: torch.Tensor, norm: str, radius: float) -> Iterator[torch.Tensor]:
    """The inputs on their way to the goals, ever nearer, all within the radius."""
    if norm == "Linf":
        yield (inputs + (goals - inputs).clamp(-radius, radius)).clamp(0, 1)
        return
    turns = torch.from_numpy(_copying_turns((goals - inputs).cpu().numpy(), int(radius))).to(inputs.device)
    for turn in range(1, int(turns.max()) + 1 if turns.numel() else 1):
        yield torch.where(((turns > 0) & (turns <= turn))[:, None], goals, inputs)


def _copying_turns(differences: NDArray[np.float32], budget: int) -> NDArray[np.int64]:
    """When each pixel is copied: 1 first, 0 never; (inputs, height, width).

    Pixels that touch, corners included, and differ visibly are a region, which is copied whole.
    """
    from scipy.ndimage import label, sum_labels

    turns = np.zeros((len(differences), *differences.shape[2:]), dtype=np.int64)
    for difference, turn in zip(np.abs(differences), turns, strict=True):
        most = difference.max(axis=0)
        regions, count = label(most > VISIBLE, structure=np.ones((3, 3)))
        names = np.arange(1, count + 1)
        weights = sum_labels(most, regions, names)
        sizes = sum_labels((difference > 0).sum(axis=0), regions, names)
        left, step = budget, 0
        for place in np.argsort(-np.asarray(weights), kind="stable"):
            if sizes[place] <= left:
                left, step = left - int(sizes[place]), step + 1
                turn[regions == names[place]] = step
    return turns


def _reference(dataset: Dataset, seed: int) -> nn.Module:
    """A small network for a panel, with fresh weights."""
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
    return torch.split(inputs, AT_ONCE) if len(inputs) else ()


def _check(inputs: torch.Tensor, norm: str) -> None:
    if norm not in NORMS:
        raise LabError(
            f"The norm of invariance-based examples is {norm!r}; expected one of {', '.join(NORMS)}."
        )
    if norm == "L0" and inputs.ndim != 4:
        raise LabError(
            f"Invariance-based examples in L0 copy regions of images, but the inputs have the shape "
            f"{tuple(inputs.shape)}, as of a table; take the norm 'Linf' there."
        )
