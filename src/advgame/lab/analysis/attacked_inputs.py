"""Pictures of attacked inputs: what an attack changes, and what each network answers then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from advgame.errors import LabError
from advgame.lab.analysis.pictures import described, needs_matplotlib
from advgame.lab.attacks.attack import Victim
from advgame.lab.evaluation.robust_accuracy import craft
from advgame.lab.experiment.plan import AttackPlan
from advgame.lab.experiment.runner import dataset_in
from advgame.lab.experiment.stored_networks import one_of
from advgame.lab.experiment.trained_network import AnyPath, NamedExperiment, bench_of, trained_networks
from advgame.lab.networks.classifier import predictions, stand_in
from advgame.measurements import Column

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_INPUTS = 12  # columns of a picture


def picture_attacked_inputs(
    experiment: NamedExperiment,
    table: AnyPath,
    defences: Sequence[str],
    places: Sequence[int],
    *,
    attack: str | None = None,
    radius: float | None = None,
    seed: int | None = None,
    dataset: str | None = None,
    network: str | None = None,
    images: AnyPath | None = None,
) -> Figure:
    """Test inputs before and after an attack on each of some trained networks, as a figure.

    Args:
        experiment: the experiment that was measured, its TOML file, or the name of a bundled one.
        table: the table into which it was measured; its journal is beside it.
        defences: names of the defences, one row for each.
        places: indices of the inputs in the test set, from 0, one column for each.
        attack: name of an attack of the experiment; by default its first.
        radius: of the attack, in the unit of its norm; by default the largest of the experiment.
        seed: the training seed; by default the first of each defence.
        dataset: name of the data set; by default the first of the experiment.
        network: name of the architecture; by default the first of the experiment.
        images: folder of image sets; by default that in ADVGAME_IMAGES.

    Raises:
        UnknownName: for a name that does not exist.
        LabError: for an input that does not exist, too many of them, and a network that was not trained.
    """
    bench = bench_of(experiment, table, images)
    if not 1 <= len(places) <= MOST_INPUTS:
        raise LabError(f"A picture has 1 to {MOST_INPUTS} inputs, but {len(places)} were given.")
    data = dataset_in(one_of("data set", dataset, bench.experiment.datasets), bench.images)
    plan = _plan_of(attack, bench.experiment.attacks)
    at = max(plan.radii) if radius is None else radius
    pairs = [data.test_input(place) for place in places]
    inputs, labels = torch.stack([given for given, _ in pairs]), torch.tensor([label for _, label in pairs])
    rows = []
    models = trained_networks(bench, defences, seed, dataset=dataset, architecture=network)
    for defence, model in zip(defences, models, strict=True):
        victim = Victim(model, stand_in(model), {}, seed or 0)
        (changed,) = craft(plan.attack, victim, inputs, labels, [at]).crafted
        rows.append((defence, changed, predictions(model, changed).tolist()))
    return draw_attacked_inputs(
        inputs, labels.tolist(), rows, data.classes, Column(plan.name, plan.attack.norm, at).full_name
    )


def _plan_of(name: str | None, attacks: Sequence[AttackPlan]) -> AttackPlan:
    """An attack of the experiment that is crafted on the network itself and keeps the true labels.

    Raises:
        LabError: for an experiment that has none.
    """
    own = {
        plan.name: plan
        for plan in attacks
        if plan.source_model is None and plan.attack.metric != "invariance"
    }
    if not own:
        raise LabError(
            "The experiment has no attack that is crafted on the attacked network itself and keeps the true "
            "labels; add one to its file."
        )
    return own[one_of("attack", name, list(own))]


def draw_attacked_inputs(
    inputs: torch.Tensor,
    labels: Sequence[int],
    rows: Sequence[tuple[str, torch.Tensor, Sequence[int]]],
    classes: Sequence[str],
    attack: str,
) -> Figure:
    """The inputs in the first row, and below them what the attack makes of them for each network.

    Args:
        inputs: (inputs, channels, height, width) in [0, 1], of one or three channels.
        labels: the true labels.
        rows: for each network its name, the attacked inputs, and the labels that it predicts for them.
        classes: names of the classes, by label.
        attack: the attack with its norm and radius, such as ``pgd-Linf-0.2``.

    Raises:
        LabError: for inputs that are no images, and without a library to draw with.
    """
    with needs_matplotlib():
        from matplotlib.figure import Figure
    if inputs.dim() != 4:
        raise LabError(f"A picture needs images, but the inputs have the shape {tuple(inputs.shape)}.")
    figure = Figure(figsize=(1.2 + 1.1 * len(inputs), 0.7 + 1.35 * (1 + len(rows))), layout="constrained")
    axes = figure.subplots(1 + len(rows), len(inputs), squeeze=False)
    for panel, given, label in zip(axes[0], inputs, labels, strict=True):
        _draw(panel, given, classes[label])
    axes[0, 0].set_ylabel("not attacked")
    counts = []
    for line, (name, changed, predicted) in zip(axes[1:], rows, strict=True):
        line[0].set_ylabel(name, parse_math=False)
        wrong = 0
        for panel, given, label, guess in zip(line, changed, labels, predicted, strict=True):
            wrong += guess != label
            _draw(panel, given, classes[guess] if guess == label else f"✗ {classes[guess]}")
        counts.append(f"{name} misclassifies {wrong} of {len(labels)}")
    figure.supxlabel("above each input the predicted class; ✗: wrong", fontsize="medium")
    return described(figure, f"Test inputs attacked by {attack}: {'; '.join(counts)}.")


def _draw(axes: Axes, given: torch.Tensor, title: str) -> None:
    pixels = given.detach().cpu().numpy()
    if len(pixels) == 3:
        axes.imshow(pixels.transpose(1, 2, 0))
    else:
        axes.imshow(pixels.mean(axis=0), cmap="gray", vmin=0, vmax=1)
    axes.set_title(title, fontsize="medium", parse_math=False)
    axes.set_xticks([])
    axes.set_yticks([])
