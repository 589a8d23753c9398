"""Starts the dashboard of a checkout, for its benchmarks and its tests in a browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from urllib.request import urlopen

HERE = Path(__file__).parents[1]
CASES = "scenarios"
PATIENCE = 120  # seconds for a server to be ready
LONGEST_LOG = 4000  # bytes of the output shown with an error
KNOWLEDGE = re.compile(r"^(attacker_knows|announced) = .*$", re.MULTILINE)
SPELLINGS = {  # of the attacker's knowledge, in files of this build and of those before `attacker_knows`
    "announced": ('attacker_knows = "mixture"', "announced = true"),
    "secret": ('attacker_knows = "nothing"', "announced = false"),
}


@dataclass(frozen=True)
class Server:
    """A running dashboard."""

    address: str
    pid: int
    started: float  # of time.perf_counter

    @property
    def megabytes(self) -> float:
        """Resident memory, as Linux counts it."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    @property
    def cpu_seconds(self) -> float:
        """CPU time used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def scenario_file(checkout: Path, case: str, play: str, folder: Path) -> Path:
    """A bundled case of a checkout as a file in a folder, with the attacker's knowledge replaced."""
    paths = [path for path in checkout.rglob(f"{case}.toml") if path.parent.name == CASES]
    text = paths[0].read_text(encoding="utf-8")
    today = (checkout / "app" / "server.py").is_file()
    line = SPELLINGS[play][0 if today else 1]
    text = KNOWLEDGE.sub(line, text, count=1) if KNOWLEDGE.search(text) else f"{line}\n{text}"
    written = folder / f"{case}-{play}.toml"
    written.write_text(text, encoding="utf-8")
    return written


@contextmanager
def served(checkout: Path, *opened: str, **environment: str) -> Iterator[Server]:
    """The dashboard of a checkout on a free port; it is stopped at the end.

    Args:
        checkout: its folder.
        opened: the case or the scenario file to open, if any.
        environment: variables set for the server.

    Raises:
        RuntimeError: where it is not ready within `PATIENCE` seconds, with the end of its output.
    """
    port = _free_port()
    started = time.perf_counter()
    with TemporaryFile() as log:
        process = subprocess.Popen(
            _command(checkout, port, opened),
            env={**os.environ, "PYTHONPATH": str(checkout / "src"), **environment},
            stdout=log,
            stderr=log,
            cwd=checkout,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            if not _is_ready(address, process):
                log.seek(0)
                said = log.read()[-LONGEST_LOG:].decode(errors="replace")
                raise RuntimeError(f"The dashboard at {address} was not ready. Its output:\n{said}")
            yield Server(address, process.pid, started)
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _command(checkout: Path, port: int, opened: Sequence[str]) -> list[str]:
    page = checkout / "app" / "server.py"
    page = page if page.is_file() else checkout / "app" / "main.py"  # builds before the server's own file
    flags = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    settings = [f"--{name}={value}" for name, value in flags.items()]
    return [sys.executable, "-m", "streamlit", "run", str(page), *settings, "--", *opened]


def _is_ready(address: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether the server answers, waiting for it as long as it runs."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"{address}/_stcore/health", timeout=5):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
