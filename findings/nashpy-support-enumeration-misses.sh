#!/usr/bin/env bash
# Nashpy's support enumeration returns no equilibrium of a generic 2 x 3 game: it tests probabilities >= 0 without a tolerance.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check numpy==2.4.6 scipy==1.17.1 nashpy==0.0.43

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import nashpy
import numpy as np

print("nashpy", version("nashpy"))
A = np.array([[5.21, -3.58, 7.72], [9.77, 0.11, -1.05]])
B = np.array([[-2.03, 3.84, -5.99], [-7.53, -4.41, 6.89]])
found = list(nashpy.Game(A, B).support_enumeration())
print("support enumeration:", found)

# By hand: the columns 2 and 3 make the row player indifferent, the rows make columns 2 and 3 equal.
y = (8.77) / (8.77 + 3.69)
x = (6.89 + 4.41) / (3.84 + 5.99 + 6.89 + 4.41)
row, column = np.array([x, 1 - x]), np.array([0.0, y, 1 - y])
regrets = (A @ column).max() - row @ A @ column, (row @ B).max() - row @ B @ column
print("equilibrium by hand:", row.round(4).tolist(), column.round(4).tolist(), "regrets", regrets)
assert max(regrets) < 1e-12
assert found == [], "the behaviour has changed"
PYTHON
