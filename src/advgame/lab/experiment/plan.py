"""What an experiment plans: defences, attacks and measures, on data sets, networks and seeds."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.lab.attacks.attack import Attack
from advgame.lab.defences.combination import Combination
from advgame.lab.fitting.defence import Defence
from advgame.lab.measures import Measure


@dataclass(frozen=True)
class DefencePlan:
    """A defence of the experiment: what is done, and to which network."""

    name: str
    defence: Defence
    after: str | None = None  # the plan whose network it starts from
    seeds: tuple[int, ...] | None = None  # instead of the experiment's

    @property
    def needs(self) -> tuple[str, ...]:
        """The plans whose networks must be there first."""
        combined = self.defence.of if isinstance(self.defence, Combination) else ()
        return (*((self.after,) if self.after else ()), *combined)


@dataclass(frozen=True)
class AttackPlan:
    """An attack of the experiment, at its radii."""

    name: str
    attack: Attack
    radii: tuple[float, ...]  # rising
    inputs: int | None = None  # how many of the test inputs; None for all
    against: tuple[str, ...] | None = None  # names of defences; None for all
    crafted_on: str | None = None  # the defence whose network the examples are made on; None for the one met

    def meets(self, defence: str) -> bool:
        """Whether the attack is tried on a defence; transferred examples on their source as well."""
        return self.against is None or defence in self.against


@dataclass(frozen=True)
class MeasurePlan:
    """A measure of the experiment, taken of networks."""

    name: str
    measure: Measure
    inputs: int | None = None  # how many of the test inputs; None for all
    against: tuple[str, ...] | None = None  # names of defences; None for all
    compared_with: str | None = None  # the defence whose network is the reference; None for the one measured

    def meets(self, defence: str) -> bool:
        """Whether the measure is taken of a defence."""
        return self.against is None or defence in self.against


@dataclass(frozen=True)
class Experiment:
    """Everything that is to be measured, checked: every name is known and every setting possible."""

    name: str
    datasets: tuple[str, ...]
    networks: tuple[str, ...]
    seeds: tuple[int, ...]
    test_inputs: int
    defences: tuple[DefencePlan, ...]  # each after what it needs
    attacks: tuple[AttackPlan, ...]
    measures: tuple[MeasurePlan, ...] = ()

    def defence(self, name: str) -> DefencePlan:
        """The plan of that name."""
        return next(plan for plan in self.defences if plan.name == name)

    def seeds_of(self, plan: DefencePlan) -> tuple[int, ...]:
        """The seeds a defence is trained with."""
        return plan.seeds if plan.seeds is not None else self.seeds

    def chain(self, name: str) -> tuple[DefencePlan, ...]:
        """The steps from fresh weights to a defence, in order."""
        steps = [self.defence(name)]
        while steps[0].after is not None:
            steps.insert(0, self.defence(steps[0].after))
        return tuple(steps)
