#!/usr/bin/env bash
# scipy.optimize.linprog solves a scaled matrix game wrongly, and reports success, once payoffs are near 1e-9.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check numpy==2.4.6 scipy==1.17.1

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import scipy
from scipy.optimize import linprog

print("scipy", scipy.__version__)


def maximin(payoffs):
    """max v subject to payoffs' x >= v, x a probability vector."""
    rows, columns = payoffs.shape
    return linprog(
        np.r_[np.zeros(rows), -1.0],
        A_ub=np.c_[-payoffs.T, np.ones(columns)],
        b_ub=np.zeros(columns),
        A_eq=np.r_[np.ones(rows), 0.0][None],
        b_eq=[1.0],
        bounds=[(0, None)] * rows + [(None, None)],
    )


game = np.array([[3.0, 1.0], [1.0, 2.0]])  # by hand: x = (1/3, 2/3), value 5/3, at every scale
for scale, expected in ((1.0, [1 / 3, 2 / 3]), (1e-8, [1 / 3, 2 / 3]), (1e-9, [0.4, 0.6]), (1e-10, [0.0, 1.0])):
    result = maximin(game * scale)
    mixed = result.x[:2]
    print(f"scale {scale:g}: status {result.status}, x = {mixed.round(4).tolist()}, should be [0.3333, 0.6667]")
    assert result.status == 0
    assert np.allclose(mixed, expected, atol=1e-6), "the behaviour has changed"
PYTHON
