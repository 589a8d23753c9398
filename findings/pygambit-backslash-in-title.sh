#!/usr/bin/env bash
# A backslash in a title does not survive pygambit's own .nfg files: it is doubled on each way, and a title that ends in one cannot be read back.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check numpy==2.4.6 --pre pygambit==17.0.0b2

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import io

import pygambit

print("pygambit", pygambit.__version__)
game = pygambit.StrategicGame.from_arrays([[1]], [[2]], title="a\\b")
written = game.to_nfg()
read = pygambit.read_nfg(io.StringIO(written))
print(f"title {game.title!r} is written as {written.splitlines()[0]} and read as {read.title!r}")
assert game.title == "a\\b" and read.title == "a\\\\\\b", "the behaviour has changed"

ends = pygambit.StrategicGame.from_arrays([[1]], [[2]], title="a\\").to_nfg()
try:
    pygambit.read_nfg(io.StringIO(ends))
    raised = None
except ValueError as error:
    raised = error
print(f"{ends.splitlines()[0]} cannot be read back: {raised}")
assert raised is not None, "the behaviour has changed"
PYTHON
