"""The plan of an experiment: defences, attacks and measures, on data sets, networks and seeds."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.lab.attacks.attack import Attack
from advgame.lab.defences.combination import Combination
from advgame.lab.fitting.defence import Defence
from advgame.lab.measures import Measure


@dataclass(frozen=True)
class DefencePlan:
    """A defence of the experiment, and the network that it starts from."""

    name: str
    defence: Defence
    # name of the defence whose network it starts from; None for an untrained network
    after: str | None = None
    seeds: tuple[int, ...] | None = None  # None for the seeds of the experiment

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of the defences whose networks are required."""
        combined = self.defence.of if isinstance(self.defence, Combination) else ()
        return (*((self.after,) if self.after else ()), *combined)


@dataclass(frozen=True)
class AttackPlan:
    """An attack of the experiment, at its radii."""

    name: str
    attack: Attack
    radii: tuple[float, ...]  # in rising order
    inputs: int | None = None  # number of test inputs; None for all
    against: tuple[str, ...] | None = None  # names of defences; None for all
    source_model: str | None = None  # defence of the source model; None for the attacked network itself

    def meets(self, defence: str) -> bool:
        """Whether the attack is run against a defence; transferred ones also against their source model."""
        return self.against is None or defence in self.against


@dataclass(frozen=True)
class MeasurePlan:
    """A measure of the experiment."""

    name: str
    measure: Measure
    inputs: int | None = None  # number of test inputs; None for all
    against: tuple[str, ...] | None = None  # names of defences; None for all
    compared_with: str | None = None  # defence of the reference network; None for the measured network itself

    def meets(self, defence: str) -> bool:
        """Whether the measure is computed for a defence."""
        return self.against is None or defence in self.against


@dataclass(frozen=True)
class Experiment:
    """A validated experiment: all names are known and all settings are in range."""

    name: str
    datasets: tuple[str, ...]
    networks: tuple[str, ...]
    seeds: tuple[int, ...]
    test_inputs: int
    defences: tuple[DefencePlan, ...]  # each after the defences that it needs
    attacks: tuple[AttackPlan, ...]
    measures: tuple[MeasurePlan, ...] = ()

    def defence(self, name: str) -> DefencePlan:
        """The plan of that name."""
        return next(plan for plan in self.defences if plan.name == name)

    def seeds_of(self, plan: DefencePlan) -> tuple[int, ...]:
        """The seeds a defence is trained with."""
        return plan.seeds if plan.seeds is not None else self.seeds

    def chain(self, name: str) -> tuple[DefencePlan, ...]:
        """The steps from an untrained network to a defence, in order."""
        steps = [self.defence(name)]
        while steps[0].after is not None:
            steps.insert(0, self.defence(steps[0].after))
        return tuple(steps)
