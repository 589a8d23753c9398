#!/usr/bin/env bash
# scipy.stats.sobol_indices answers zero for every index, without a warning, when one model output is NaN.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check numpy==2.4.6 scipy==1.17.1

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import warnings

import numpy as np
import scipy
from scipy.stats import sobol_indices, uniform

print("scipy", scipy.__version__)
warnings.simplefilter("error")


def indices(nan_outputs):
    """First-order indices of x0 + 2 x1 (0.2 and 0.8 in closed form), with so many outputs of one call lost."""
    lost = nan_outputs

    def model(x):
        nonlocal lost
        y = x[0] + 2 * x[1]
        y.flat[:lost] = np.nan
        lost = 0
        return y

    found = sobol_indices(func=model, n=256, dists=[uniform(), uniform()], rng=np.random.default_rng(0))
    return found.first_order, found.total_order


for nan_outputs in (0, 1):
    first, total = indices(nan_outputs)
    print(f"{nan_outputs} NaN among the outputs: first {first.round(3).tolist()}, total {total.round(3).tolist()}")
    expected = [0.2, 0.8] if nan_outputs == 0 else [0.0, 0.0]
    assert np.allclose(first, expected, atol=0.02), "the behaviour has changed"
PYTHON
