#!/usr/bin/env bash
# OpenSpiel reads a payoff of an .nfg file whose numerator or denominator exceeds 31 bits as the payoff before it, without an error.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check numpy==2.4.6 open_spiel==2.0.2

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import pyspiel

print("open_spiel", version("open_spiel"))
for text, expected in (("1/10", 0.1), ("4294967296/3", 1 / 3), ("1/2147483648", 1 / 3)):
    game = pyspiel.load_nfg_game(f'NFG 1 R "one cell" {{ "a" "b" }} {{ 1 1 }}\n\n1/3 {text}\n')
    payoff = game.col_utilities()[0][0]
    print(f"payoffs 1/3 {text}: the column player gets {payoff:.6g}")
    assert abs(payoff - expected) < 1e-9, "the behaviour has changed"
PYTHON
