"""Kills workers, clients and schedulers of sweeps at random, and compares the tables with a quiet run.

Run by hand before a release: ``python tools/kill_sweeps.py --kills 50``. It takes about ten seconds for each
kill and exits with 1 if a table differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

SWEEP = [
    *("sweep", "cifar10-two-defences", "--vary", "attack_cost=0:1:400", "--vary", "largest_share=0:0.9:400"),
    *("--chunk-cells", "8000", "--resume", "-o", "map.parquet"),
]
VICTIMS = ("worker", "client", "dask worker", "dask scheduler", "dask client")
PYTHON = [sys.executable, "-m"]
STEP = 0.02  # seconds between two looks


def main() -> int:
    """Runs the kills and prints one line for each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    draws, differing = random.Random(given.seed), 0
    with tempfile.TemporaryDirectory() as folder:
        quiet = Path(folder) / "quiet"
        quiet.mkdir()
        subprocess.run([*PYTHON, "advgame.cli", *SWEEP], cwd=quiet, check=True, stdout=subprocess.DEVNULL)
        expected = (quiet / "map.parquet").read_bytes()
        for number in range(given.kills):
            victim = VICTIMS[number % len(VICTIMS)]
            place = Path(folder) / str(number)
            place.mkdir()
            kept = _one_kill(place, victim, draws.uniform(0.0, 1.0))
            subprocess.run([*PYTHON, "advgame.cli", *SWEEP], cwd=place, check=True, stdout=subprocess.DEVNULL)
            same = (place / "map.parquet").read_bytes() == expected
            differing += not same
            print(
                f"{number + 1:>3} {victim:<14} {kept:>2} of 20 chunks kept; {'same' if same else 'DIFFERS'}"
            )
    print(f"{given.kills} kills; {differing} tables differ")
    return int(differing > 0)


def _one_kill(place: Path, victim: str, seconds: float) -> int:
    """Runs a sweep whose victim is killed; returns the number of chunks that are kept."""
    is_dask = victim.startswith("dask")
    helpers = _cluster(place) if is_dask else []
    engine = ["--engine", "dask", "--scheduler", (place / "address").read_text()] if is_dask else []
    client = subprocess.Popen(
        [*PYTHON, "advgame.cli", *SWEEP, *engine, *([] if is_dask else ["--workers", "2"])],
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    chunks = place / "map.journal" / "chunks"
    while client.poll() is None and not [*chunks.glob("[!.]*.arrow")]:
        time.sleep(STEP)
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(_victim(victim, client, helpers), signal.SIGKILL)
    if victim == "dask scheduler":  # the client waits for another one; a person would stop it
        time.sleep(1)
        client.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        client.wait(60)
    for process in (client, *helpers):
        process.kill()
        process.wait()
    return len([*chunks.glob("[!.]*.arrow")])


def _victim(victim: str, client: subprocess.Popen[bytes], helpers: list[subprocess.Popen[bytes]]) -> int:
    if victim == "worker":
        children = Path(f"/proc/{client.pid}/task/{client.pid}/children").read_text().split()
        return int(children[0]) if children else client.pid
    places = {"dask worker": 1, "dask scheduler": 0}
    return helpers[places[victim]].pid if victim in places else client.pid


def _cluster(place: Path) -> list[subprocess.Popen[bytes]]:
    """A scheduler and two workers; the address is written to a file."""
    file = place / "scheduler.json"
    quiet = {"cwd": place, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = subprocess.Popen(
        [*PYTHON, "distributed.cli.dask_scheduler", "--port", "0", "--host", "127.0.0.1", *options], **quiet
    )
    while not file.exists():
        time.sleep(STEP)
    time.sleep(STEP)
    address = json.loads(file.read_text())["address"]
    (place / "address").write_text(address)
    worker = [
        *PYTHON,
        "distributed.cli.dask_worker",
        address,
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
    ]
    return [scheduler, *(subprocess.Popen(worker, **quiet) for _ in range(2))]


if __name__ == "__main__":
    sys.exit(main())
