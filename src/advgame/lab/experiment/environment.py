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
    """The device, the processor and its instructions that torch uses, Python and the libraries, by name.

    ``float_path`` is the widest instruction set that torch computes with, such as AVX2 or AVX512. Sums are
    formed in another order under another one, so that trained networks differ from the last bit on.

    >>> sorted(surroundings("cpu"))
    ['device', 'float_path', 'libraries', 'machine', 'processor', 'python']
    """
    return {
        "device": device,
        "machine": platform.machine(),
        "processor": processor(),
        "float_path": torch.backends.cpu.get_cpu_capability(),
        "python": platform.python_version(),
        "libraries": {name: known for name in LIBRARIES if (known := _version(name))},
    }


def processor(cpuinfo: Path = CPUINFO) -> str:
    """The name by which the processor's maker sells it, where the system tells it; else its family."""
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
