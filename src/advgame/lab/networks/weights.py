"""Trained weights on disk as safetensors, so that loading a file executes no code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from advgame.errors import LabError
from advgame.files import written_whole


def save_weights(network: nn.Module, path: Path) -> Path:
    """Writes the parameters and buffers of a network as a safetensors file, atomically.

    Raises:
        InputError: if the folder does not exist or is not writable.
    """
    state = {
        name: tensor.detach().to("cpu").contiguous().clone() for name, tensor in network.state_dict().items()
    }
    content = save(state)
    return written_whole(path, lambda file: file.write(content))


def load_weights(network: nn.Module, path: Path) -> nn.Module:
    """The network with the stored weights; its layers get their widths, which pruning may have reduced.

    Args:
        network: a network of the stored architecture; changed in place.
        path: the safetensors file.

    Raises:
        LabError: for a file that does not exist, is not safetensors (a pickle is never opened), or belongs
            to another architecture.
    """
    state = _read(path)
    _fit_layers(network, state)
    try:
        network.load_state_dict(state)
    except RuntimeError as mistake:
        first = str(mistake).splitlines()[-1].strip()
        raise LabError(f"The weights in {path} belong to another architecture: {first}") from None
    return network.eval()


def _read(path: Path) -> Mapping[str, torch.Tensor]:
    try:
        content = Path(path).read_bytes()
    except OSError as problem:
        raise LabError(f"The weights {path} cannot be read: {problem.strerror}.") from None
    if content[:2] in (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"):
        raise LabError(
            f"{path} is a pickle or a zip of pickles, which could execute code when opened; expected "
            "safetensors. If you trust it, convert it: safetensors.torch.save_file(state_dict, path)."
        )
    try:
        return load(content)
    except SafetensorError as mistake:
        raise LabError(f"{path} is not a complete safetensors file ({mistake}); measure it again.") from None


def _fit_layers(network: nn.Module, state: Mapping[str, torch.Tensor]) -> None:
    """Gives each layer the shape of its stored weights."""
    for name, layer in network.named_modules():
        for member, parameter in list(layer._parameters.items()):
            stored = state.get(f"{name}.{member}" if name else member)
            if parameter is not None and stored is not None and stored.shape != parameter.shape:
                fresh = torch.empty(stored.shape, dtype=parameter.dtype, device=parameter.device)
                layer._parameters[member] = nn.Parameter(fresh)
        for member, buffer in list(layer._buffers.items()):
            stored = state.get(f"{name}.{member}" if name else member)
            if buffer is not None and stored is not None and stored.shape != buffer.shape:
                layer._buffers[member] = torch.empty(stored.shape, dtype=buffer.dtype, device=buffer.device)
        _renumber(layer)


def _renumber(layer: nn.Module) -> None:
    """Updates the channel counts of a layer to match its weights."""
    if isinstance(layer, nn.Conv2d):
        layer.out_channels = layer.weight.shape[0]
        layer.in_channels = layer.weight.shape[1] * layer.groups
    elif isinstance(layer, nn.Linear):
        layer.out_features, layer.in_features = layer.weight.shape
    elif isinstance(layer, nn.BatchNorm2d):
        layer.num_features = int(layer.weight.shape[0])
