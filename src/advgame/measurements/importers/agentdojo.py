"""Imports runs of AgentDojo: user tasks of a tool-using agent, without and with injected instructions."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from advgame.errors import MeasurementError
from advgame.measurements.importers.importer import Importer, table_of
from advgame.measurements.importers.json_files import field_of, files_at, json_lines_of, json_of
from advgame.measurements.measurement import Measurement
from advgame.measurements.table import MeasurementTable

TASKS, ATTACKED = "user tasks", "user tasks with an injection"
EITHER = (bool, type(None))


@dataclass(frozen=True)
class Run:
    """One run: which task, whether it was attacked, and both verdicts of the benchmark."""

    pipeline: str
    suite: str
    task: str
    injection: str | None
    attack: str | None
    utility: bool
    security: bool | None
    used_tools: bool  # whether the agent called any tool

    @property
    def cell(self) -> tuple[str, str, str]:
        """Which attacked task of which suite this is."""
        return self.suite, self.task, self.injection or ""


@dataclass(frozen=True)
class AgentdojoImporter(Importer):
    """Reads a folder of run files (``.json``), or of exports with one run per line (``.jsonl``).

    A defence is a pipeline; an attack is AgentDojo's ``attack_type``. Of attacked runs come two rows: the
    attack failed, and the attack failed while the user's task was done. A run that ended in an error counts
    as neither and is left out.

    What ``security`` means is taken from the runs: an agent that called no tool cannot have read an injected
    goal. If all such runs have one and the same value, that value means that the attack failed, and every row
    states it; if there is no such run, or they contradict each other, the import is refused.
    """

    name: ClassVar[str] = "agentdojo"
    about: ClassVar[str] = "runs of AgentDojo (.json, or .jsonl with one run per line): a file or folder"

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        """The measurements of all runs, by pipeline and attack.

        Raises:
            MeasurementError: for fields that are missing or of another type, for defences that were not run
                on the same cases, and where the meaning of ``security`` cannot be inferred.
        """
        path = Path(path)
        runs, errors = [], 0
        for file in files_at(path, suffixes=(".json", ".jsonl")):
            for where, record in _records(file):
                run = _run(record, where)
                errors += run is None
                runs += [run] if run is not None else []
        meaning = _meaning(runs, path)
        _check_pairs(runs, path)
        read_as = "the injected goal was reached (inferred from the runs)"
        note = f"security = {str(meaning).lower()} is read as: {read_as}"
        left_out = (f"{errors} runs that ended in an error are left out",) if errors else ()
        rows = list(_rows(runs, meaning, (note, *left_out), path.name))
        return table_of(rows, path, "runs of AgentDojo", percent=False)


def _records(file: Path) -> Iterator[tuple[str, Any]]:
    if file.suffix == ".jsonl":
        for place, record in json_lines_of(file):
            if not isinstance(record, dict) or "messages" in record:  # the first line describes the file
                yield f"{file.name}, {place}", record
    else:
        yield file.name, json_of(file)


def _run(record: Any, where: str) -> Run | None:
    """The run; None if it ended in an error."""
    about = record.get("metadata", record) if isinstance(record, dict) else record
    pipeline = "pipeline_name" if isinstance(about, dict) and "pipeline_name" in about else "model"
    utility = "utility" if isinstance(about, dict) and "utility" in about else "success"
    if isinstance(record, dict) and (record.get("error") or about.get("error")):
        return None
    messages = field_of(record, "messages", list, where)
    return Run(
        field_of(about, pipeline, str, where),
        field_of(about, "suite_name", str, where),
        field_of(about, "user_task_id", str, where),
        field_of(about, "injection_task_id", (str, type(None)), where),
        field_of(about, "attack_type", (str, type(None)), where),
        field_of(about, utility, bool, where),
        field_of(about, "security", EITHER, where),
        any(isinstance(message, dict) and message.get("tool_calls") for message in messages),
    )


def _meaning(runs: list[Run], path: Path) -> bool:
    """The value of ``security`` that means that the injected goal was reached."""
    attacked = [run for run in runs if run.injection is not None]
    idle = {run.security for run in attacked if not run.used_tools}
    if not attacked:
        raise MeasurementError(f"{path.name} has no run with an injection; add the attacked runs.")
    if len(idle) != 1 or None in idle:
        why = (
            "no attacked run is without a tool call"
            if not idle
            else "attacked runs without a tool call have different values"
        )
        raise MeasurementError(
            f"{path.name}: what security means cannot be inferred from the runs, because {why}. In some "
            "exports true means that the attack failed, in others that it succeeded: ask the source, and "
            "import the counts as csv."
        )
    return not idle.pop()


def _check_pairs(runs: list[Run], path: Path) -> None:
    """Refuses attacked cases that some pipeline lacks: differences would be of cases, not of defences."""
    cases: dict[str, dict[str, set[tuple[str, str, str]]]] = defaultdict(dict)
    for run in runs:
        if run.injection is not None:
            cases[run.attack or "unnamed"].setdefault(run.pipeline, set()).add(run.cell)
    for attack, by_pipeline in cases.items():
        every = set().union(*by_pipeline.values())
        for pipeline, there in by_pipeline.items():
            if len(there) < len(every) and len(by_pipeline) > 1:
                raise MeasurementError(
                    f"{path.name}: {pipeline!r} lacks {len(every) - len(there)} of the {len(every)} attacked "
                    f"cases of {attack!r} that other pipelines have; import pipelines with the same cases, "
                    "or remove the surplus."
                )


def _rows(runs: list[Run], reached: bool, notes: tuple[str, ...], source: str) -> Iterator[Measurement]:
    groups: dict[tuple[str, str | None], list[Run]] = defaultdict(list)
    for run in runs:
        groups[run.pipeline, None if run.injection is None else run.attack or "unnamed"].append(run)
    for (pipeline, attack), some in groups.items():
        shared: dict[str, Any] = {"dataset": "agentdojo", "network": pipeline, "defence": pipeline}
        shared |= {"tested": len(some), "source": f"AgentDojo runs, {source}"}
        if attack is None:
            done = sum(run.utility for run in some)
            yield Measurement(
                **shared,
                attack="none",
                metric="clean",
                accuracy=done / len(some),
                correct=done,
                population=TASKS,
            )
            continue
        failed = [run for run in some if run.security is not reached]
        for metric, count in (
            ("robust", len(failed)),
            ("utility_under_attack", sum(run.utility for run in failed)),
        ):
            yield Measurement(
                **shared,
                attack=attack,
                metric=metric,
                accuracy=count / len(some),
                correct=count,
                population=ATTACKED,
                adaptivity="static",
                warnings=notes,
            )
