"""Attacks beside exact answers: integer programming on networks of rectified units, 64-64-32-10, on digits.

    python -m benchmarks.exact_robustness [INPUTS]

For each input, mixed-integer programs (HiGHS) decide whether any change within the radius gives another class
a larger logit (Tjeng, Xiao & Tedrake 2019). An attack that is right on all of them leaves no input standing
that can be changed, and changes none that is proved robust.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from torch import nn

from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.datasets import DATASETS
from advgame.lab.evaluation.robust_accuracy import outcomes
from advgame.lab.fitting.task import Task
from advgame.lab.networks import NETWORKS
from advgame.lab.training import TRAININGS
from benchmarks.machine import machine

RESULTS = Path(__file__).parent / "results" / "exact_robustness.md"
SURE = 1e-5  # the least lead that counts: the programs have a tolerance, the network float32
SECONDS = 120.0  # for one program

Vector = NDArray[np.float64]
Layer = tuple[NDArray[np.float64], Vector]


@dataclass
class _Program:
    """Columns with bounds and rows, as they are collected."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: list[dict[int, float]] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def column(self, lower: float, upper: float, *, whole: bool = False) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(int(whole))
        return len(self.lower) - 1

    def at_most(self, row: dict[int, float], bound: float) -> None:
        self.rows.append(row)
        self.most.append(bound)

    def remove_last(self) -> None:
        self.rows.pop()
        self.most.pop()

    def is_feasible(self) -> bool | None:
        """Whether some values keep all rows; None if the time ended."""
        entries = [
            (row, column, factor) for row, each in enumerate(self.rows) for column, factor in each.items()
        ]
        places, columns, factors = (np.array(part) for part in zip(*entries, strict=True))
        matrix = csr_array((factors, (places, columns)), shape=(len(self.rows), len(self.lower)))
        solved = milp(
            np.zeros(len(self.lower)),
            constraints=LinearConstraint(matrix, -np.inf, self.most),
            bounds=Bounds(self.lower, self.upper),
            integrality=self.whole,
            options={"time_limit": SECONDS},
        )
        return {0: True, 2: False}.get(solved.status)


def layers_of(network: nn.Module) -> list[Layer]:
    """Weights and biases of the linear layers, in float64."""
    linear = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
    return [(each.weight.detach().double().numpy(), each.bias.detach().double().numpy()) for each in linear]


def can_be_changed(layers: list[Layer], image: Vector, label: int, norm: str, radius: float) -> bool | None:
    """Whether some change within the ball gives another class a larger logit; None if the time ended.

    Args:
        layers: of a network with rectified units between linear layers.
        image: (values,) in [0, 1].
        label: the class of the image.
        norm: "Linf" or "L1".
        radius: of the ball, at least 0.
    """
    program = _Program()
    before = _input_columns(program, image, norm, radius)
    bounds: list[tuple[Vector, Vector]] = []
    for place, (weight, bias) in enumerate(layers[:-1]):
        low, high = (
            -upper_bounds(layers[:place], bounds, -weight, -bias, image, norm, radius),
            upper_bounds(layers[:place], bounds, weight, bias, image, norm, radius),
        )
        before = _rectified(program, weight, bias, before, low, high)
        bounds.append((low, high))
    weight, bias = layers[-1]
    leads = upper_bounds(layers[:-1], bounds, weight - weight[label], bias - bias[label], image, norm, radius)
    answers = set()
    for other in np.argsort(-leads):  # the class that may lead by most, first
        if other == label or leads[other] < SURE:
            continue
        lead = dict(zip(before, weight[label] - weight[other], strict=True))
        program.at_most(lead, bias[other] - bias[label] - SURE)
        answers.add(program.is_feasible())
        program.remove_last()
        if True in answers:
            return True
    return None if None in answers else False


def upper_bounds(
    layers: list[Layer],
    bounds: list[tuple[Vector, Vector]],
    weight: NDArray[np.float64],
    bias: Vector,
    image: Vector,
    norm: str,
    radius: float,
) -> Vector:
    """Upper bounds on ``weight @ outputs + bias`` within the ball, after some layers of rectified units.

    Each unit that may be on or off is replaced by a line above or below it, whichever counts (Zhang et al.
    2018, arXiv:1811.00866), back to the image, over which the linear function is maximised exactly.

    Args:
        layers: those before, from the first.
        bounds: the least and the largest sum of each of their units.
        weight: (rows, outputs of the last of these layers).
        bias: (rows,).
        image: (values,) in [0, 1].
        norm: "Linf" or "L1".
        radius: of the ball, at least 0.
    """
    for (inner, shift), (low, high) in zip(reversed(layers), reversed(bounds), strict=True):
        split = (low < 0) & (high > 0)
        on = (low >= 0).astype(float)
        above = np.where(split, high / np.where(split, high - low, 1.0), on)
        below = np.where(split, high > -low, on)
        rises, falls = np.maximum(weight, 0.0), np.minimum(weight, 0.0)
        bias = bias + rises @ np.where(split, -low * above, 0.0)
        weight = rises * above + falls * below
        bias, weight = bias + weight @ shift, weight @ inner
    up, down = np.minimum(1.0 - image, radius), np.minimum(image, radius)
    return np.asarray(weight @ image + bias + _most_change(weight, up, down, norm, radius))


