"""A sweep as a job: scenarios, a design, a concept, and the chunks into which they are cut."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from advgame.decision.situation import concept_in_bulk
from advgame.equilibria import CONCEPTS, Concept, batch_method_of
from advgame.errors import ScenarioError
from advgame.jobs.designs import Design
from advgame.jobs.solver_version import solver_version
from advgame.scenarios import Scenario, build_game, set_parameter
from advgame.scenarios.evidence import evidence_of
from advgame.scenarios.family.payoffs_over import can_be_batched
from advgame.scenarios.scenario_digest import inputs_sha256
from advgame.statistics.posteriors import BootstrapPosterior

FORMAT = 2  # of chunks, journal and manifest
COMPILED_FROM = 2_000  # cells of a scenario: fewer are solved faster than a batch solver is compiled
NUMBERS_OF_A_CHUNK = 1 << 22  # floats in the rows of a chunk: 32 MB
MOST_CELLS_OF_A_CHUNK = 1 << 17
CELLS_SOLVED_SINGLY = 256  # of a chunk in which every cell is solved on its own
COLUMNS_BESIDE_STRATEGIES = 8


@dataclass(frozen=True)
class Chunk:
    """Consecutive cells of one scenario."""

    number: int
    scenario: int
    first: int  # cell of the scenario
    last: int  # one more than the last cell
    row: int  # number of its first row in the table

    @property
    def cells(self) -> int:
        """The number of cells."""
        return self.last - self.first


@dataclass(frozen=True, eq=False)
class SweepJob:
    """Everything that determines the table of a sweep.

    Args:
        scenarios: the scenarios, each solved at every cell of the design.
        design: the values of the parameters.
        concept: name of a solution concept; None for `concept_in_bulk` of each scenario.
        draws: posterior draws of the accuracies at each cell of the design; 0 for the measured accuracies.
        seed: of the posterior draws.
        chunk_cells: cells of a chunk; None for as many as fit into 32 MB.

    Raises:
        ScenarioError: for no scenario, two of one name, a negative number of draws, or an invalid value.
        UnknownName: for an unknown concept or parameter.
    """

    scenarios: tuple[Scenario, ...]
    design: Design
    concept: str | Concept | None = None
    draws: int = 0
    seed: int = 0
    chunk_cells: int | None = None

    def __post_init__(self) -> None:
        names = [scenario.name for scenario in self.scenarios]
        if not names:
            raise ScenarioError("The sweep has no scenario; give at least one.")
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ScenarioError(f"Two scenarios are called {twice[0]!r}; give each a name of its own.")
        if self.draws < 0 or self.seed < 0:
            raise ScenarioError(
                f"{self.draws} posterior draws with seed {self.seed}; expected whole numbers of at least 0."
            )
        if self.chunk_cells is not None and self.chunk_cells < 1:
            raise ScenarioError(f"A chunk has {self.chunk_cells} cells; expected at least 1.")
        for scenario in self.scenarios:
            self._check(scenario)

    def _check(self, scenario: Scenario) -> None:
        """Raises an error for a parameter that the scenario does not have, or a value that is not allowed."""
        bounds = self.design.bounds
        if self.draws:
            evidence_of(scenario)
        self.method(scenario)
        for end in (0, 1):
            changed = scenario
            for address, ends in bounds.items():
                changed = set_parameter(changed, address, ends[end])
            build_game(changed)

    @property
    def cells_of_a_scenario(self) -> int:
        """The number of rows of each scenario."""
        return self.design.cells * max(self.draws, 1)

    @property
    def cells(self) -> int:
        """The number of rows of the table."""
        return self.cells_of_a_scenario * len(self.scenarios)

    def solver(self, scenario: Scenario) -> Concept:
        """The solution concept for a scenario."""
        return CONCEPTS.resolve(self.concept or concept_in_bulk(scenario))

    def method(self, scenario: Scenario) -> str | None:
        """The batch method for a scenario; None if its cells are solved one by one.

        Raises:
            ScenarioError: for posterior draws under a concept without a batch method.
        """
        solver = self.solver(scenario)
        method = batch_method_of(solver)
        fixed = [address for address in self.design.bounds if not can_be_batched(address)]
        if self.draws:
            if method is None or fixed:
                what = (
                    f"{solver.name} has no batch solver" if method is None else f"{fixed[0]} is drawn already"
                )
                raise ScenarioError(f"Posterior draws cannot be swept: {what}. Omit the draws, or change it.")
            return method
        return method if self.cells_of_a_scenario >= COMPILED_FROM and not fixed else None

    def cells_of_a_chunk(self, scenario: Scenario) -> int:
        """The number of rows of a chunk; it depends neither on the engine nor on the machine."""
        if self.chunk_cells is not None:
            return self.chunk_cells
        if self.method(scenario) is None:
            return CELLS_SOLVED_SINGLY
        accuracies = scenario.accuracies
        columns = len(accuracies.defences) + len(accuracies.attacks) + len(self.design.bounds)
        numbers = columns + COLUMNS_BESIDE_STRATEGIES
        if self.draws:
            numbers += 4 * len(accuracies.defences) * len(accuracies.attacks)  # the stored payoffs
        rounded = 1 << (NUMBERS_OF_A_CHUNK // numbers).bit_length() - 1
        return min(rounded, MOST_CELLS_OF_A_CHUNK)

    def chunks(self) -> Iterator[Chunk]:
        """The chunks in the order of the table."""
        number = 0
        for place, scenario in enumerate(self.scenarios):
            size, cells = self.cells_of_a_chunk(scenario), self.cells_of_a_scenario
            for first in range(0, cells, size):
                last = min(first + size, cells)
                yield Chunk(number, place, first, last, place * cells + first)
                number += 1

    @cached_property
    def description(self) -> dict[str, Any]:
        """Everything that determines the rows, as JSON values."""
        return {
            "format": FORMAT,
            "solver": solver_version(),
            "scenarios": [
                {
                    "name": scenario.name,
                    "sha256": inputs_sha256(scenario),
                    "concept": repr(self.solver(scenario)),
                    "posterior": self._posterior_sha256(scenario),
                }
                for scenario in self.scenarios
            ],
            "design": self.design.description,
            "draws": self.draws,
            "seed": self.seed if self.draws else 0,
            "chunk_cells": [self.cells_of_a_chunk(scenario) for scenario in self.scenarios],
        }

    def _posterior_sha256(self, scenario: Scenario) -> str:
        if not self.draws:
            return ""
        evidence, digest = evidence_of(scenario), hashlib.sha256()
        outcomes = evidence.posterior.right if isinstance(evidence.posterior, BootstrapPosterior) else None
        for array in (evidence.right, evidence.wrong, *(() if outcomes is None else (outcomes,))):
            digest.update(array.tobytes())
        return digest.hexdigest()

    @cached_property
    def identity(self) -> str:
        """The SHA-256 of the description."""
        canonical = json.dumps(self.description, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def key(self, chunk: Chunk) -> str:
        """The key of a chunk: a hash of the job and of the cells of the chunk."""
        text = f"{self.identity} {chunk.number} {chunk.scenario} {chunk.first} {chunk.last}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]
