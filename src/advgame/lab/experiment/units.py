"""The units of an experiment: networks to train, examples to craft, cells to measure.

Each unit has a key computed from everything that its result depends on, so that a stored result is reused
only for an identical unit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from advgame.lab.defences.combination import Combination
from advgame.lab.defences.stored import Stored
from advgame.lab.experiment.plan import AttackPlan, DefencePlan, Experiment, MeasurePlan
from advgame.lab.experiment.stored_networks import check_trained, source_experiment
from advgame.measurements.experiment_tables import FIRST_NAMES

FORMAT = 1  # increased when the meaning of settings changes

# Kinds of units, and their folders in the journal.
MAKE, CRAFT, MEASURE, INSPECT = "networks", "crafted", "cells", "measures"


@dataclass(frozen=True)
class Unit:
    """One atomic piece of work."""

    kind: str  # MAKE, CRAFT, MEASURE or INSPECT
    dataset: str
    network: str
    defence: str
    seed: int
    attack: str | None  # or measure; None for making a network and for its clean accuracy
    key: str
    needs: tuple[str, ...]  # keys of the units that must be done first
    stored: bool = False  # whether weights or examples are stored for other units

    @property
    def words(self) -> str:
        """A description of the unit for people."""
        on = f"{self.defence}, {self.network}, {self.dataset}, seed {self.seed}"
        if self.kind == MAKE:
            return f"making {on}"
        return f"{self.attack or 'benign inputs'} on {on}"


@dataclass(frozen=True)
class Plan:
    """The units of an experiment, each after the units that it needs."""

    experiment: Experiment

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """All distinct units, seed by seed: a complete grid for one seed is worth more than two halves."""
        by_key: dict[str, Unit] = {}
        for unit in self._listed():
            by_key.setdefault(unit.key, unit)
        return tuple(sorted(by_key.values(), key=lambda unit: unit.seed))

    def network(self, dataset: str, network: str, defence: str, seed: int) -> Unit:
        """The unit that makes a defended network.

        Args:
            dataset: name of the data set.
            network: name of the architecture.
            defence: name of the defence in the experiment.
            seed: the training seed.
        """
        plan = self.experiment.defence(defence)
        if isinstance(plan.defence, Stored):
            source = source_experiment(plan.defence)
            check_trained(source, dataset, network, plan.defence.defence, seed)
            key = digest("stored", Plan(source).network(dataset, network, plan.defence.defence, seed).key)
            return Unit(MAKE, dataset, network, defence, seed, None, key, ())
        needs = tuple(self.network(dataset, network, name, seed).key for name in plan.needs)
        key = digest("network", dataset, network, seed, _described(plan.defence), needs)
        return Unit(MAKE, dataset, network, defence, seed, None, key, needs, plan.defence.learns)

    def crafting(self, dataset: str, network: str, attack: AttackPlan, seed: int) -> Unit:
        """The unit that crafts examples to be transferred to other networks.

        Args:
            dataset: name of the data set.
            network: name of the architecture.
            attack: the attack, which names the source model its examples are crafted on.
            seed: the training seed.
        """
        source = self.network(dataset, network, attack.source_model or "", seed)
        key = digest("crafted", source.key, self._attack(attack))
        return Unit(CRAFT, dataset, network, source.defence, seed, attack.name, key, (source.key,), True)

    def cell(self, dataset: str, network: str, defence: str, seed: int, attack: AttackPlan | None) -> Unit:
        """The unit that measures a network under an attack, or on benign inputs.

        Args:
            dataset: name of the data set.
            network: name of the architecture.
            defence: name of the defence in the experiment.
            seed: the training seed.
            attack: the attack, with its settings; None for clean inputs.
        """
        needs = [self.network(dataset, network, defence, seed).key]
        if attack is not None and attack.source_model is not None:
            needs.append(self.crafting(dataset, network, attack, seed).key)
        about = None if attack is None else self._attack(attack)
        key = digest("cell", needs, about, self.experiment.test_inputs)
        return Unit(
            MEASURE, dataset, network, defence, seed, attack.name if attack else None, key, tuple(needs)
        )

    def inspection(self, dataset: str, network: str, defence: str, seed: int, measure: MeasurePlan) -> Unit:
        """The unit that computes a measure of a network.

        Args:
            dataset: name of the data set.
            network: name of the architecture.
            defence: name of the defence in the experiment.
            seed: the training seed.
            measure: the measure, with its settings.
        """
        needs = [self.network(dataset, network, defence, seed).key]
        if measure.compared_with is not None:
            needs.append(self.network(dataset, network, measure.compared_with, seed).key)
        about = [_described(measure.measure), measure.inputs, self.experiment.test_inputs]
        if measure.measure.revision > 1:
            about.append(measure.measure.revision)
        key = digest("measure", needs, about)
        return Unit(INSPECT, dataset, network, defence, seed, measure.name, key, tuple(needs))

    def inspections(self) -> Iterator[tuple[Unit, MeasurePlan]]:
        """The measures in the order of the table."""
        for unit, attack in self.cells():
            if attack is None:
                yield from self._inspections_of(unit)

    def _inspections_of(self, unit: Unit) -> Iterator[tuple[Unit, MeasurePlan]]:
        for measure in self.experiment.measures:
            reference = self.experiment.defence(measure.compared_with or unit.defence)
            if measure.meets(unit.defence) and unit.seed in self.experiment.seeds_of(reference):
                where = unit.dataset, unit.network, unit.defence, unit.seed
                yield self.inspection(*where, measure), measure

    def cells(self) -> Iterator[tuple[Unit, AttackPlan | None]]:
        """The cells in the order of the table: by data set, network, defence, seed, attack."""
        experiment = self.experiment
        for dataset in experiment.datasets:
            for network in experiment.networks:
                for plan in experiment.defences:
                    for seed in experiment.seeds_of(plan):
                        yield from self._cells_of(dataset, network, plan, seed)

    def _cells_of(
        self, dataset: str, network: str, plan: DefencePlan, seed: int
    ) -> Iterator[tuple[Unit, AttackPlan | None]]:
        yield self.cell(dataset, network, plan.name, seed, None), None
        for attack in self.experiment.attacks:
            if attack.meets(plan.name) and self._has_source(attack, seed):
                yield self.cell(dataset, network, plan.name, seed, attack), attack

    def _has_source(self, attack: AttackPlan, seed: int) -> bool:
        """Whether the source model is trained with this seed."""
        if attack.source_model is None:
            return True
        return seed in self.experiment.seeds_of(self.experiment.defence(attack.source_model))

    def _listed(self) -> Iterator[Unit]:
        """Each network, followed by its measurements, so that the first rows are complete early."""
        for unit, attack in self.cells():
            yield self.network(unit.dataset, unit.network, unit.defence, unit.seed)
            if attack is not None and attack.source_model is not None:
                yield self.crafting(unit.dataset, unit.network, attack, unit.seed)
            yield unit
            if attack is None:
                yield from (inspection for inspection, _ in self._inspections_of(unit))

    def _attack(self, plan: AttackPlan) -> Any:
        return _described(plan.attack), plan.radii, plan.inputs, self.experiment.test_inputs


def digest(*parts: Any) -> str:
    """A hash of the parts: 20 hexadecimal digits.

    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a", 2)
    (True, False)
    """
    text = json.dumps([FORMAT, *parts], sort_keys=True, default=list)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def seed_from(*parts: Any) -> int:
    """A 31-bit seed computed from the parts."""
    return int(digest("seed", *parts), 16) % (1 << 31)


def _described(part: Any) -> Any:
    """The name and settings of a part.

    Settings have their first names, because keys determine the seeds of published tables.
    """
    settings = {FIRST_NAMES.get(name, name): value for name, value in asdict(part).items()}
    if isinstance(part, Combination):
        settings.pop("of")  # its members are identified by the keys of their networks
    return [part.name, settings]
