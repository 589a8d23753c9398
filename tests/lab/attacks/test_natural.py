"""Natural changes are what they say, the same for every network, and of the stated strength."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from advgame.errors import LabError
from advgame.lab.attacks import ATTACKS, Victim
from advgame.lab.attacks.natural import (
    Blur,
    Brightness,
    Contrast,
    GaussianNoise,
    Jpeg,
    LowPass,
    NaturalChange,
    Occlusion,
    Rotation,
)

NATURAL = [name for name, attack in ATTACKS.items() if issubclass(attack, NaturalChange)]
STRENGTHS = {"blur": (0.3, 2.0), "jpeg": (20.0, 95.0), "rotation": (5.0, 40.0)}


def images(count: int = 6, channels: int = 1, side: int = 12) -> torch.Tensor:
    """Soft blobs, a different one each."""
    generator = torch.Generator().manual_seed(0)
    rough = torch.rand(count, channels, 4, 4, generator=generator)
    return nn.functional.interpolate(rough, size=(side, side), mode="bilinear").clamp(0.05, 0.95)


def made(change: NaturalChange, given: torch.Tensor, *strengths: float, seed: int = 0) -> list[torch.Tensor]:
    network = nn.Identity()
    labels = torch.zeros(len(given), dtype=torch.int64)
    return change.craft(Victim(network, network, {}, seed), given, labels, strengths)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", NATURAL)
def test_a_stronger_change_of_a_kind_moves_images_further(name: str, channels: int) -> None:
    given = images(channels=channels)
    weak, strong = made(ATTACKS[name](), given, *STRENGTHS.get(name, (0.1, 0.6)))
    assert weak.shape == strong.shape == given.shape
    assert 0 < (weak - given).abs().mean() < (strong - given).abs().mean()
    assert min(weak.min(), strong.min()) >= 0
    assert max(weak.max(), strong.max()) <= 1


@pytest.mark.parametrize("name", NATURAL)
def test_a_change_depends_on_the_inputs_place_and_not_on_how_many_there_are(name: str) -> None:
    given = images()
    (strength,) = STRENGTHS.get(name, (0.3,))[:1]
    (whole,) = made(ATTACKS[name](), given, strength)
    (part,) = made(ATTACKS[name](), given[:3], strength)
    torch.testing.assert_close(whole[:3], part)


def test_noise_has_the_stated_deviation_and_grows_from_the_same_draw() -> None:
    given = torch.full((20, 1, 30, 30), 0.5)
    weak, strong = made(GaussianNoise(), given, 0.05, 0.1)
    assert (weak - given).std().item() == pytest.approx(0.05, rel=0.02)
    torch.testing.assert_close(2 * (weak - given), strong - given, rtol=1e-4, atol=1e-6)
    (other,) = made(GaussianNoise(), given, 0.05, seed=1)
    assert not torch.equal(other, weak)


def test_blur_keeps_what_is_even_and_the_mean_of_what_is_not() -> None:
    even = torch.full((1, 1, 9, 9), 0.3)
    torch.testing.assert_close(made(Blur(), even, 2.0)[0], even)
    point = torch.zeros(1, 1, 21, 21)
    point[0, 0, 10, 10] = 1
    (blurred,) = made(Blur(), point, 1.0)
    assert blurred.sum().item() == pytest.approx(1, rel=1e-4)
    assert blurred[0, 0, 10, 10].item() == pytest.approx(1 / (2 * np.pi), rel=0.02)


def test_low_pass_keeps_slow_waves_and_removes_fast_ones() -> None:
    place = torch.arange(16) / 16
    slow = 0.5 + 0.3 * torch.cos(2 * np.pi * 2 * place).expand(1, 1, 16, 16)  # 1/8 of a cycle per pixel
    fast = 0.5 + 0.3 * torch.cos(2 * np.pi * 6 * place).expand(1, 1, 16, 16)  # 3/8
    kept, removed = made(LowPass(), torch.cat([slow, fast]), 0.5)[0]
    torch.testing.assert_close(kept, slow[0])
    torch.testing.assert_close(removed, torch.full((1, 16, 16), 0.5))


def test_contrast_brightness_and_occlusion_change_what_they_say() -> None:
    given = images()
    (grey,) = made(Contrast(), given, 1.0)
    torch.testing.assert_close(grey, given.mean(dim=(-2, -1), keepdim=True).expand_as(given))
    torch.testing.assert_close(made(Brightness(), given, 0.02)[0], given + 0.02)
    torch.testing.assert_close(made(Brightness(darker=True), given, 0.02)[0], given - 0.02)
    (hidden,) = made(Occlusion(grey=0.0), given, 0.25)
    assert ((hidden == 0).flatten(1).sum(dim=1) == 36).all()  # a quarter of 12 × 12
    places = {tuple(each.nonzero()[0].tolist()) for each in hidden[:, 0] == 0}
    assert len(places) > 1


def test_jpeg_at_full_quality_is_nearly_the_image() -> None:
    given = images()
    fine, coarse = made(Jpeg(), given, 1.0, 95.0)
    assert (fine - given).abs().mean() < 0.01 < (coarse - given).abs().mean()


def test_a_quarter_turn_moves_every_pixel_to_where_numpy_moves_it() -> None:
    given = images(side=10)
    (turned,) = made(Rotation(), given, 90.0)
    for before, after in zip(given[:, 0].numpy(), turned[:, 0].numpy(), strict=True):
        gaps = [np.abs(after - np.rot90(before, way)).max() for way in (1, -1)]
        assert min(gaps) < 1e-4


@pytest.mark.parametrize("name", [name for name in NATURAL if name != "gaussian_noise"])
def test_rows_of_a_table_are_refused_where_an_image_is_needed(name: str) -> None:
    with pytest.raises(LabError, match=r"made to images.*57 values"):
        made(ATTACKS[name](), torch.rand(4, 57), 0.1)


def test_noise_is_added_to_rows_of_a_table() -> None:
    assert made(GaussianNoise(), torch.full((4, 57), 0.5), 0.1)[0].shape == (4, 57)


@pytest.mark.parametrize(("name", "strength"), [("contrast", 1.5), ("jpeg", 100.0), ("rotation", 200.0)])
def test_a_strength_that_means_nothing_is_refused(name: str, strength: float) -> None:
    with pytest.raises(LabError, match=f"strength {strength:g}"):
        made(ATTACKS[name](), images(), strength)


def test_jpeg_refuses_two_channels() -> None:
    with pytest.raises(LabError, match="one or three channels"):
        made(Jpeg(), images(channels=2), 50.0)
