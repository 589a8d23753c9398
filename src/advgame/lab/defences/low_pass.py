"""A low-pass filter in front of a network, which removes fine detail and small perturbations in it.

After Oleszkiewicz et al. 2020. The filter is linear, so attacks differentiate it directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import ClassVar

import torch
from torch import nn

from advgame.lab.defences.input_change import InputChanged, check_images
from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.settings import check_choice, check_range

KINDS = ("fourier", "gaussian")


@dataclass(frozen=True)
class LowPass(Defence):
    """Removes high spatial frequencies from images; no training."""

    name: ClassVar[str] = "low_pass"
    learns: ClassVar[bool] = False
    cutoff: float = 0.5  # share of the highest frequency along an axis (one cycle per two pixels)
    kind: str = "fourier"  # nothing above the cutoff; or "gaussian": half the amplitude at the cutoff

    def __post_init__(self) -> None:
        check_range("cutoff", self.cutoff, 0, 1, low_included=False)
        check_choice("kind", self.kind, KINDS)

    def prepared(self, network: nn.Module) -> nn.Module:
        """The filter in front of the network."""
        return InputChanged(LowPassFilter(self.cutoff, self.kind), network)


class LowPassFilter(nn.Module):
    """Multiplies the spectrum of each image; what crosses an edge comes back at the other side.

    A sharp edge in the spectrum rings, and the result may leave [0, 1] a little: cutting it there
    would make the filter non-linear.
    """

    def __init__(self, cutoff: float, kind: str = "fourier") -> None:
        super().__init__()
        self.cutoff = cutoff
        self.kind = kind

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The filtered images, of the same shape.

        Raises:
            LabError: for inputs that are no images.
        """
        check_images("low_pass", inputs)
        if len(inputs) == 0:  # MKL has no transform of nothing
            return inputs
        size = (inputs.shape[-2], inputs.shape[-1])
        gain = self._gain(size, inputs.device).to(inputs.dtype)
        filtered: torch.Tensor = torch.fft.irfft2(torch.fft.rfft2(inputs) * gain, s=size)
        return filtered

    def _gain(self, size: tuple[int, int], device: torch.device) -> torch.Tensor:
        """What each frequency is multiplied with, (height, width // 2 + 1)."""
        rows = torch.fft.fftfreq(size[0], device=device) * 2  # 1 is the highest frequency
        columns = torch.fft.rfftfreq(size[1], device=device) * 2
        frequency = torch.hypot(rows[:, None], columns[None, :])
        if self.kind == "gaussian":
            return torch.exp(-log(2) * (frequency / self.cutoff) ** 2)
        return (frequency <= self.cutoff + 1e-6).to(frequency.dtype)
