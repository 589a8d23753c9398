"""Loss surfaces: pictures of the loss and the predictions around one input.

After Yu et al. 2019 (arXiv:1905.04270): the network is evaluated on a plane through the input, spanned by an
adversarial direction and a random orthogonal direction of the same length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from advgame.errors import LabError
from advgame.lab.analysis.pictures import needs_matplotlib
from advgame.lab.attacks.attack import Victim
from advgame.lab.attacks.pgd import Pgd
from advgame.lab.attacks.seeding import seeded
from advgame.lab.evaluation.robust_accuracy import craft
from advgame.lab.experiment.runner import dataset_in
from advgame.lab.experiment.stored_networks import one_of
from advgame.lab.experiment.trained_network import AnyPath, NamedExperiment, bench_of, trained_networks
from advgame.lab.networks.classifier import stand_in

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AT_ONCE = 250  # points of the plane in one forward pass
LEAST_LOSS = 1e-3  # a smaller loss is drawn as this one
STEPS = 40  # of projected gradient descent
MOST_CLASS_COLOURS = 10
ERROR_FOUND = "an error that the attack found"
NO_ERROR = "where the attack ended, without an error"
LEAST_ROOM = 0.12  # around a label, in lengths of the directions


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss and the predictions of a network on a plane through one input.

    A point (s, t) is the input plus s times the adversarial and t times the random direction, its values
    cut to [0, 1], as an attacker must. (0, 0) is the input, (1, 0) the adversarial example.
    """

    name: str  # of the network
    steps: NDArray[np.float64]  # (points,) s, and t, rising
    loss: NDArray[np.float64]  # (points, points) cross-entropy of the true label, t by row, s by column
    predicted: NDArray[np.int64]  # (points, points) the label given there
    change: NDArray[np.float64]  # (points, points) largest change of a value: the L∞ distance from the input
    label: int  # the true one
    label_at_end: int  # given to the point (1, 0), at which the attack ended
    adversarial: NDArray[np.float32]  # the direction, of the input's shape; its largest value is the radius
    random: NDArray[np.float32]  # the direction, as long in L2
    radius: float
    seed: int

    @property
    def error_found(self) -> bool:
        """Whether the network misclassifies the point at which the attack ended."""
        return self.label_at_end != self.label


def surface(
    network: nn.Module,
    given: torch.Tensor,
    label: int,
    *,
    radius: float,
    seed: int = 0,
    points: int = 101,
    reach: float = 2.0,
    name: str = "network",
) -> Surface:
    """The loss and the predictions of a network on a plane around one input.

    The adversarial direction is found by projected gradient descent in an L∞ ball, on the stand-in of the
    network. The random direction has random signs.

    Args:
        network: logits (inputs, classes) of inputs in [0, 1]; is put in evaluation mode.
        given: one input, (…), in [0, 1].
        label: its true class.
        radius: of the L∞ ball.
        seed: of both directions, and of the network's own randomness.
        points: along each direction; an odd number, so that the input is one of them.
        reach: how far the plane goes, in lengths of the directions.

    Raises:
        LabError: for settings out of range, or where the attack finds no direction.
    """
    if not 0 < radius <= 1 or points < 3 or points % 2 == 0 or not reach > 0:
        raise LabError(
            f"The plane has a radius of {radius:g}, {points} points and a reach of {reach:g}; expected a "
            "radius above 0 and at most 1, an odd number of points from 3 on, and a reach above 0."
        )
    network = network.eval()
    victim = Victim(network, stand_in(network), {}, seed)
    labels = torch.tensor([label], device=given.device)
    crafted = craft(Pgd(steps=STEPS), victim, given[None], labels, [radius]).crafted[0][0]
    adversarial = (crafted - given).double()
    if not adversarial.any():
        raise LabError(f"The attack does not change the input on {name!r}, so there is no direction to show.")
    random_direction = _orthogonal(adversarial, seed)
    steps = np.linspace(-reach, reach, points)
    across = torch.as_tensor(steps, device=given.device)
    plane = across[:, None, None] * random_direction.flatten() + across[None, :, None] * adversarial.flatten()
    moved = (given.double().flatten() + plane).clamp(0, 1).reshape(-1, *given.shape)
    parts: tuple[torch.Tensor, ...] = moved.to(given.dtype).split(AT_ONCE)  # type: ignore[no-untyped-call]
    with seeded(seed, given.device), torch.no_grad():
        logits = torch.cat([network(part) for part in parts]).double()
        label_at_end = int(network(crafted[None]).argmax())
    square = (points, points)
    return Surface(
        name,
        steps,
        cross_entropy(logits, labels.expand(len(logits)), reduction="none").reshape(square).cpu().numpy(),
        logits.argmax(dim=1).reshape(square).cpu().numpy(),
        (moved - given).abs().flatten(1).amax(dim=1).reshape(square).cpu().numpy(),
        label,
        label_at_end,
        adversarial.float().cpu().numpy(),
        random_direction.float().cpu().numpy(),
        radius,
        seed,
    )


