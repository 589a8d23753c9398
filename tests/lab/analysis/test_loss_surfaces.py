"""Pictures show the plane they say: through the input and the adversarial example, and a random direction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import log_softmax

from advgame.errors import LabError, UnknownName
from advgame.lab.analysis.loss_surfaces import (
    ERROR_FOUND,
    NO_ERROR,
    Surface,
    draw,
    picture_networks,
    surface,
    surfaces_from_journal,
)
from advgame.lab.analysis.pictures import save_picture
from advgame.lab.experiment.reading import experiment_of
from advgame.lab.networks.classifier import Adapted
from tests.lab.experiment.made_networks import make_networks

RADIUS = 0.1
CLASSES = ("left", "right", "a <$1$> & b")


class Linear(nn.Module):
    """Three classes by weights that are known: the loss on any plane can be computed by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = torch.linspace(-3, 3, 48).reshape(3, 16)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs.flatten(1) @ self.weights.T


class Shifted(Linear):
    """The same with the origin at 0.45: the last class leads exactly while the mean is above it."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return super().forward(inputs - 0.45)


class Noisy(Adapted):
    """Adds noise to the answers; its attacker knows the answers without noise."""

    randomised = True

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = Linear()(inputs)
        return logits + 0.1 * torch.randn_like(logits)

    def stand_in(self) -> nn.Module:
        return Linear()


@pytest.fixture(scope="module")
def given() -> torch.Tensor:
    return torch.linspace(0.3, 0.7, 16).reshape(1, 4, 4)


@pytest.fixture(scope="module")
def shown(given: torch.Tensor) -> Surface:
    return surface(Linear(), given, 2, radius=RADIUS, points=21)


def at(shown: Surface, s: float, t: float) -> tuple[int, int]:
    return int(np.abs(shown.steps - t).argmin()), int(np.abs(shown.steps - s).argmin())


def test_directions_are_orthogonal_as_long_as_each_other_and_the_first_is_as_large_as_the_radius(
    shown: Surface,
) -> None:
    one, other = shown.adversarial.ravel().astype(float), shown.random.ravel().astype(float)
    assert np.abs(one).max() == pytest.approx(RADIUS, rel=1e-5)
    assert one @ other == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(one) == pytest.approx(np.linalg.norm(other), rel=1e-5)


def test_the_middle_is_the_input_itself(shown: Surface, given: torch.Tensor) -> None:
    middle = at(shown, 0, 0)
    expected = -log_softmax(Linear()(given[None]).double(), dim=1)[0, 2].item()
    assert shown.loss[middle] == pytest.approx(expected, rel=1e-6)
    assert shown.change[middle] == 0.0


def test_one_step_along_the_adversarial_direction_is_the_worst_point_of_the_ball_of_a_linear_network(
    given: torch.Tensor,
) -> None:
    # The weights of the last class exceed the others' everywhere, so the worst change has the same sign.
    found = surface(Linear(), given, 2, radius=0.05, points=5)
    difference = Linear().weights[1] - Linear().weights[2]
    assert np.sign(found.adversarial.ravel()).tolist() == np.sign(difference.numpy()).tolist()
    assert found.loss[at(found, 1, 0)] > found.loss[at(found, 0, 0)] > found.loss[at(found, -1, 0)]


def test_every_point_holds_what_the_network_says_of_it(shown: Surface, given: torch.Tensor) -> None:
    for s, t in ((0.4, -1.2), (-2.0, 2.0), (1.6, 0.2)):
        moved = (given.numpy() + s * shown.adversarial + t * shown.random).clip(0, 1)
        logits = Linear()(torch.from_numpy(moved)[None].float())
        place = at(shown, s, t)
        assert shown.loss[place] == pytest.approx(
            -log_softmax(logits, dim=1)[0, 2].item(), rel=1e-4, abs=1e-5
        )
        assert shown.predicted[place] == logits.argmax().item()
        assert shown.change[place] == pytest.approx(np.abs(moved - given.numpy()).max(), rel=1e-5)


def test_points_never_leave_the_values_an_input_can_have(given: torch.Tensor) -> None:
    far = surface(Linear(), given, 2, radius=0.9, points=5)
    assert far.change.max() <= 0.7 + 1e-6


def test_a_randomised_network_is_attacked_in_its_known_form_and_drawn_from_the_seed(
    given: torch.Tensor,
) -> None:
    one, same, other = (surface(Noisy(), given, 2, radius=RADIUS, points=5, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.loss, same.loss)
    assert not np.array_equal(one.loss, other.loss)
    assert np.array_equal(one.adversarial, surface(Linear(), given, 2, radius=RADIUS, seed=1).adversarial)


@pytest.mark.parametrize("wrong", [{"radius": 0.0}, {"points": 4}, {"points": 1}, {"reach": 0.0}])
def test_a_plane_that_cannot_be_is_refused(given: torch.Tensor, wrong: dict[str, float]) -> None:
    with pytest.raises(LabError, match="expected a radius"):
        surface(Linear(), given, 2, **{"radius": RADIUS, **wrong})  # type: ignore[arg-type]


def test_networks_are_drawn_beside_each_other_on_one_scale(shown: Surface, tmp_path: Path) -> None:
    figure = draw([shown, shown], CLASSES)
    panels = [axes for axes in figure.axes if axes.get_title()]
    assert len(panels) == 2
    assert len({axes.collections[0].get_clim() for axes in panels}) == 1
    words = save_picture(figure, tmp_path / "surface.svg").read_text(encoding="utf-8")
    assert "a &lt;$1$&gt; &amp; b (true)" in words
    assert NO_ERROR in words


def test_a_cross_marks_an_error_and_an_attack_that_finds_none_ends_in_a_square(given: torch.Tensor) -> None:
    # The last class leads while the mean of the pixels, 0.5, is above 0.45: until all have changed by 0.05.
    below, above = (surface(Shifted(), given, 2, radius=radius, points=3) for radius in (0.045, 0.055))
    assert (below.error_found, above.error_found) == (False, True)
    for drawn, marker in ((below, "s"), (above, "x")):
        ends = [
            line.get_marker()
            for axes in draw([drawn], CLASSES).axes
            for line in axes.lines
            if list(line.get_xdata()) == [1]
        ]
        assert ends == [marker, marker]
    legend = draw([below, above], CLASSES).legends[0]
    words = {text.get_text() for text in legend.get_texts()}
    assert {ERROR_FOUND, NO_ERROR} < words


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_the_same_surface_gives_the_same_file(shown: Surface, tmp_path: Path, kind: str) -> None:
    files = [
        save_picture(draw([shown], CLASSES), tmp_path / f"{name}.{kind}").read_bytes() for name in ("a", "b")
    ]
    assert files[0] == files[1]


def test_files_that_are_not_images_are_refused(shown: Surface, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="written as"):
        save_picture(draw([shown], CLASSES), tmp_path / "surface.gif")
    with pytest.raises(LabError, match="no surface"):
        draw([], CLASSES)


def test_networks_of_a_measured_experiment_are_pictured_from_its_journal(tmp_path: Path) -> None:
    experiment = experiment_of(
        {
            "dataset": "digits",
            "network": "mlp",
            "test_inputs": 5,
            "defences": {
                "plain": {"use": "standard", "epochs": 1},
                "coarse": {"use": "bit_depth", "after": "plain"},
                "later": {"use": "standard", "epochs": 1, "seeds": [0, 1]},
            },
        }
    )
    table = tmp_path / "rows.csv"
    make_networks(experiment, table)
    found = surfaces_from_journal(experiment, table, ["plain", "coarse"], 7, radius=RADIUS, points=3)
    assert [each.name for each in found] == ["plain", "coarse"]
    figure = picture_networks(experiment, table, ["coarse"], 7, radius=RADIUS)
    assert "coarse" in [axes.get_title() for axes in figure.axes]
    with pytest.raises(UnknownName, match="did you mean 'plain'"):
        surfaces_from_journal(experiment, table, ["plan"], 7, radius=RADIUS)
    with pytest.raises(LabError, match="no test input 599"):
        surfaces_from_journal(experiment, table, ["plain"], 599, radius=RADIUS)
    with pytest.raises(LabError, match="does not train 'plain' with the seed 5; expected one of 0"):
        surfaces_from_journal(experiment, table, ["plain"], 7, radius=RADIUS, seed=5)
