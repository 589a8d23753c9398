"""Weights come back as they were stored, and opening a file runs nothing."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch
from torch import nn

from advgame.errors import LabError
from advgame.lab.networks.weights import load_weights, save_weights


def network(width: int = 6) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, width, 3), nn.BatchNorm2d(width), nn.ReLU(), nn.Flatten(), nn.Linear(width * 4, 3)
    )


def test_a_narrowed_network_is_loaded_into_the_wide_architecture(tmp_path: Path) -> None:
    narrow, inputs = network(2).eval(), torch.rand(5, 1, 4, 4)
    save_weights(narrow, tmp_path / "a.safetensors")
    loaded = load_weights(network(6), tmp_path / "a.safetensors")
    assert torch.equal(loaded(inputs), narrow(inputs))
    assert (loaded[0].out_channels, loaded[1].num_features, loaded[4].in_features) == (2, 2, 8)


def test_a_pickle_is_refused_and_not_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "opened",)  # type: ignore[return-value]

    (tmp_path / "old.pt").write_bytes(pickle.dumps(Trap()))
    torch.save(network().state_dict(), tmp_path / "new.pt")
    for name in ("old.pt", "new.pt"):
        with pytest.raises(LabError, match="pickle"):
            load_weights(network(), tmp_path / name)
    assert not (tmp_path / "opened").exists()


def test_a_truncated_file_and_another_architecture_have_different_errors(tmp_path: Path) -> None:
    path = save_weights(network(), tmp_path / "a.safetensors")
    (tmp_path / "cut.safetensors").write_bytes(path.read_bytes()[:-10])
    with pytest.raises(LabError, match="not a complete safetensors file"):
        load_weights(network(), tmp_path / "cut.safetensors")
    with pytest.raises(LabError, match="another architecture"):
        load_weights(nn.Linear(3, 3), path)
    with pytest.raises(LabError, match="cannot be read"):
        load_weights(network(), tmp_path / "none.safetensors")
