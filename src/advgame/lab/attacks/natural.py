"""Natural changes: noise, blur, light, occlusion, compression, rotation; not optimised against a network.

Each strength has a unit of its own, which is written where an attack names its norm. The random draws depend
only on the seed and the place of the input: every network gets the same changes, and a stronger change is the
same change made stronger.
"""

from __future__ import annotations

import io
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import ClassVar

import numpy as np
import torch
from torch.nn import functional

from advgame.errors import LabError
from advgame.lab.attacks.attack import Attack, Victim


@dataclass(frozen=True)
class NaturalChange(Attack):
    """A natural change, applied to every input independently of the network."""

    metric: ClassVar[str] = "corruption"
    queries_only: ClassVar[bool] = True
    most: ClassVar[float] = float("inf")  # the largest strength that means something

    def craft(
        self,
        victim: Victim,
        inputs: torch.Tensor,
        labels: torch.Tensor,
        radii: Sequence[float],
    ) -> list[torch.Tensor]:
        """The inputs changed by each strength.

        Raises:
            LabError: for rows of a table where images are needed, or a strength that means nothing.
        """
        if inputs.dim() != 4 and not isinstance(self, GaussianNoise):
            raise LabError(
                f"The natural change {self.name!r} is made to images; these inputs are rows of "
                f"{inputs[0].numel()} values. Leave it out, or use 'gaussian_noise'."
            )
        self.check_strengths(radii)
        return [self.changed(inputs, radius, victim.seed).clamp(0, 1) for radius in radii]

    def check_strengths(self, radii: Sequence[float]) -> None:
        """Refuses a strength that means nothing.

        Raises:
            LabError: says what was given and how large it may be.
        """
        if max(radii) > self.most:
            raise LabError(
                f"The strength {max(radii):g} of {self.name!r} is too large; in {self.norm} it is at most "
                f"{self.most:g}."
            )

    @abstractmethod
    def changed(self, inputs: torch.Tensor, strength: float, seed: int) -> torch.Tensor:
        """The inputs after the change; values beyond [0, 1] are cut off afterwards.

        Args:
            inputs: (inputs, channels, height, width) in [0, 1].
            strength: strength of the change, in its own unit.
            seed: seed of the random draws.
        """


@dataclass(frozen=True)
class GaussianNoise(NaturalChange):
    """Independent noise on every value; the strength is its standard deviation."""

    name: ClassVar[str] = "gaussian_noise"
    norm: ClassVar[str | None] = "sigma"

    def changed(self, inputs: torch.Tensor, strength: float, seed: int) -> torch.Tensor:
        """Each input's noise is drawn from its own seed."""
        shape = tuple(inputs.shape[1:])
        noise = np.stack(
            [draws.standard_normal(shape, dtype=np.float32) for draws in _generators(inputs, seed)]
        )
        return inputs + strength * torch.from_numpy(noise).to(inputs)


@dataclass(frozen=True)
class Blur(NaturalChange):
    """A Gaussian blur; the strength is its standard deviation in pixels."""

    name: ClassVar[str] = "blur"
    norm: ClassVar[str | None] = "pixels"

    def changed(self, inputs: torch.Tensor, strength: float, seed: int) -> torch.Tensor:
        """Borders repeat their last value."""
        from scipy.ndimage import gaussian_filter

        blurred = gaussian_filter(inputs.cpu().numpy(), sigma=(0, 0, strength, strength), mode="nearest")
        return torch.from_numpy(blurred).to(inputs)


@dataclass(frozen=True)
class LowPass(NaturalChange):
    """Removes fine detail; the strength is the share of removed frequencies, highest first.

    At 0.5 what remains has at most a quarter of a cycle per pixel in any direction.
    """

    name: ClassVar[str] = "low_pass"
    norm: ClassVar[str | None] = "cut"
    most: ClassVar[float] = 1.0

    def changed(self, inputs: torch.Tensor, strength: float, seed: int) -> torch.Tensor:
        """An ideal circular filter in the frequency domain."""
        height, width = inputs.shape[-2:]
        across = torch.fft.fftfreq(height, device=inputs.device)[:, None]
        along = torch.fft.rfftfreq(width, device=inputs.device)[None, :]
        kept = (across.square() + along.square()).sqrt() <= 0.5 * (1 - strength) + 1e-6
        smooth: torch.Tensor = torch.fft.irfft2(torch.fft.rfft2(inputs) * kept, s=(height, width))
        return smooth


