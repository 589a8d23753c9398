"""JPEG compression in front of a network.

After Dziugaite et al. 2016 (arXiv:1608.00853).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from advgame.errors import LabError
from advgame.lab.defences.input_change import InputChanged, check_images, straight_through
from advgame.lab.fitting.defence import Defence
from advgame.lab.fitting.settings import check_range

MODES = {1: "L", 3: "RGB"}  # of PIL, by channels


@dataclass(frozen=True)
class Jpeg(Defence):
    """Compresses each image as JPEG and decompresses it; no training."""

    name: ClassVar[str] = "jpeg"
    learns: ClassVar[bool] = False
    quality: int = 75

    def __post_init__(self) -> None:
        check_range("quality", self.quality, 1, 95)

    def prepared(self, network: nn.Module) -> nn.Module:
        """The compression in front of the network."""
        return InputChanged(JpegCompression(self.quality), network)


class JpegCompression(nn.Module):
    """Compresses images, cut to [0, 1] and 8 bits, and decompresses them; its gradient is the identity's."""

    def __init__(self, quality: int) -> None:
        super().__init__()
        self.quality = quality

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The images as JPEG leaves them, of the same shape.

        Raises:
            LabError: for inputs that are no images of one channel (grey) or three (colour).
        """
        check_images("jpeg", inputs)
        if inputs.shape[1] not in MODES:
            raise LabError(
                f"The defence 'jpeg' writes images of 1 or 3 channels, but was given {inputs.shape[1]}; "
                "leave it out there."
            )
        return straight_through(self._compressed, inputs)

    def _compressed(self, inputs: torch.Tensor) -> torch.Tensor:
        levels = (inputs.detach().clamp(0, 1) * 255).round().to(torch.uint8)
        images = levels.permute(0, 2, 3, 1).cpu().numpy()  # (inputs, height, width, channels)
        through = [self._through_a_file(image) for image in images]
        changed = torch.from_numpy(np.stack(through) if through else images)
        return (changed.permute(0, 3, 1, 2).to(inputs.dtype) / 255).to(inputs.device)

    def _through_a_file(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """One image (height, width, channels), written and read."""
        from PIL import Image

        file = BytesIO()
        flat = image[:, :, 0] if image.shape[2] == 1 else image
        Image.fromarray(np.ascontiguousarray(flat), MODES[image.shape[2]]).save(
            file, "JPEG", quality=self.quality
        )
        with Image.open(file) as read:
            return np.asarray(read, dtype=np.uint8).reshape(image.shape)
