#!/usr/bin/env bash
# QuantEcon writes .gam files with eight decimals, so a game read back is another game: ties are lost or made.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check quantecon==0.11.4

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import numpy as np
from quantecon.game_theory import NormalFormGame, Player
from quantecon.game_theory.game_converters import to_gam

print("quantecon", version("quantecon"))
payoffs = np.array([[1 / 3, 1e-9], [0.0, 1.0]])
text = to_gam(NormalFormGame((Player(payoffs), Player(payoffs))))
print(text)
values = [float(word) for word in text.split()[3:]]
print("1/3 is written as", values[0], "and 1e-9 as", [value for value in values if 0 < value < 1e-6] or 0.0)
assert 0.33333333 in values and 1 / 3 not in values, "the behaviour has changed"
assert 1e-9 not in values, "the behaviour has changed"
PYTHON
