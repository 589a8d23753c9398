"""Pictures of saliency maps show what networks look at, where that is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import advgame as ag
from advgame.errors import LabError, UnknownName
from advgame.lab.analysis.saliency_maps import METHODS, draw_saliency, saliency_maps
from advgame.lab.experiment.reading import read_experiment
from tests.cli.test_cli import run
from tests.lab.experiment.made_networks import make_networks

CLASSES = ("dark", "a <$1$> & b")
TOML = """
dataset = "digits"
network = "small_cnn"

[defences.plain]
use = "standard"
epochs = 0

[defences.half]
use = "magnitude"
after = "plain"
compression = 2.0
epochs = 0
"""


class Corner(nn.Module):
    """Class 1 by three times the brightness of the upper left corner, less that of the lower right one."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(1, 1, 1, bias=False)
        nn.init.ones_(self.look.weight)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        seen = self.look(inputs)[:, 0]
        logit = 3 * seen[:, :3, :3].sum(dim=(1, 2)) - seen[:, -3:, -3:].sum(dim=(1, 2))
        return torch.stack([torch.zeros_like(logit), logit], dim=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("measured")
    (folder / "mine.toml").write_text(TOML, encoding="utf-8")
    make_networks(read_experiment(folder / "mine.toml"), folder / "rows.csv")
    return folder


def test_saliency_is_positive_where_a_pixel_supports_the_prediction_and_negative_where_it_opposes_it() -> (
    None
):
    given = torch.full((1, 9, 9), 0.5)
    found = saliency_maps(Corner(), given, name="corner")
    assert (found.name, found.predicted) == ("corner", 1)
    assert list(found.maps) == list(METHODS)
    expected = np.zeros((9, 9))
    expected[:3, :3], expected[-3:, -3:] = 1.5, -0.5  # weight × pixel
    assert found.maps["gradient"] == pytest.approx(expected)
    occlusion = found.maps["occlusion"]
    assert (occlusion[:2, :2] > 0).all()
    assert (occlusion[-2:, -2:] < 0).all()
    assert occlusion[4, 4] == pytest.approx(0, abs=1e-6)


def test_the_picture_names_networks_and_classes_and_has_symmetric_colours(tmp_path: Path) -> None:
    given = torch.full((1, 9, 9), 0.5)
    maps = [saliency_maps(Corner(), given, name=name) for name in ("one", "two")]
    figure = draw_saliency(maps, given, 0, CLASSES)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == ["input: dark", f"one\n{CLASSES[1]} (wrong)", f"two\n{CLASSES[1]} (wrong)"]
    limits = [axes.images[0].get_clim() for axes in figure.axes if axes.images[0].get_cmap().name == "RdBu_r"]
    assert len(limits) == 2 * len(METHODS)
    assert all(low == -high for low, high in limits)
    words = ag.lab.save_picture(figure, tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "a &lt;$1$&gt; &amp; b (wrong)" in words


def test_colour_images_and_networks_without_convolutions_are_drawn() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 2))
    given = torch.rand(3, 4, 4)
    found = saliency_maps(network, given)
    assert list(found.maps) == ["gradient", "occlusion"]
    assert found.maps["gradient"].shape == (4, 4)
    assert draw_saliency([found], given, 0, CLASSES).axes[0].images[0].get_array().shape == (4, 4, 3)


def test_what_cannot_be_drawn_is_refused() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    with pytest.raises(LabError, match="needs an image"):
        saliency_maps(network, torch.rand(4))
    with pytest.raises(UnknownName, match="did you mean 'gradient'"):
        saliency_maps(network, torch.rand(1, 2, 2), methods=["gradients"])
    with pytest.raises(LabError, match="Grad-CAM needs a convolution"):
        saliency_maps(network, torch.rand(1, 2, 2), methods=["grad_cam"])
    with pytest.raises(LabError, match="no saliency map to draw"):
        draw_saliency([], torch.rand(1, 2, 2), 0, CLASSES)


def test_trained_networks_are_drawn_from_python_and_the_command_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment, table = folder / "mine.toml", folder / "rows.csv"
    figure = ag.lab.picture_saliency(str(experiment), str(table), ["plain", "half"], 7)
    names = [axes.get_title().partition("\n")[0] for axes in figure.axes if axes.get_title()]
    assert names[1:] == ["plain", "half"]
    command = ["saliency", str(experiment), str(table), "--defence", "plain", "--input", "7"]
    output = tmp_path / "maps.png"
    assert run(monkeypatch, *command, "--method", "gradient", "-o", str(output)) == 0
    assert output.read_bytes().startswith(b"\x89PNG")
    capsys.readouterr()
    assert run(monkeypatch, *command, "-o", str(tmp_path / "maps.gif")) == 2
    assert "a picture is written as .svg, .png, .pdf" in capsys.readouterr().err
    assert run(monkeypatch, *command[:-1], "599") == 2
    assert "There is no test input 599; digits has the inputs 0 to 598" in capsys.readouterr().err


def test_importances_of_a_network_are_drawn_instead_of_tabled(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import advgame.lab.analysis.importance_pictures as drawing

    monkeypatch.setitem(drawing.picture_importances.__kwdefaults__, "inputs", 20)
    monkeypatch.setitem(drawing.picture_importances.__kwdefaults__, "units", 12)
    command = ["importances", str(folder / "mine.toml"), str(folder / "rows.csv")]
    output = tmp_path / "importances.svg"
    assert run(monkeypatch, *command, "--defence", "plain", "--picture", str(output)) == 0
    words = output.read_text(encoding="utf-8")
    assert all(unit in words for unit in ("single weights", "kernels", "filters", "taylor: ", "magnitude: "))
    assert "plain, small_cnn, digits, seed 0" in words
    assert not (folder / "rows.importances.csv").exists()
    capsys.readouterr()
    assert run(monkeypatch, *command, "--picture", str(output)) == 2
    assert "--picture and --defence belong together" in capsys.readouterr().err