def _orthogonal(direction: torch.Tensor, seed: int) -> torch.Tensor:
    """Random signs, made orthogonal to a direction and as long as it in L2."""
    generator = torch.Generator().manual_seed(seed)
    signs = torch.randint(2, direction.shape, generator=generator).to(direction) * 2 - 1
    share = (signs * direction).sum() / direction.square().sum()
    rest = signs - share * direction
    if not rest.norm() > 0:
        raise LabError("The input has a single value, and so no second direction; take a larger one.")
    as_long: torch.Tensor = rest * (direction.norm() / rest.norm())
    return as_long


def surfaces_from_journal(
    experiment: NamedExperiment,
    table: AnyPath,
    defences: Sequence[str],
    place: int,
    *,
    radius: float,
    seed: int | None = None,
    dataset: str | None = None,
    network: str | None = None,
    images: AnyPath | None = None,
    points: int = 101,
) -> list[Surface]:
    """The surfaces of networks that ``advgame measure`` trained, around one test input.

    Args:
        experiment: the one that was measured.
        table: what it was measured into; its journal stands beside it.
        defences: their names in the experiment.
        place: the input's place in the test set, as in the column ``input`` of the outcomes.
        radius: of the L∞ ball.
        seed: the training seed; the experiment's first if omitted.
        dataset, network: where the experiment has several; its first if omitted.
        images: the folder of image sets; None for ADVGAME_IMAGES.
        points: along each direction.

    Raises:
        UnknownName: for a defence, data set or network that is not in the experiment.
        LabError: for an input that is not there, or a network that was not trained yet.
    """
    bench = bench_of(experiment, table, images)
    chosen = one_of("data set", dataset, bench.experiment.datasets)
    data = dataset_in(chosen, bench.images)
    given, label = data.test_input(place)
    networks = trained_networks(bench, defences, seed, dataset=chosen, architecture=network)
    return [
        surface(trained, given, label, radius=radius, points=points, name=defence)
        for trained, defence in zip(networks, defences, strict=True)
    ]


def picture_networks(
    experiment: NamedExperiment,
    table: AnyPath,
    defences: Sequence[str],
    place: int,
    *,
    radius: float,
    seed: int | None = None,
    dataset: str | None = None,
    network: str | None = None,
    images: AnyPath | None = None,
) -> Figure:
    """The loss and the predictions of trained networks around one test input, as a figure.

    Args:
        experiment: the experiment that was measured, its TOML file, or the name of a bundled one.
        table: the table into which it was measured; its journal is beside it.
        defences: names of the defences to draw, side by side.
        place: place of the input in the test set, from 0.
        radius: radius of the L∞ ball.
        seed: the training seed; the experiment's first if omitted.
        dataset: name of the data set; the experiment's first if omitted.
        network: name of the architecture; the experiment's first if omitted.
        images: folder of image sets; by default the one that ADVGAME_IMAGES names.
    """
    bench = bench_of(experiment, table, images)
    chosen = one_of("data set", dataset, bench.experiment.datasets)
    surfaces = surfaces_from_journal(
        bench.experiment,
        table,
        defences,
        place,
        radius=radius,
        seed=seed,
        dataset=chosen,
        network=network,
        images=images,
    )
    return draw(surfaces, dataset_in(chosen, bench.images).classes)