@dataclass(frozen=True)
class Contrast(NaturalChange):
    """Moves values towards the image's mean; the strength is the share of removed contrast."""

    name: ClassVar[str] = "contrast"
    norm: ClassVar[str | None] = "loss"
    most: ClassVar[float] = 1.0

    def changed(self, inputs: torch.Tensor, strength: float, seed: int) -> torch.Tensor:
        """Each channel around its own mean."""
        mean = inputs.mean(dim=(-2, -1), keepdim=True)
        return mean + (1 - strength) * (inputs - mean)


@dataclass(frozen=True)
class Brightness(NaturalChange):
    """Adds or removes light; the strength is the shift of each value."""

    name: ClassVar[str] = "brightness"
    norm: ClassVar[str | None] = "shift"
    most: ClassVar[float] = 1.0
    darker: bool = False

    def changed(self, inputs: torch.Tensor, strength: float, seed: int) -> torch.Tensor:
        """All values alike."""
        return inputs - strength if self.darker else inputs + strength


@dataclass(frozen=True)
class Occlusion(NaturalChange):
    """A square patch of one grey at a random place; the strength is the share of the area that it hides."""

    name: ClassVar[str] = "occlusion"
    norm: ClassVar[str | None] = "area"
    most: ClassVar[float] = 1.0
    grey: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.grey <= 1:
            raise LabError(
                f"The grey of the natural change 'occlusion' is {self.grey}; expected a value in [0, 1]."
            )

    def changed(self, inputs: torch.Tensor, strength: float, seed: int) -> torch.Tensor:
        """The patch lies wholly inside the image, at least one pixel high and wide."""
        height, width = inputs.shape[-2:]
        high = min(max(round(sqrt(strength) * height), 1), height)
        wide = min(max(round(sqrt(strength) * width), 1), width)
        covered = inputs.clone()
        for place, draws in enumerate(_generators(inputs, seed)):
            down, right = draws.random(2)
            top, left = int(down * (height - high + 1)), int(right * (width - wide + 1))
            covered[place, :, top : top + high, left : left + wide] = self.grey
        return covered


@dataclass(frozen=True)
class Jpeg(NaturalChange):
    """JPEG compression; the strength is 100 minus the quality, so 90 means quality 10."""

    name: ClassVar[str] = "jpeg"
    norm: ClassVar[str | None] = "quality_loss"
    most: ClassVar[float] = 99.0

    def changed(self, inputs: torch.Tensor, strength: float, seed: int) -> torch.Tensor:
        """Images of one or three channels, through 8 bits and back."""
        from PIL import Image

        if inputs.shape[1] not in (1, 3):
            raise LabError(
                f"The natural change 'jpeg' needs one or three channels; these images have {inputs.shape[1]}."
            )
        quality, images = max(round(100 - strength), 1), []
        for pixels in (inputs.cpu() * 255).round().byte().permute(0, 2, 3, 1).numpy():
            file = io.BytesIO()
            Image.fromarray(pixels.squeeze(-1) if pixels.shape[-1] == 1 else pixels).save(
                file, format="JPEG", quality=quality
            )
            seen = np.asarray(Image.open(file))
            images.append(seen.reshape(pixels.shape).transpose(2, 0, 1))
        return torch.from_numpy(np.stack(images)).to(inputs) / 255


@dataclass(frozen=True)
class Rotation(NaturalChange):
    """A rotation about the centre in a random direction; the strength is the angle in degrees."""

    name: ClassVar[str] = "rotation"
    norm: ClassVar[str | None] = "degrees"
    most: ClassVar[float] = 180.0

    def changed(self, inputs: torch.Tensor, strength: float, seed: int) -> torch.Tensor:
        """Bilinear, in the grid of pixels; what comes in from outside repeats the border."""
        sides = [1.0 if draws.random() < 0.5 else -1.0 for draws in _generators(inputs, seed)]
        angle = torch.tensor(sides).to(inputs) * (strength * pi / 180)
        height, width = inputs.shape[-2:]
        matrix = torch.zeros(len(inputs), 2, 3, device=inputs.device, dtype=inputs.dtype)
        matrix[:, 0, 0] = matrix[:, 1, 1] = angle.cos()
        matrix[:, 0, 1] = -angle.sin() * height / width  # the grid runs from −1 to 1 both ways
        matrix[:, 1, 0] = angle.sin() * width / height
        grid = functional.affine_grid(matrix, list(inputs.shape), align_corners=False)
        return functional.grid_sample(inputs, grid, padding_mode="border", align_corners=False)


def _generators(inputs: torch.Tensor, seed: int) -> list[np.random.Generator]:
    """A generator for each input, by its place."""
    return [np.random.default_rng([seed, place]) for place in range(len(inputs))]
