#!/usr/bin/env bash
# torch-pruning prunes a network under a mask of torch.nn.utils.prune without complaint, and it cannot be called again.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check \
    numpy==2.4.6 torch==2.13.0 torch-pruning==1.6.1

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import torch
import torch_pruning
from torch import nn
from torch.nn.utils import prune

print("torch-pruning", version("torch-pruning"), "with torch", torch.__version__)
inputs = torch.rand(2, 1, 8, 8)
for masked in (False, True):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 6 * 6, 10)).eval()
    if masked:
        prune.l1_unstructured(network[0], "weight", 0.5)
        network(inputs)
    torch_pruning.pruner.MagnitudePruner(
        network,
        inputs,
        importance=torch_pruning.importance.MagnitudeImportance(p=1),
        pruning_ratio=0.5,
        ignored_layers=[network[3]],
    ).step()
    shapes = {name: tuple(value.shape) for name, value in network[0].state_dict().items()}
    try:
        answer = str(tuple(network(inputs).shape))
    except (TypeError, RuntimeError) as error:
        answer = f"{type(error).__name__}: {error}"
    print(f"{'masked' if masked else 'plain'}: pruned to {shapes}; called again: {answer}")
    assert (answer == "(2, 10)") is not masked, "the behaviour has changed"
PYTHON