def draw(surfaces: Sequence[Surface], classes: Sequence[str]) -> Figure:
    """Several networks beside each other: above, the loss on one scale; below, the answers.

    The dashed line is the L∞ ball of the radius, the dot the input, the cross the adversarial example.

    Args:
        surfaces: at least one.
        classes: their names, by label.

    Raises:
        LabError: when there is no surface, or no library to draw with.
    """
    with needs_matplotlib():
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import LogNorm
        from matplotlib.figure import Figure
    if not surfaces:
        raise LabError("There is no surface to draw; give at least one.")
    count = len(surfaces)
    figure = Figure(figsize=(1.4 + 2.9 * count, 6.9), layout="constrained")
    axes = figure.subplots(2, count + 1, squeeze=False, width_ratios=[1.0] * count + [0.05])
    worst = max(LEAST_LOSS * 10, *(float(surface.loss.max()) for surface in surfaces))
    scale = LogNorm(LEAST_LOSS, worst)
    colours = _class_colours(surfaces)
    for (above, below), drawn in zip(axes.T, surfaces, strict=False):
        above.set_title(drawn.name, parse_math=False)
        above.pcolormesh(
            drawn.steps,
            drawn.steps,
            drawn.loss.clip(LEAST_LOSS),
            norm=scale,
            cmap="cividis",
            rasterized=True,
        )
        below.pcolormesh(
            drawn.steps,
            drawn.steps,
            _coloured(drawn.predicted, colours),
            rasterized=True,
        )
        _label_regions(below, drawn, classes)
        for plot, ink in ((above, "white"), (below, "black")):
            _mark(plot, drawn, ink)
        above.tick_params(labelbottom=False)
        below.set_xlabel(f"adversarial direction\n(1 is a change of {drawn.radius:g} in L∞)")
        for plot in (above, below):
            plot.tick_params(labelleft=drawn is surfaces[0])
    for place in (0, 1):
        axes[place, 0].set_ylabel("random direction")
    figure.colorbar(ScalarMappable(scale, "cividis"), cax=axes[0, -1], label="loss of the true label")
    axes[1, -1].set_axis_off()
    marks: dict[str, Artist] = {}
    for panel in axes[1, :count]:
        marks |= dict(zip(*panel.get_legend_handles_labels()[::-1], strict=True))
    figure.legend(
        list(marks.values()),
        list(marks),
        loc="outside lower center",
        ncols=min(len(marks), count + 1),
        frameon=False,
    )
    return figure


def _mark(axes: Axes, shown: Surface, ink: str) -> None:
    """The ball, the input and the adversarial example."""
    axes.contour(
        shown.steps, shown.steps, shown.change, levels=[shown.radius * 0.999], colors=ink, linestyles="dashed"
    )
    axes.plot(0, 0, "o", color=ink, markersize=5, linestyle="none", label="the input")
    marker, label = ("x", ERROR_FOUND) if shown.error_found else ("s", NO_ERROR)
    axes.plot(
        1,
        0,
        marker,
        color=ink,
        markersize=7,
        markeredgewidth=2,
        markerfacecolor="none",
        linestyle="none",
        label=label,
    )
    axes.plot([], [], color=ink, linestyle="dashed", label="the L∞ ball")
    axes.set_aspect("equal")


def _class_colours(surfaces: Sequence[Surface]) -> dict[int, tuple[float, float, float]]:
    """White for the true label, and a light colour for each other label that occurs."""
    from matplotlib import colormaps

    wheel = colormaps["tab10"]
    seen = sorted({int(label) for surface in surfaces for label in np.unique(surface.predicted)})
    colours = {}
    for label in seen:
        red, green, blue, _ = wheel(label % MOST_CLASS_COLOURS)
        colours[label] = (0.45 + 0.55 * red, 0.45 + 0.55 * green, 0.45 + 0.55 * blue)
    return colours | {surface.label: (1.0, 1.0, 1.0) for surface in surfaces}


def _coloured(
    predicted: NDArray[np.int64], colours: dict[int, tuple[float, float, float]]
) -> NDArray[np.float64]:
    """A picture of labels, (points, points, 3)."""
    shown = np.empty((*predicted.shape, 3))
    for label in np.unique(predicted):
        shown[predicted == label] = colours[int(label)]
    return shown


def _label_regions(axes: Axes, shown: Surface, classes: Sequence[str]) -> None:
    """Writes the class into the widest place of its region that nothing else is drawn on."""
    from scipy.ndimage import distance_transform_edt

    across, up = np.meshgrid(shown.steps, shown.steps)
    free = np.abs(shown.change - shown.radius) > shown.radius / 10
    for mark in (0, 1):
        free &= np.hypot(across - mark, up) > 1 / 4
    for label in np.unique(shown.predicted):
        region = np.pad((shown.predicted == label) & free, 1)
        room = distance_transform_edt(region)[1:-1, 1:-1] * (shown.steps[1] - shown.steps[0])
        if room.max() < LEAST_ROOM:
            continue
        row, column = np.unravel_index(room.argmax(), room.shape)
        words = f"{classes[label]} (true)" if label == shown.label else classes[label]
        where = float(shown.steps[column]), float(shown.steps[row])
        axes.text(*where, words, ha="center", va="center", parse_math=False)
