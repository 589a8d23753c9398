"""Runs tests as other processors would compute: the same sums in other orders, with other last bits.

    python tools/float_paths.py                          the whole suite under each path: hours
    python tools/float_paths.py oldest -- tests/games    one path, a part of the suite
    python tools/float_paths.py --list

numpy, OpenBLAS, torch (with MKL and oneDNN) and numba choose their instructions by what the processor has.
Each path makes all of them choose less. What passes natively and fails here compares floats too closely.
Only for x86-64: elsewhere these libraries read none of the variables.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy

ROOT = Path(__file__).parents[1]


def numpy_features() -> tuple[list[str], dict[str, bool]]:
    """The features that numpy was built to choose from, and which of them this processor has."""
    inside = "numpy._core" if numpy.lib.NumpyVersion(numpy.__version__) >= "2.0.0" else "numpy.core"
    module = import_module(f"{inside}._multiarray_umath")
    return module.__cpu_dispatch__, module.__cpu_features__


def numpy_without(wide: Callable[[str], bool]) -> str:
    """The features that numpy could use on this processor and is to leave out, as it wants them listed."""
    __cpu_dispatch__, __cpu_features__ = numpy_features()

    return " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name] and wide(name))


def paths() -> dict[str, dict[str, str]]:
    """The variables of the environment of each path, by its name."""
    return {
        "native": {},
        "oldest": {  # SSE4: what every 64-bit processor of the last fifteen years has
            "ATEN_CPU_CAPABILITY": "default",
            "MKL_CBWR": "COMPATIBLE",
            "ONEDNN_MAX_CPU_ISA": "SSE41",
            "OPENBLAS_CORETYPE": "Nehalem",
            "NPY_DISABLE_CPU_FEATURES": numpy_without(lambda _: True),
            "NUMBA_CPU_NAME": "generic",
        },
        "avx2": {  # most desktop processors
            "ATEN_CPU_CAPABILITY": "avx2",
            "MKL_CBWR": "AVX2",
            "ONEDNN_MAX_CPU_ISA": "AVX2",
            "OPENBLAS_CORETYPE": "Haswell",
            "NPY_DISABLE_CPU_FEATURES": numpy_without(lambda name: "512" in name or name == "X86_V4"),
            "NUMBA_CPU_NAME": "haswell",
            "NUMBA_CPU_FEATURES": "+avx2,+fma",
        },
        "amd": {  # as wide as this processor allows, but with the kernels of AMD's
            "MKL_CBWR": "COMPATIBLE",  # what MKL takes on processors that are not Intel's
            "ONEDNN_MAX_CPU_ISA": "AVX512_CORE",
            "OPENBLAS_CORETYPE": "Zen",
        },
    }


IN_FORCE = """
import sys, numba.core.codegen, numpy, scipy.linalg
sys.path.insert(0, "tools")
try:
    from threadpoolctl import threadpool_info
    print("  OpenBLAS", *sorted({each.get("architecture", "?") for each in threadpool_info()
                                 if each["internal_api"] == "openblas"}))
except ModuleNotFoundError:
    print("  OpenBLAS is not asked: threadpoolctl is not installed")
from float_paths import numpy_features
__cpu_dispatch__, __cpu_features__ = numpy_features()
print("  numpy   ", *[name for name in __cpu_dispatch__ if __cpu_features__[name]] or ["baseline"])
print("  numba   ", numba.core.codegen.JITCPUCodegen("x")._get_host_cpu_name())
try:
    import torch
    print("  torch   ", torch.backends.cpu.get_cpu_capability())
except ModuleNotFoundError:
    print("  torch    is not installed")
"""


def passes(name: str, variables: dict[str, str], arguments: list[str], cache: Path) -> bool:
    """Whether the tests pass under a path; what is in force is printed first."""
    print(
        f"{name}: {' '.join(f'{key}={value!r}' for key, value in variables.items()) or 'as it is'}",
        flush=True,
    )
    environment = os.environ | variables | {"NUMBA_CACHE_DIR": str(cache / name)}
    subprocess.run([sys.executable, "-c", IN_FORCE], env=environment, cwd=ROOT, check=False)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode == 0


def main(arguments: list[str]) -> int:
    """Runs the tests under the paths that are named; 1 where one of them fails."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        print(f"These paths are those of x86-64; this is {platform.machine()}.", file=sys.stderr)
        return 2
    known = paths()
    if "--list" in arguments:
        print(*known)
        return 0
    named, to_pytest = arguments, []
    if "--" in arguments:
        place = arguments.index("--")
        named, to_pytest = arguments[:place], arguments[place + 1 :]
    unknown = [name for name in named if name not in known]
    if unknown:
        print(f"No path is called {unknown[0]!r}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as cache:
        failed = [name for name in named or known if not passes(name, known[name], to_pytest, Path(cache))]
    print(f"Failed under: {', '.join(failed)}." if failed else "Passed under every path.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
