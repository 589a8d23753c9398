#!/usr/bin/env bash
# On the all-zero 2 x 2 game Nashpy's vertex enumeration raises TypeError and QuantEcon's returns one of four extreme equilibria.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check numpy==2.4.6 scipy==1.17.1 nashpy==0.0.43 quantecon==0.11.4

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import nashpy
import numpy as np
from quantecon.game_theory import NormalFormGame, Player, vertex_enumeration

print("nashpy", version("nashpy"), "quantecon", version("quantecon"))
zero = np.zeros((2, 2))
try:
    print("nashpy:", list(nashpy.Game(zero, zero).vertex_enumeration()))
    raised = None
except TypeError as error:
    raised = error
print("nashpy raises:", raised)
found = vertex_enumeration(NormalFormGame((Player(zero), Player(zero))))
print("quantecon:", found)
assert raised is not None and len(found) == 1, "the behaviour has changed"  # all four pure pairs are extreme
PYTHON
