#!/usr/bin/env bash
# pyautoattack's standard evaluation leaves the interpreter without its trace function: coverage and debuggers stop.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check \
    numpy==2.4.6 torch==2.13.0 pyautoattack==0.2.0

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import sys
from importlib.metadata import version

import pyautoattack
import torch

print("pyautoattack", version("pyautoattack"), "with torch", torch.__version__)
torch.manual_seed(0)
network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 8 * 8, 10)).eval()
inputs = torch.rand(4, 3, 8, 8)
labels = network(inputs).argmax(dim=1)
attack = pyautoattack.AutoAttack(network, norm="Linf", eps=0.03, version="standard", device="cpu")
attack.verbose = False
attack.attacks_to_run = ["apgd-ce"]


def tracer(frame, event, argument):
    return None


sys.settrace(tracer)  # as coverage and debuggers do
attack.run_standard_evaluation(inputs, labels, batch_size=4)
left = sys.gettrace()
sys.settrace(None)
print("trace function before the evaluation: ours; after it:", left)
assert left is None, "the behaviour has changed"
PYTHON
