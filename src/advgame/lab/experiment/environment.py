"""The environment of a unit: device, processor and library versions, which can affect results."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

LIBRARIES = ("advgame", "torch", "foolbox", "pyautoattack", "torch-pruning", "captum", "numpy", "scipy")
CPUINFO = Path("/proc/cpuinfo")  # of Linux


@lru_cache(maxsize=8)
def surroundings(device: str) -> dict[str, Any]:
    """The device, the processor, torch's instruction set, Python and the libraries, by name.

    ``float_path`` is the widest instruction set that torch uses, such as AVX2 or AVX512. It determines the
    order of summation, so trained networks differ between instruction sets.

    >>> sorted(surroundings("cpu"))
    ['device', 'float_path', 'libraries', 'machine', 'processor', 'python']
    """
    return {
        "device": device,
        "machine": platform.machine(),
        "processor": processor(),
        "float_path": torch.backends.cpu.get_cpu_capability(),
        "python": platform.python_version(),
        "libraries": {name: installed for name in LIBRARIES if (installed := _version(name))},
    }


def processor(cpuinfo: Path = CPUINFO) -> str:
    """The model name of the processor if the system reports it, else its family."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
