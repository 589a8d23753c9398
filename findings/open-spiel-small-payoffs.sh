#!/usr/bin/env bash
# OpenSpiel classifies a general-sum matrix game as zero-sum when its payoffs are near 1e-8.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check numpy==2.4.6 open_spiel==2.0.2

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import pyspiel

print("open_spiel", version("open_spiel"))
for scale, expected in ((1.0, "GENERAL_SUM"), (1e-8, "ZERO_SUM")):
    rows = [[1 * scale, 0.0], [0.0, 1 * scale]]
    columns = [[2 * scale, 0.0], [0.0, 1 * scale]]
    game = pyspiel.create_matrix_game("coordination", "coordination", ["a", "b"], ["a", "b"], rows, columns)
    utility = game.get_type().utility.name
    print(f"coordination game with payoffs times {scale:g}: {utility}")
    assert utility == expected, "the behaviour has changed"
PYTHON
