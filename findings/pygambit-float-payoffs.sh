#!/usr/bin/env bash
# pygambit takes a float payoff for the decimal that it prints as, so B = 0.4 - A is not constant-sum.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check numpy==2.4.6 --pre pygambit==17.0.0b2

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import pygambit

print("pygambit", pygambit.__version__)
A = np.array([[0.1, 0.2], [0.3, 0.7]])
B = 0.4 - A
game = pygambit.StrategicGame.from_arrays(A, B)
print("A + B in floats:", (A + B).tolist())
print("constant-sum for pygambit:", game.is_const_sum)
print([line for line in game.to_nfg().splitlines() if "0.30000000000000004" in line])
assert (A + B == 0.4).all() and not game.is_const_sum, "the behaviour has changed"
PYTHON
