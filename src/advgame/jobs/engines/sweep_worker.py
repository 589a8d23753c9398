"""A worker process of a sweep: reads tasks from standard input, stores chunks, and reports each on standard
output.

It ends when its standard input ends, which happens whenever the parent process ends.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path
from typing import IO, Any

START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from advgame.jobs.engines.sweep_worker import main; main()"
)


def main() -> None:
    """Solves tasks until standard input ends.

    Raises:
        SystemExit: with 1, after the error of a task is reported.
    """
    tasks = sys.stdin.buffer
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as reports:
        os.dup2(2, 1)  # so that nothing that a plug-in prints is taken for a report
        try:
            _work(tasks, reports)
        except (EOFError, BrokenPipeError):  # the parent ended
            os._exit(1)
        except BaseException as problem:
            text = " ".join(f"{problem}".split()) or type(problem).__name__
            strerror = getattr(problem, "strerror", None)
            _report(reports, stopped=strerror or f"{type(problem).__name__}: {text}")
            raise SystemExit(1) from None


def _work(tasks: IO[bytes], reports: IO[str]) -> None:
    from advgame.plugins import load_plugins

    load_plugins()
    from advgame.jobs.chunk_journal import store_chunk
    from advgame.jobs.chunk_rows import schema_of
    from advgame.jobs.solve_chunk import solve_chunk

    job, folder = pickle.load(tasks)
    schema = schema_of(job)
    _report(reports, ready=True)
    while True:
        task = pickle.load(tasks)
        data = solve_chunk(job, task, schema)
        path = Path() if task.is_trial else store_chunk(folder, job.key(task.chunk), data)
        _report(reports, stored=path.name)


def _report(reports: IO[str], **message: Any) -> None:
    reports.write(json.dumps(message) + "\n")
    reports.flush()
