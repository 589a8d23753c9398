"""Pictures of attacked inputs show what the attack made, and say how often the network was wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

import advgame as ag
from advgame.errors import LabError, UnknownName
from advgame.lab.analysis.attacked_inputs import draw_attacked_inputs
from advgame.lab.experiment.reading import read_experiment
from tests.cli.test_cli import run
from tests.lab.experiment.made_networks import make_networks

TOML = """
dataset = "digits"
network = "small_cnn"

[defences.plain]
use = "standard"
epochs = 0

[attacks.pgd]
use = "pgd"
radii = [0.1, 0.2]

[attacks."round-L2"]
use = "ddn"
radii = [0.5]
steps = 5

[attacks.fog]
use = "blur"
radii = [0.7]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "mine.toml").write_text(TOML, encoding="utf-8")
    make_networks(read_experiment(folder / "mine.toml"), folder / "rows.csv")
    return folder


def test_the_picture_has_a_row_for_each_network_and_says_how_many_answers_are_wrong(tmp_path: Path) -> None:
    inputs = torch.zeros(2, 1, 3, 3)
    rows = [("one", inputs + 0.1, [1, 1]), ("a <$1$>", inputs + 0.2, [0, 1])]
    figure = draw_attacked_inputs(inputs, [0, 1], rows, ("dark", "light"), "pgd-Linf-0.2")
    assert [axes.get_title() for axes in figure.axes] == [
        *("dark", "light"),
        *("✗ light", "light"),
        *("dark", "light"),
    ]
    assert [float(axes.images[0].get_array().max()) for axes in figure.axes] == pytest.approx(
        [0, 0, 0.1, 0.1, 0.2, 0.2]
    )
    said = Image.open(ag.lab.save_picture(figure, tmp_path / "a.png")).info["Description"]
    assert said == (
        "Test inputs attacked by pgd-Linf-0.2: one misclassifies 1 of 2; a <$1$> misclassifies 0 of 2."
    )


def test_inputs_of_a_trained_network_are_attacked_within_the_radius(folder: Path) -> None:
    figure = ag.lab.picture_attacked_inputs(
        str(folder / "mine.toml"), str(folder / "rows.csv"), ["plain"], [0, 3], radius=0.05
    )
    before, after = [[axes.images[0].get_array() for axes in figure.axes[at : at + 2]] for at in (0, 2)]
    sizes = [abs(one - other).max() for one, other in zip(before, after, strict=True)]
    assert sizes == pytest.approx([0.05, 0.05], abs=1e-6)


def test_the_attack_is_named_as_in_a_scenario(folder: Path) -> None:
    for attack, name in (("pgd", "pgd-Linf-0.2"), ("round-L2", "round-L2-0.5"), ("fog", "fog-pixels-0.7")):
        figure = ag.lab.picture_attacked_inputs(
            str(folder / "mine.toml"), str(folder / "rows.csv"), ["plain"], [0], attack=attack
        )
        assert f"attacked by {name}: " in str(figure.get_label())


def test_only_attacks_on_the_network_itself_that_keep_labels_are_drawn(folder: Path, tmp_path: Path) -> None:
    toml = TOML.partition("[attacks.pgd]")[0]
    toml += '[attacks.moved]\nuse = "pgd"\nradii = [0.1]\ncrafted_on = "plain"\n'
    toml += '[attacks.other]\nuse = "invariance_linf"\nradii = [0.3]\n'
    (tmp_path / "mine.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(LabError, match="no attack that is crafted on the attacked network itself"):
        ag.lab.picture_attacked_inputs(str(tmp_path / "mine.toml"), str(folder / "rows.csv"), ["plain"], [0])


def test_the_command_line_draws_a_file_and_refuses_what_does_not_exist(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["attacked", str(folder / "mine.toml"), str(folder / "rows.csv"), "--defence", "plain"]
    output = tmp_path / "rows.attacked.png"
    assert run(monkeypatch, *command, "--input", "5", "-o", str(output)) == 0
    assert output.read_bytes().startswith(b"\x89PNG")
    assert run(monkeypatch, *command, "--attack", "pdg", "-o", str(output)) == 2
    assert "did you mean 'pgd'" in capsys.readouterr().err
    with pytest.raises(LabError, match="1 to 12 inputs, but 13"):
        ag.lab.picture_attacked_inputs(command[1], command[2], ["plain"], range(13))
    with pytest.raises(UnknownName):
        ag.lab.picture_attacked_inputs(command[1], command[2], ["none"], [0])
    with pytest.raises(LabError, match="needs images"):
        draw_attacked_inputs(torch.zeros(2, 4), [0, 1], [], ("a", "b"), "pgd")
