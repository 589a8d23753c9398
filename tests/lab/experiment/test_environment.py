"""A run's record tells the machine apart on which floats may round differently."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
import torch

from advgame.lab.experiment.environment import processor, surroundings


def test_the_processor_is_called_what_linux_calls_it(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: AMD EPYC 9654\n\nprocessor\t: 1\nmodel name\t: other\n")
    assert processor(cpuinfo) == "AMD EPYC 9654"


def test_without_a_name_the_family_is_shown(tmp_path: Path) -> None:
    nameless = tmp_path / "cpuinfo"
    nameless.write_text("processor\t: 0\nmodel name\t:\n")
    for cpuinfo in (nameless, tmp_path / "missing"):
        assert processor(cpuinfo) in (platform.processor(), platform.machine())


def test_the_instruction_set_that_torch_uses_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    assert surroundings.__wrapped__("cpu")["float_path"] == "AVX2"