def _input_columns(program: _Program, image: Vector, norm: str, radius: float) -> list[int]:
    """Columns of the changed image; in L1 also those of the sizes of its changes."""
    columns = [program.column(max(value - radius, 0.0), min(value + radius, 1.0)) for value in image]
    if norm == "L1":
        sizes = [program.column(0.0, radius) for _ in image]
        for column, change, value in zip(columns, sizes, image, strict=True):
            program.at_most({column: 1.0, change: -1.0}, value)
            program.at_most({column: -1.0, change: -1.0}, -value)
        program.at_most(dict.fromkeys(sizes, 1.0), radius)
    return columns


def _most_change(weight: NDArray[np.float64], up: Vector, down: Vector, norm: str, radius: float) -> Vector:
    """The largest rise of each sum: every value as far as it may go; in L1 the steepest ones first."""
    room = np.where(weight > 0, up, down)
    steep = np.abs(weight)
    if norm == "L1":
        order = np.argsort(-steep, axis=1)
        room, steep = np.take_along_axis(room, order, axis=1), np.take_along_axis(steep, order, axis=1)
        spent = np.cumsum(room, axis=1) - room
        room = np.clip(radius - spent, 0.0, room)
    rise: Vector = (room * steep).sum(axis=1)
    return rise


def _rectified(
    program: _Program, weight: NDArray[np.float64], bias: Vector, before: list[int], low: Vector, high: Vector
) -> list[int]:
    """Columns of a layer's outputs: 0, the sum, or either, which a binary column decides."""
    outputs = []
    for unit in range(len(bias)):
        output = program.column(0.0, max(high[unit], 0.0))
        outputs.append(output)
        if high[unit] <= 0:
            continue
        sums = {place: -factor for place, factor in zip(before, weight[unit], strict=True)}
        program.at_most({place: -factor for place, factor in sums.items()} | {output: -1.0}, -bias[unit])
        if low[unit] >= 0:
            program.at_most(sums | {output: 1.0}, bias[unit])
            continue
        on = program.column(0.0, 1.0, whole=True)
        program.at_most(sums | {output: 1.0, on: -low[unit]}, bias[unit] - low[unit])
        program.at_most({output: 1.0, on: -high[unit]}, 0.0)
    return outputs


def compared(
    name: str, network: nn.Module, attack_name: str, radius: float, inputs: torch.Tensor, labels: torch.Tensor
) -> str:
    """A row of the table: what is proved robust and what can be changed, and what the attack did."""
    attack = ATTACKS[attack_name]()
    found = outcomes(attack, Victim(network, network, {}, 0), inputs, labels, [radius]).right[0]
    begun = process_time()
    layers = layers_of(network)
    known = [
        can_be_changed(layers, image.double().numpy().ravel(), int(label), str(attack.norm), radius)
        for image, label in zip(inputs, labels, strict=True)
    ]
    robust = np.array([answer is False for answer in known])
    falls = np.array([answer is True for answer in known])
    return (
        f"| {name} | {attack_name} | {radius:g} | {len(labels)} | {robust.sum()} | {falls.sum()} "
        f"| {(falls & found).sum()} | {(robust & ~found).sum()} | {(~robust & ~falls).sum()} "
        f"| {(process_time() - begun) / len(labels):.2f} s |"
    )


def trained(training: str, **settings: Any) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """A 64-64-32-10 network trained on digits, and the test inputs that it classifies right, with labels."""
    dataset = DATASETS["digits"].load(None)
    network = NETWORKS["mlp"](dataset.shape, len(dataset.classes), 0)
    defence = TRAININGS[training](**settings)
    network = defence.fit(defence.prepared(network), Task(dataset, 0)).eval()
    with torch.no_grad():
        right = network(dataset.test_inputs).argmax(dim=1) == dataset.test_labels
    return network, dataset.test_inputs[right], dataset.test_labels[right]


def main() -> None:
    """Prints the table and saves it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    lines = [
        machine(),
        "",
        f"The first {count} test inputs that each network classifies right; {SECONDS:g} s for one program.",
        "",
        "| network | attack | radius | inputs | proved robust | can be changed | of these, standing after the"
        " attack | proved robust, yet changed | undecided | CPU seconds per input |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    networks = (
        ("plain", trained("standard", epochs=20)),
        ("trained against PGD", trained("adversarial_training", epochs=20, radius=0.1)),
    )
    for name, (network, inputs, labels) in networks:
        for attack, radius in (("strongest_linf", 0.05), ("strongest_linf", 0.1), ("strongest_l1", 1.0)):
            lines.append(compared(name, network, attack, radius, inputs[:count], labels[:count]))
            print(lines[-1], flush=True)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
