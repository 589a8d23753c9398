"""Executes units: builds, loads and attacks networks, and stores each result in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save
from torch import nn

from advgame.arrays import NO_ATTACK
from advgame.errors import LabError
from advgame.files import written_whole
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.invariance import PEOPLE
from advgame.lab.datasets import DATASETS
from advgame.lab.datasets.dataset import Dataset
from advgame.lab.defences.combination import Combination
from advgame.lab.defences.stored import Stored
from advgame.lab.evaluation.robust_accuracy import craft, outcomes, shares_right
from advgame.lab.experiment.environment import surroundings
from advgame.lab.experiment.journal import Journal
from advgame.lab.experiment.plan import AttackPlan, Experiment
from advgame.lab.experiment.stored_networks import source_experiment
from advgame.lab.experiment.units import CRAFT, INSPECT, MAKE, MEASURE, Plan, Unit, seed_from
from advgame.lab.fitting.loop import counting
from advgame.lab.fitting.panel import measuring_panel
from advgame.lab.fitting.task import Task
from advgame.lab.networks import NETWORKS
from advgame.lab.networks.classifier import stand_in
from advgame.lab.networks.complexity import network_facts
from advgame.lab.networks.weights import load_weights, save_weights

STAND_INS = "people's answers are estimated by programs, which favour undefended networks"
NOT_COUNTED = "-"  # in place of 0 or 1, for an input without an adversarial example
CHOICE_OF_TEST_INPUTS = 0  # the seed of the selection: the same inputs for every experiment


@lru_cache(maxsize=4)
def dataset_in(name: str, folder: Path | None) -> Dataset:
    """A data set, read once per process."""
    return DATASETS[name].load(folder)


@dataclass(frozen=True)
class Bench:
    """Executes the units of an experiment, one at a time, on one device."""

    experiment: Experiment
    journal: Journal
    images: Path | None = None  # the folder of image sets; None for ADVGAME_IMAGES
    device: str = "cpu"

    def do(self, unit: Unit) -> None:
        """Executes a unit and writes its record; the units that it needs must be in the journal."""
        torch.manual_seed(seed_from(unit.key))  # for draws without an explicit generator
        begun = perf_counter()
        work = {MAKE: self._make, CRAFT: self._craft, MEASURE: self._measure, INSPECT: self._inspect}
        record = work[unit.kind](unit)
        self.journal.write(
            unit, {**record, "wall_seconds": perf_counter() - begun, "made_with": surroundings(self.device)}
        )

    def network(self, unit: Unit) -> nn.Module:
        """The defended network of a unit, from the journal, in evaluation mode on the device."""
        return self._built(unit, unit.defence).to(self.device).eval()

    @property
    def plan(self) -> Plan:
        """The units and their keys."""
        return Plan(self.experiment)

    def _dataset(self, unit: Unit) -> Dataset:
        return dataset_in(unit.dataset, self.images)

    def _fresh(self, unit: Unit) -> nn.Module:
        dataset = self._dataset(unit)
        return NETWORKS[unit.network](dataset.shape, len(dataset.classes), unit.seed)

    def _made(self, unit: Unit, defence: str) -> Unit:
        return self.plan.network(unit.dataset, unit.network, defence, unit.seed)

    def _built(self, unit: Unit, defence: str) -> nn.Module:
        """A defence's network with its weights."""
        plan = self.experiment.defence(defence)
        if isinstance(plan.defence, Stored):
            return self._found_elsewhere(unit, plan.defence)
        if plan.defence.learns:
            stored = self.journal.stored_tensors(self._made(unit, defence))
            return self._loaded(self._structure(unit, defence), stored)
        return self._assembled(unit, defence, self._built)

    def _loaded(self, network: nn.Module, stored: Path) -> nn.Module:
        try:
            return load_weights(network, stored)
        except LabError as mistake:
            record = stored.with_suffix(".json").name
            raise LabError(
                f"{mistake} Delete it and {record} beside it, and continue with --resume: it is made again."
            ) from None

    def _structure(self, unit: Unit, defence: str) -> nn.Module:
        """A defence's network before training."""
        plan = self.experiment.defence(defence)
        if isinstance(plan.defence, Stored):
            return self._elsewhere(plan.defence)._structure(unit, plan.defence.defence)
        return self._assembled(unit, defence, self._structure)

    def _elsewhere(self, stored: Stored) -> Bench:
        """The experiment and the journal of a stored network."""
        journal = Journal.beside(Path(stored.table))
        return Bench(source_experiment(stored), journal, self.images, self.device)

    def _found_elsewhere(self, unit: Unit, stored: Stored) -> nn.Module:
        """A stored network.

        Raises:
            LabError: if it is not in the journal, or its weights are missing or damaged.
        """
        bench = self._elsewhere(stored)
        source = bench._made(unit, stored.defence)
        if not bench.journal.record_path(source).is_file():
            raise LabError(
                f"{bench.journal.folder} holds no {stored.defence!r} with seed {unit.seed}; measure the "
                f"experiment {bench.experiment.name!r} into {stored.table} first."
            )
        return bench._built(unit, stored.defence)

    def _assembled(self, unit: Unit, defence: str, part: Any) -> nn.Module:
        """The structure of a defence around the network that it starts from, or those that it combines."""
        plan = self.experiment.defence(defence)
        if isinstance(plan.defence, Combination):
            return plan.defence.combined([part(unit, name) for name in plan.defence.of])
        start = part(unit, plan.after) if plan.after else self._fresh(unit)
        return plan.defence.prepared(start)

    def _make(self, unit: Unit) -> dict[str, Any]:
        """Trains or prunes a network, stores its weights, and returns its cost and size."""
        plan = self.experiment.defence(unit.defence)
        dataset = self._dataset(unit)
        cpu, wall = process_time(), perf_counter()
        with counting() as work:
            if plan.defence.learns:
                start = self._assembled(unit, unit.defence, self._built).to(self.device)
                task = Task(dataset, seed_from(unit.key), torch.device(self.device))
                network = plan.defence.fit(start, task).eval()
                save_weights(network, self.journal.tensors_path(unit))
            else:
                network = self.network(unit)
        return {
            "seconds": process_time() - cpu if self.device == "cpu" else perf_counter() - wall,
            "forward_inputs": work.forward_images,
            "backward_inputs": work.backward_images,
            "compression_nominal": self._nominal_compression(unit.defence),
            **network_facts(
                network, self._fresh(unit).to(self.device), dataset.test_inputs[:250].to(self.device)
            ),
        }

    def _nominal_compression(self, defence: str) -> float | None:
        """The compression setting of the last pruning among the steps of the defence."""
        for step in reversed(self.experiment.chain(defence)):
            if isinstance(step.defence, Stored):
                return self._elsewhere(step.defence)._nominal_compression(step.defence.defence)
            if (rate := getattr(step.defence, "compression", None)) is not None:
                return float(rate)
        return None

    def _chosen(self, unit: Unit, most: int | None) -> tuple[torch.Tensor, torch.Tensor, list[int]]:
        """The test inputs of a cell, their labels and their indices in the test set."""
        dataset = self._dataset(unit)
        places = dataset.chosen_for_test(self.experiment.test_inputs, CHOICE_OF_TEST_INPUTS)
        if most is not None:
            places = places[shuffled(len(places))[:most]]
        if len(places) == 0:
            raise LabError(f"The data set {dataset.name} has no test inputs to measure on.")
        chosen = torch.from_numpy(places)
        inputs, labels = dataset.test_inputs[chosen], dataset.test_labels[chosen]
        return inputs.to(self.device), labels.to(self.device), places.tolist()

    def _attack(self, unit: Unit) -> AttackPlan | None:
        return next((plan for plan in self.experiment.attacks if plan.name == unit.attack), None)

    def _victim(self, unit: Unit, attack: AttackPlan) -> Victim:
        network = self.network(unit)
        # Independent of the defence: every network gets the same noise, so that cells can be paired.
        seed = seed_from(unit.dataset, unit.network, unit.seed, attack.name)
        auxiliary: dict[str, nn.Module] = {}
        if attack.attack.metric == "invariance":
            auxiliary = {PEOPLE: measuring_panel(self._dataset(unit), torch.device(self.device))}
        return Victim(network, stand_in(network), auxiliary, seed)

    def _bystander(self, unit: Unit) -> Victim:
        """The network of a unit when no one attacks it."""
        network = self.network(unit)
        return Victim(network, network, {}, seed_from(unit.dataset, unit.network, unit.seed, NO_ATTACK))

    def _craft(self, unit: Unit) -> dict[str, Any]:
        attack = self._attack(unit)
        assert attack is not None  # a crafting unit has an attack
        inputs, labels, _ = self._chosen(unit, attack.inputs)
        examples = craft(attack.attack, self._victim(unit, attack), inputs, labels, attack.radii)
        tensors = {str(index): crafted.cpu().contiguous() for index, crafted in enumerate(examples.crafted)}
        content = save(tensors)
        written_whole(self.journal.tensors_path(unit), lambda file: file.write(content))
        return {"cost": dict(examples.cost_per_input), "warnings": list(examples.warnings)}

    def _measure(self, unit: Unit) -> dict[str, Any]:
        attack = self._attack(unit)
        inputs, labels, places = self._chosen(unit, attack.inputs if attack else None)
        if attack is None:
            cpu = process_time()
            shares, _ = shares_right(self._bystander(unit), inputs, labels)
            cost = {"seconds": (process_time() - cpu) / len(inputs)}
            return {
                "places": places,
                "radii": [None],
                "right": [_packed((shares > 0.5).cpu().numpy())],
                **_shared(shares[None].cpu().numpy()),
                "largest_class": labels.bincount().max().item() / len(labels),  # accuracy of guessing
                "cost": cost,
                "warnings": [],
            }
        crafted = None
        if attack.source_model is not None:
            source = self.plan.crafting(unit.dataset, unit.network, attack, unit.seed)
            stored = load_file(self.journal.stored_tensors(source), device=self.device)
            crafted = [stored[str(place)] for place in range(len(attack.radii))]
        results = outcomes(attack.attack, self._victim(unit, attack), inputs, labels, attack.radii, crafted)
        by_panel = (STAND_INS,) if attack.attack.metric == "invariance" else ()
        return {
            "places": places,
            "radii": list(attack.radii),
            "right": [_packed(*at_radius) for at_radius in zip(results.right, results.counted, strict=True)],
            **_shared(results.shares),
            "cost": dict(results.cost_per_input),
            "warnings": [*results.warnings, *by_panel],
        }

    def _inspect(self, unit: Unit) -> dict[str, Any]:
        plan = next(plan for plan in self.experiment.measures if plan.name == unit.attack)
        inputs, labels, places = self._chosen(unit, plan.inputs)
        network = self.network(unit)
        reference = self._built(unit, plan.compared_with).to(self.device) if plan.compared_with else network
        seed = seed_from(unit.dataset, unit.network, unit.seed, plan.name)
        cpu = process_time()
        values = plan.measure.values(network, reference.eval(), inputs, labels, seed)
        return {
            "places": places,
            "values": {name: [round(float(x), 9) for x in by_input] for name, by_input in values.items()},
            "cost": {"seconds": (process_time() - cpu) / len(inputs)},
        }


def shuffled(count: int) -> NDArray[np.int64]:
    """The indices below ``count`` in a fixed random order, so that the first of them are a random sample."""
    return np.random.default_rng(1).permutation(count)


def _shared(shares: NDArray[np.float64]) -> dict[str, list[list[float]]]:
    """The shares of right answers by radius and input, where a network answers at random; else nothing."""
    if np.isin(shares, (0.0, 1.0)).all():
        return {}
    return {"shares": [[round(float(share), 6) for share in at_radius] for at_radius in shares]}


def _packed(right: NDArray[np.bool_], counted: NDArray[np.bool_] | None = None) -> str:
    """Outcomes as a string of 0 and 1, with `NOT_COUNTED` for inputs that do not count."""
    text = np.where(right, "1", "0")
    return "".join(text if counted is None else np.where(counted, text, NOT_COUNTED))
