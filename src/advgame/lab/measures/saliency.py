"""Saliency: the importance of parts of an image to a network, and how reliable these explanations are.

captum is imported inside functions, because it imports matplotlib, which no worker should load needlessly.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import interpolate

from advgame.errors import LabError
from advgame.lab.attacks.averaged import FixedDraws
from advgame.lab.measures.measure import Measure, Values
from advgame.lab.networks.classifier import is_randomised, stand_in
from advgame.statistics.rank_correlation import spearman

BASELINES = ("zero", "mean", "blur", "noise", "inpainting")
BLUR = 1.5  # pixels, the standard deviation
HOLE = 5  # pixels, the width of the inpainted area
PERTURBATIONS = 10  # of each input, for its infidelity


@dataclass(frozen=True)
class OcclusionBaselines(Measure):
    """Whether occlusion saliency depends on the baseline that replaces the occluded part.

    A window of the image is replaced, and the decrease of the logit of the predicted class is the importance
    of the window. For each pair of baselines, the rank correlation (Spearman) of both maps, by input. Of a
    randomised network, the maps are those of its stand-in with fixed draws.
    """

    name: ClassVar[str] = "occlusion_baselines"
    window: int = 5  # pixels
    stride: int = 2

    def __post_init__(self) -> None:
        if self.window < 1 or self.stride < 1:
            raise LabError(
                f"The window is {self.window} and the stride {self.stride}; expected at least 1 pixel each."
            )

    def values(
        self, network: nn.Module, reference: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> Values:
        """Rank correlations by input, under the names of both baselines."""
        _check_images(inputs)
        network = explained(network, seed)
        maps = {
            name: occlusion_map(network, inputs, baseline(name, inputs, seed), self.window, self.stride)
            for name in BASELINES
        }
        return {
            f"{first}~{second}": rank_correlations(maps[first], maps[second])
            for first, second in combinations(BASELINES, 2)
        }


@dataclass(frozen=True)
class Explanations(Measure):
    """The reliability of a network's explanations, and their similarity to those of a reference network.

    Infidelity and the largest sensitivity (Yeh et al. 2019) of gradient saliency, and the rank
    correlation of the Grad-CAM and the occlusion maps with those of the reference: 1 is the same order.
    The infidelity is relative to the change of the output, so that networks with different scales of logits
    can be compared: 0 if the gradient predicts every change, 1 if it predicts no better than "no change".
    Of a randomised network, the stand-in with fixed draws is explained.
    """

    name: ClassVar[str] = "explanations"
    revision: ClassVar[int] = 2
    window: int = 5  # pixels
    stride: int = 2
    noise: float = 0.05  # standard deviation of the perturbations of the infidelity
    radius: float = 0.02  # of the neighbourhood of the sensitivity

    def values(
        self, network: nn.Module, reference: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, seed: int
    ) -> Values:
        """Infidelity, sensitivity and stability, by input."""
        from captum.attr import Saliency
        from captum.metrics import sensitivity_max

        _check_images(inputs)
        network, reference = explained(network, seed), explained(reference, seed)
        predicted = network(inputs).argmax(dim=1).detach()
        saliency = Saliency(network)

        def attributed(given: torch.Tensor, target: torch.Tensor | None = None) -> torch.Tensor:
            attribution: torch.Tensor = saliency.attribute(given, target=target, abs=False)
            return attribution

        devices = [inputs.device] if inputs.is_cuda else []
        with torch.random.fork_rng(devices=devices), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Input Tensor")  # captum requests the gradient itself
            infidelities = relative_infidelities(
                network, inputs, attributed(inputs, predicted), predicted, self.noise, seed
            )
            sensitivities = sensitivity_max(
                attributed, inputs, perturb_radius=self.radius, n_perturb_samples=5, target=predicted
            )
        zero = baseline("zero", inputs, seed)
        occlusion = [
            occlusion_map(model, inputs, zero, self.window, self.stride) for model in (network, reference)
        ]
        cam = [grad_cam_map(model, inputs) for model in (network, reference)]
        return {
            "infidelity": infidelities.cpu().numpy(),
            "sensitivity": sensitivities.detach().double().cpu().numpy(),
            "occlusion_stability": rank_correlations(*occlusion),
            "grad_cam_stability": rank_correlations(*cam),
        }


def explained(network: nn.Module, seed: int) -> nn.Module:
    """The network that is explained: of a randomised one, its stand-in with the same draws at every call.

    With new draws at every call, the output would change also where no pixel does. A vote has no gradient.

    Args:
        network: in evaluation mode.
        seed: seed of the draws.
    """
    return FixedDraws(stand_in(network), seed).eval() if is_randomised(network) else network


def relative_infidelities(
    network: nn.Module,
    inputs: torch.Tensor,
    attributions: torch.Tensor,
    predicted: torch.Tensor,
    noise: float,
    seed: int,
) -> torch.Tensor:
    """The infidelity of attributions relative to the change of the output, (inputs,) float64.

    E[(IᵀΦ − Δ)²] / E[Δ²], where Δ = f(x) − f(x − I) is the change of the predicted class's logit under a
    perturbation I (Yeh et al. 2019, arXiv:1901.09392, divided by the infidelity of attributions of 0).
    Multiplying the logits by a constant multiplies both by its square, so the ratio stays. NaN where no
    perturbation changes the output.

    Args:
        network: in evaluation mode.
        inputs: (inputs, channels, height, width) in [0, 1].
        attributions: Φ, in the shape of the inputs.
        predicted: (inputs,), the predicted class of each input.
        noise: standard deviation of the perturbations.
        seed: seed of the perturbations and of what remains random; sets torch's global generator.
    """
    from captum.metrics import infidelity

    def perturbed(given: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        change = noise * torch.randn_like(given)
        return change, given - change

    def absolute(explanation: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(seed)  # both infidelities have the same perturbations
        values = infidelity(
            network, perturbed, inputs, explanation, target=predicted, n_perturb_samples=PERTURBATIONS
        )
        doubled: torch.Tensor = values.detach().double()
        return doubled

    return absolute(attributions) / absolute(torch.zeros_like(attributions))


def baseline(name: str, inputs: torch.Tensor, seed: int) -> torch.Tensor:
    """The values that replace occluded parts of images, in the shape of ``inputs``.

    Zero; the mean of the image; the blurred image; uniform noise; or a simple inpainting, in which each pixel
    becomes the mean of a ring around it, two pixels wide and half a window away.

    Args:
        name: "zero", "mean", "blur", "noise" or "inpainting".
        inputs: (inputs, channels, height, width) in [0, 1].
        seed: seed of the uniform noise.
    """
    from scipy.ndimage import gaussian_filter, uniform_filter

    if name == "zero":
        return torch.zeros_like(inputs)
    if name == "mean":
        return inputs.mean(dim=(2, 3), keepdim=True).expand_as(inputs).contiguous()
    if name == "noise":
        generator = torch.Generator().manual_seed(seed)
        return torch.rand(inputs.shape, generator=generator).to(inputs.device)
    images = inputs.detach().cpu().numpy()
    if name == "blur":
        return torch.from_numpy(gaussian_filter(images, (0, 0, BLUR, BLUR), mode="nearest")).to(inputs)
    hole, around = min(HOLE, *inputs.shape[2:]), min(HOLE, *inputs.shape[2:]) + 4
    sums = [
        uniform_filter(images, (1, 1, width, width), mode="nearest") * width**2 for width in (hole, around)
    ]
    ring = (sums[1] - sums[0]) / (around**2 - hole**2)
    return torch.from_numpy(ring.clip(0, 1)).to(inputs)


def occlusion_map(
    network: nn.Module, inputs: torch.Tensor, replaced_by: torch.Tensor, window: int, stride: int
) -> NDArray[np.float64]:
    """The decrease of the predicted class's logit when a window is replaced, (inputs, height, width).

    Args:
        network: the network; put into evaluation mode.
        inputs: (inputs, channels, height, width) in [0, 1].
        replaced_by: (inputs, channels, height, width), the values that replace occluded parts.
        window: side of the square window in pixels.
        stride: pixels between neighbouring windows.
    """
    from captum.attr import Occlusion

    network.eval()
    with torch.no_grad():
        predicted = network(inputs).argmax(dim=1)
        width = min(window, *inputs.shape[2:])
        attribution = Occlusion(network).attribute(
            inputs,
            target=predicted,
            sliding_window_shapes=(inputs.shape[1], width, width),
            strides=(inputs.shape[1], min(stride, width), min(stride, width)),
            baselines=replaced_by,
        )
    return np.asarray(attribution.mean(dim=1).double().cpu().numpy())


def gradient_map(network: nn.Module, inputs: torch.Tensor) -> NDArray[np.float64]:
    """Input × gradient of the predicted class's logit, summed over channels: (inputs, height, width).

    Args:
        network: the network, in evaluation mode.
        inputs: (inputs, channels, height, width) in [0, 1].
    """
    from captum.attr import InputXGradient

    predicted = network(inputs).argmax(dim=1).detach()
    attribution = InputXGradient(network).attribute(inputs.clone().requires_grad_(True), target=predicted)
    return np.asarray(attribution.detach().sum(dim=1).double().cpu().numpy())


def grad_cam_map(network: nn.Module, inputs: torch.Tensor) -> NDArray[np.float64]:
    """Grad-CAM (Selvaraju et al. 2017) of the last convolution, in the size of the images.

    Raises:
        LabError: for a network without convolutions.
    """
    from captum.attr import LayerGradCam

    convolutions = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    if not convolutions:
        raise LabError("Grad-CAM needs a convolution, but the network has none; measure one that has.")
    predicted = network(inputs).argmax(dim=1).detach()
    attribution = LayerGradCam(network, convolutions[-1]).attribute(
        inputs, target=predicted, relu_attributions=True
    )
    # The layer of a network that averages over draws has a row for each of them.
    attribution = attribution.detach().unflatten(0, (-1, len(inputs))).mean(dim=0)
    enlarged = interpolate(attribution, size=inputs.shape[2:], mode="bilinear", align_corners=False)
    return np.asarray(enlarged[:, 0].double().cpu().numpy())


def rank_correlations(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spearman's rank correlation of two maps, by input; NaN if a map is constant.

    >>> rank_correlations(np.array([[[1.0, 2.0, 3.0]]]), np.array([[[2.0, 4.0, 9.0]]]))
    array([1.])
    """
    return spearman(*(maps.reshape(len(maps), -1) for maps in (first, second)))


def _check_images(inputs: torch.Tensor) -> None:
    if inputs.dim() != 4:
        raise LabError(
            f"Saliency maps need images (channels, height, width), but the inputs have the shape "
            f"{tuple(inputs.shape[1:])}; use a data set of images."
        )
