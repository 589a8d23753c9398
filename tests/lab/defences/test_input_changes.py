"""Changes of the input do what they say, can be followed by an attacker, and refuse what is no image."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from advgame.errors import LabError
from advgame.lab.defences.bit_depth import BitDepth, FewerBits
from advgame.lab.defences.jpeg import Jpeg, JpegCompression
from advgame.lab.defences.low_pass import LowPass, LowPassFilter
from advgame.lab.fitting.defence import Defence
from advgame.lab.networks.classifier import is_randomised, predictions, stand_in
from tests.lab.defences.small_network import accuracy, pgd, some_digits, trained

CHANGES = [LowPass(0.75), LowPass(0.6, "gaussian"), BitDepth(2), Jpeg(50)]


def wave(rows: int, columns: int, size: int = 16) -> Any:
    """An image that is one cosine with so many periods along each axis, (1, 1, size, size)."""
    place = torch.arange(size) / size
    phase = 2 * torch.pi * (rows * place[:, None] + columns * place[None, :])
    return 0.5 + 0.4 * torch.cos(phase)[None, None]


def amplitude(image: Any) -> float:
    return float(image.max() - image.min()) / 2


@pytest.mark.parametrize(
    ("rows", "columns", "kept"), [(1, 0, True), (0, 4, True), (3, 3, False), (0, 5, False)]
)
def test_sharp_filter_keeps_waves_up_to_the_cutoff_and_takes_out_the_others(
    rows: int, columns: int, kept: bool
) -> None:
    # 8 periods on 16 pixels are the highest frequency; half of it is 4. (3, 3) has √18 = 4.2 periods.
    given = wave(rows, columns)
    filtered = LowPassFilter(0.5)(given)
    assert torch.allclose(filtered, given if kept else torch.full_like(given, 0.5), atol=1e-6)


def test_gaussian_filter_halves_the_wave_at_the_cutoff() -> None:
    filtered = LowPassFilter(0.5, "gaussian")(wave(0, 4))
    assert amplitude(filtered) == pytest.approx(amplitude(wave(0, 4)) / 2, abs=1e-6)
    twice = LowPassFilter(0.5, "gaussian")(wave(0, 8))  # 2 ** -(2 ** 2)
    assert amplitude(twice) == pytest.approx(amplitude(wave(0, 8)) / 16, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(0.05, 1), st.sampled_from(["fourier", "gaussian"]))
def test_filter_is_linear_keeps_the_mean_and_never_adds_energy(seed: int, cutoff: float, kind: str) -> None:
    generator = torch.Generator().manual_seed(seed)
    one, two = torch.rand(2, 1, 3, 9, 6, generator=generator, dtype=torch.float64)
    change = LowPassFilter(cutoff, kind)
    # The gain is computed in single precision.
    assert torch.allclose(change(one + 2 * two), change(one) + 2 * change(two), atol=1e-9)
    assert torch.allclose(change(one).mean(dim=(2, 3)), one.mean(dim=(2, 3)), atol=1e-9)
    assert change(one - two).norm() <= (one - two).norm() * (1 + 1e-9)


def test_sharp_filter_changes_nothing_the_second_time() -> None:
    images = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    once = LowPassFilter(0.6)(images)
    assert torch.allclose(LowPassFilter(0.6)(once), once, atol=1e-6)


@pytest.mark.parametrize("bits", [1, 3, 8])
def test_bit_depth_leaves_that_many_levels_and_moves_nothing_further_than_half_a_step(bits: int) -> None:
    inputs = torch.linspace(0, 1, 10_001)[:, None]
    changed = FewerBits(bits)(inputs)
    assert len(changed.unique()) == 2**bits
    assert float((changed - inputs).abs().max()) == pytest.approx(0.5 / (2**bits - 1), abs=1e-4)
    assert torch.equal(FewerBits(bits)(changed), changed)


def test_bit_depth_works_on_rows_of_a_table() -> None:
    network = BitDepth(1).prepared(torch.nn.Linear(3, 2)).eval()
    assert torch.equal(network(torch.full((1, 3), 0.9)), network(torch.ones(1, 3)))


def test_jpeg_is_what_the_library_writes_and_reads(tmp_path: Any) -> None:
    grey = torch.rand(16, 24, generator=torch.Generator().manual_seed(0))
    path = tmp_path / "image.jpg"
    Image.fromarray((grey * 255).round().to(torch.uint8).numpy(), "L").save(path, quality=40)
    expected = np.asarray(Image.open(path)) / 255
    assert JpegCompression(40)(grey[None, None])[0, 0].numpy() == pytest.approx(expected, abs=1e-6)


def test_jpeg_of_a_uniform_image_is_that_image_in_grey_and_nearly_so_in_colour() -> None:
    for channels, off in ((1, 0), (3, 2 / 255)):
        level = torch.full((2, channels, 16, 16), 100 / 255)
        assert float((JpegCompression(75)(level) - level).abs().max()) <= off + 1e-6


def test_jpeg_of_lower_quality_changes_more() -> None:
    inputs, _ = some_digits(50)
    off = [float((JpegCompression(quality)(inputs) - inputs).abs().mean()) for quality in (10, 40, 90)]
    assert off == sorted(off, reverse=True)


def test_jpeg_cuts_what_lies_outside_the_range_and_takes_no_images_too() -> None:
    images = torch.tensor([-3.0, 7.0]).reshape(2, 1, 1, 1).expand(2, 1, 8, 8)
    assert JpegCompression(75)(images)[:, 0, 0, 0].tolist() == [0, 1]
    assert JpegCompression(75)(torch.zeros(0, 1, 8, 8)).shape == (0, 1, 8, 8)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_stand_in_answers_like_the_network_and_has_a_gradient(change: Any) -> None:
    network = change.prepared(trained()).eval()
    inputs, _ = some_digits(20)
    inputs.requires_grad_(True)
    differentiable = stand_in(network)
    assert torch.equal(differentiable(inputs), network(inputs))
    assert torch.autograd.grad(differentiable(inputs)[:, 0].sum(), inputs)[0].abs().sum() > 0
    assert not is_randomised(network)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_adaptive_attack_leaves_no_more_than_examples_made_without_the_change(change: Any) -> None:
    network = change.prepared(trained()).eval()
    inputs, labels = some_digits()
    unaware = accuracy(network, pgd(trained(), inputs, labels, 0.1), labels)
    adaptive = accuracy(network, pgd(stand_in(network), inputs, labels, 0.1), labels)
    assert adaptive <= unaware + 0.02
    assert adaptive < accuracy(network, inputs, labels) - 0.25


def test_the_gradient_through_the_filter_is_its_own() -> None:
    images = torch.rand(1, 1, 6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert torch.autograd.gradcheck(LowPassFilter(0.5), images.requires_grad_(True))


def test_changes_stack() -> None:
    network = LowPass(0.8).prepared(BitDepth(3).prepared(Jpeg(90).prepared(trained()))).eval()
    inputs, labels = some_digits(50)
    assert accuracy(network, inputs, labels) > 0.85
    assert accuracy(network, pgd(stand_in(network), inputs, labels, 0.2), labels) < 0.3


@pytest.mark.parametrize("change", [LowPass(), Jpeg()], ids=str)
def test_tables_are_refused_where_an_image_is_expected(change: Any) -> None:
    network = change.prepared(torch.nn.Linear(57, 2))
    with pytest.raises(LabError, match=r"shape \(5, 57\), as of a table"):
        network(torch.zeros(5, 57))


def test_jpeg_of_two_channels_is_refused() -> None:
    with pytest.raises(LabError, match="1 or 3 channels, but was given 2"):
        JpegCompression(75)(torch.zeros(1, 2, 8, 8))


@pytest.mark.parametrize(
    ("part", "given"),
    [
        (LowPass, {"cutoff": 0.0}),
        (LowPass, {"cutoff": 1.5}),
        (LowPass, {"kind": "median"}),
        (BitDepth, {"bits": 0}),
        (BitDepth, {"bits": 9}),
        (Jpeg, {"quality": 0}),
        (Jpeg, {"quality": 101}),
    ],
)
def test_settings_out_of_range_are_refused(part: Any, given: dict[str, Any]) -> None:
    with pytest.raises(LabError, match="expected"):
        part(**given)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_no_images_stay_no_images(change: Defence) -> None:
    network = change.prepared(torch.nn.Flatten()).eval()
    assert network(torch.zeros(0, 1, 8, 8)).shape == (0, 64)
    assert predictions(network, torch.zeros(0, 1, 8, 8)).shape == (0,)
