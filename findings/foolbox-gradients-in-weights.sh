#!/usr/bin/env bash
# foolbox's attacks leave their gradients in the weights of the network: the next optimiser step would follow them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check \
    numpy==2.4.6 torch==2.13.0 foolbox==3.3.4

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import foolbox
import torch

print("foolbox", version("foolbox"), "with torch", torch.__version__)
torch.manual_seed(0)
network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 3)).eval()
inputs = torch.rand(4, 3, 2, 2)
labels = network(inputs).argmax(dim=1)
model = foolbox.PyTorchModel(network, bounds=(0, 1))
for attack in (
    foolbox.attacks.LinfPGD(steps=5),
    foolbox.attacks.DDNAttack(steps=5),
    foolbox.attacks.L2CarliniWagnerAttack(steps=5),
):
    network.zero_grad(set_to_none=True)
    attack(model, inputs, labels, epsilons=[0.1])
    gradient = network[1].weight.grad
    size = None if gradient is None else float(gradient.abs().sum())
    print(f"{type(attack).__name__}: sum of the absolute gradients in the weights afterwards {size:.3g}")
    assert size > 1, "the behaviour has changed"
PYTHON
