"""Pictures of saliency maps: the parts of an input that matter to networks, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from advgame.errors import LabError, UnknownName
from advgame.lab.analysis.pictures import described, needs_matplotlib
from advgame.lab.attacks.seeding import seeded
from advgame.lab.experiment.runner import dataset_in
from advgame.lab.experiment.stored_networks import one_of
from advgame.lab.experiment.trained_network import AnyPath, NamedExperiment, bench_of, trained_networks
from advgame.lab.measures.saliency import baseline, explained, grad_cam_map, gradient_map, occlusion_map

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

METHODS = ("gradient", "occlusion", "grad_cam")
WORDS = {"gradient": "input × gradient", "occlusion": "occlusion", "grad_cam": "Grad-CAM"}
WINDOW = 1 / 6  # side of the occluded window, as a share of the image's


@dataclass(frozen=True, eq=False)
class SaliencyMaps:
    """The saliency maps of one network for one input, for the class that it predicts."""

    name: str  # of the network
    predicted: int  # label
    maps: Mapping[str, NDArray[np.float64]]  # method → (height, width); positive speaks for the prediction


def saliency_maps(
    network: nn.Module,
    given: torch.Tensor,
    *,
    methods: Sequence[str] | None = None,
    seed: int = 0,
    name: str = "network",
) -> SaliencyMaps:
    """The saliency maps of a network for one input.

    ``gradient``: the derivative of the predicted class's logit by each pixel, times the pixel, summed over
    channels. ``occlusion``: the decrease of that logit when a window around a pixel is set to 0.
    ``grad_cam``: Grad-CAM of the last convolution (Selvaraju et al. 2017). Of a randomised network, the maps
    and the predicted class are those of its stand-in with fixed draws.

    Args:
        network: logits (inputs, classes) of inputs in [0, 1]; put into evaluation mode.
        given: one image, (channels, height, width), in [0, 1].
        methods: names in `METHODS`; by default all that the network allows.
        seed: seed of the network's own randomness.
        name: name of the network in the result.

    Raises:
        UnknownName: for a method that does not exist.
        LabError: for an input that is no image, and for Grad-CAM of a network without convolutions.
    """
    if given.dim() != 3:
        raise LabError(
            f"A saliency map needs an image (channels, height, width), but the input has the shape "
            f"{tuple(given.shape)}; use a data set of images."
        )
    model, inputs = explained(network.eval(), seed), given[None]
    window = max(1, round(WINDOW * min(given.shape[1:])))
    compute: dict[str, Callable[[], NDArray[np.float64]]] = {
        "gradient": lambda: gradient_map(model, inputs),
        "occlusion": lambda: occlusion_map(model, inputs, baseline("zero", inputs, seed), window, 1),
        "grad_cam": lambda: grad_cam_map(model, inputs),
    }
    maps = {}
    for method in methods or _allowed(model):
        if method not in compute:
            raise UnknownName("saliency method", method, METHODS)
        with seeded(seed, given.device):
            maps[method] = compute[method]()[0]
    with seeded(seed, given.device), torch.no_grad():
        predicted = int(model(inputs).argmax())
    return SaliencyMaps(name, predicted, maps)


def _allowed(*networks: nn.Module) -> tuple[str, ...]:
    """The methods that can be computed for all of some networks."""
    convolutional = all(any(isinstance(layer, nn.Conv2d) for layer in net.modules()) for net in networks)
    return tuple(method for method in METHODS if convolutional or method != "grad_cam")


def picture_saliency(
    experiment: NamedExperiment,
    table: AnyPath,
    defences: Sequence[str],
    place: int,
    *,
    methods: Sequence[str] | None = None,
    seed: int | None = None,
    dataset: str | None = None,
    network: str | None = None,
    images: AnyPath | None = None,
) -> Figure:
    """The saliency maps of trained networks for one test input, as a figure.

    Args:
        experiment: the experiment that was measured, its TOML file, or the name of a bundled one.
        table: the table into which it was measured; its journal is beside it.
        defences: names of the defences to draw, side by side.
        place: index of the input in the test set, from 0.
        methods: names in `METHODS`, one row for each; by default all that the networks allow.
        seed: the training seed; by default the first of each defence.
        dataset: name of the data set; by default the first of the experiment.
        network: name of the architecture; by default the first of the experiment.
        images: folder of image sets; by default that in ADVGAME_IMAGES.

    Raises:
        UnknownName: for a name that does not exist.
        LabError: for an input that does not exist or is no image, and a network that was not trained.
    """
    bench = bench_of(experiment, table, images)
    data = dataset_in(one_of("data set", dataset, bench.experiment.datasets), bench.images)
    given, label = data.test_input(place)
    networks = trained_networks(bench, defences, seed, dataset=dataset, architecture=network)
    chosen = methods or _allowed(*networks)
    maps = [
        saliency_maps(trained, given, methods=chosen, name=defence)
        for trained, defence in zip(networks, defences, strict=True)
    ]
    return draw_saliency(maps, given, label, data.classes)


def draw_saliency(
    maps: Sequence[SaliencyMaps], given: torch.Tensor, label: int, classes: Sequence[str]
) -> Figure:
    """The input, and beside it the maps of each network, one row per method.

    Red speaks for the predicted class, blue against it. The colours of each map reach to its own largest
    value, because the scales of different networks' logits cannot be compared.

    Args:
        maps: at least one, with the same methods.
        given: the image, (channels, height, width) in [0, 1], of one or three channels.
        label: its true label.
        classes: names of the classes, by label.

    Raises:
        LabError: without maps, or without a library to draw with.
    """
    with needs_matplotlib():
        from matplotlib.figure import Figure
    if not maps or not maps[0].maps:
        raise LabError("There is no saliency map to draw; give at least one network and one method.")
    methods, count = list(maps[0].maps), len(maps)
    size = (1.2 + 2.0 * (count + 1), 0.9 + 2.0 * len(methods))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(len(methods), count + 1, squeeze=False)
    for row, method in enumerate(methods):
        _draw_input(axes[row, 0], given)
        axes[row, 0].set_ylabel(WORDS[method])
        for panel, network in zip(axes[row, 1:], maps, strict=True):
            largest = float(np.abs(network.maps[method]).max()) or 1.0
            panel.imshow(network.maps[method], cmap="RdBu_r", vmin=-largest, vmax=largest)
    axes[0, 0].set_title(f"input: {classes[label]}", parse_math=False)
    for panel, network in zip(axes[0, 1:], maps, strict=True):
        verdict = "" if network.predicted == label else " (wrong)"
        panel.set_title(f"{network.name}\n{classes[network.predicted]}{verdict}", parse_math=False)
    for panel in axes.flat:
        panel.set_xticks([])
        panel.set_yticks([])
    figure.supxlabel("red: for the predicted class · blue: against it", fontsize="medium")
    answers = "; ".join(f"{network.name} predicts {classes[network.predicted]}" for network in maps)
    return described(
        figure,
        f"The parts of a test input ({classes[label]}) that matter to networks, by "
        f"{', '.join(WORDS[method] for method in methods)}: {answers}.",
    )


def _draw_input(axes: Axes, given: torch.Tensor) -> None:
    pixels = given.detach().cpu().numpy()
    if len(pixels) == 3:
        axes.imshow(pixels.transpose(1, 2, 0))
    else:
        axes.imshow(pixels.mean(axis=0), cmap="gray", vmin=0, vmax=1)
