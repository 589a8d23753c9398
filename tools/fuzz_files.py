"""Feeds a reader with bytes that libFuzzer mutates by coverage.

Run by hand, with atheris in the environment (``pip install atheris``; it has wheels for Linux):
``python tools/fuzz_files.py "scenario TOML" -max_total_time=600``. Further options are those of libFuzzer. An
input that ends in a traceback, takes over 5 seconds or over 1 GB is written to the working folder.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))
INSTRUMENTED = {"include": ["advgame", "tomllib"], "enable_loader_override": False}
with atheris.instrument_imports(**INSTRUMENTED):
    from advgame.errors import AdvgameError
    from tests.fuzzed_readers import READERS

LIMITS = ["-timeout=5", "-rss_limit_mb=1024", "-max_len=20000"]


def main() -> None:
    """Fuzzes the reader that the first argument names, from a whole file on."""
    if len(sys.argv) < 2 or sys.argv[1] not in READERS:
        sys.exit(f"Give the name of a reader: {', '.join(READERS)}.")
    reader = READERS[sys.argv[1]]
    with TemporaryDirectory() as folder:
        path, seeds = Path(folder) / reader.file_name, Path(folder) / "seeds"
        seeds.mkdir()
        for place in (path, seeds / "whole"):
            place.write_bytes(reader.whole())
        with atheris.instrument_imports(**INSTRUMENTED):  # of what the reader imports when it is called
            reader.read(path)

        def read(data: bytes) -> None:
            path.write_bytes(data)
            with suppress(AdvgameError):
                reader.read(path)

        atheris.Setup([sys.argv[0], *LIMITS, *sys.argv[2:], str(seeds)], read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
