#!/usr/bin/env bash
# torch.fft cannot transform an empty batch on a CPU with MKL, while convolutions, matrix products and numpy can.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check \
    numpy==2.4.6 torch==2.13.0

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import torch

print("torch", torch.__version__, "with MKL" if torch.backends.mkl.is_available() else "without MKL")
batch = torch.zeros(0, 1, 8, 8)
print("numpy.fft.rfft2:", np.fft.rfft2(batch.numpy()).shape)
print("torch.nn.functional.conv2d:", tuple(torch.nn.functional.conv2d(batch, torch.ones(1, 1, 3, 3)).shape))
try:
    found = str(tuple(torch.fft.rfft2(batch).shape))
except RuntimeError as error:
    found = f"RuntimeError: {error}"
print("torch.fft.rfft2:", found)
assert "MKL FFT error" in found, "the behaviour has changed"
PYTHON
