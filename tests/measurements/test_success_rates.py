"""A success rate where an accuracy is expected, and the reverse: asked, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from advgame.cli.application import app
from advgame.errors import MeasurementError
from advgame.measurements import MeasurementTable
from advgame.measurements.importers import IMPORTERS
from advgame.measurements.importers.success_rates import which_is_open

MAP = """percent = true
[columns]
defence = "model"
[constants]
dataset = "d"
network = "n"
[[accuracies]]
column = "clean"
attack = "none"
[[accuracies]]
column = "{column}"
attack = "pgd"
"""


def imported(
    folder: Path, column: str, figures: str, *, more: str = "", success: bool | None = None
) -> MeasurementTable:
    (folder / "mine.csv").write_text(f"model,clean,{column}\n{figures}")
    (folder / "map.toml").write_text(more + MAP.format(column=column))
    return IMPORTERS["csv"](columns=folder / "map.toml", success=success).read(folder / "mine.csv")


def under_attack(table: MeasurementTable) -> list[float]:
    return [row.accuracy for row in table if row.attack == "pgd"]


ORDINARY = "plain,95,30\nhardened,85,50\n"


@pytest.mark.parametrize("column", ["ASR", "PGD ASR (%)", "attack success rate", "Jailbreak-Rate", "hit@5"])
def test_a_column_with_the_name_of_a_success_rate_is_asked_about(column: str, tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match=r"has the name of a success rate.*nothing was imported"):
        imported(tmp_path, column, ORDINARY)
    assert under_attack(imported(tmp_path, column, ORDINARY, success=True)) == [0.7, 0.5]
    assert under_attack(imported(tmp_path, column, ORDINARY, success=False)) == [0.3, 0.5]
    assert under_attack(imported(tmp_path, column, ORDINARY, more="success = true\n")) == [0.7, 0.5]


@pytest.mark.parametrize("column", ["PGD-20", "robust accuracy", "laser", "quasar"])
def test_an_ordinary_column_is_not(column: str, tmp_path: Path) -> None:
    assert under_attack(imported(tmp_path, column, ORDINARY)) == [0.3, 0.5]


def test_figures_mostly_above_the_clean_accuracy_of_the_same_items_are_asked_about(tmp_path: Path) -> None:
    high = "plain,70,99\nhardened,65,90\nother,80,20\n"
    with pytest.raises(MeasurementError, match="2 of 3 figures under attack exceed the clean accuracy"):
        imported(tmp_path, "PGD-20", high)
    assert under_attack(imported(tmp_path, "PGD-20", high, success=True)) == [0.01, 0.1, 0.8]
    assert under_attack(imported(tmp_path, "PGD-20", "plain,70,71\nhardened,65,90\n", success=False))


def test_different_items_may_have_higher_figures(tmp_path: Path) -> None:
    text = "dataset,network,defence,attack,metric,accuracy,correct,tested,population\n"
    for population, attack, metric, correct in (
        ("tasks", "none", "clean", 60),
        ("attacks", "a", "robust", 90),
    ):
        text += f"d,n,plain,{attack},{metric},{correct / 100},{correct},100,{population}\n"
    (tmp_path / "mine.csv").write_text(text)
    assert len(IMPORTERS["csv"]().read(tmp_path / "mine.csv")) == 2
    turned = IMPORTERS["csv"](success=True).read(tmp_path / "mine.csv")
    assert [(row.accuracy, row.correct) for row in turned] == [(0.6, 60), (0.1, 10)]
    (tmp_path / "alike.csv").write_text(text.replace("attacks", "tasks"))
    alike = IMPORTERS["csv"](success=True).read(tmp_path / "alike.csv")
    assert [(row.accuracy, row.warnings) for row in alike] == [(0.6, ()), (0.1, ())]
    (tmp_path / "mine.csv").write_text(text.replace("attacks", "tasks"))
    with pytest.raises(MeasurementError, match="1 of 1 figures under attack exceed"):
        IMPORTERS["csv"]().read(tmp_path / "mine.csv")


def test_success_rates_that_are_fractions_are_not_read_as_percent(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("model,ASR\nplain,0.3\n")
    alone = MAP.replace('[[accuracies]]\ncolumn = "clean"\nattack = "none"\n', "")
    (tmp_path / "map.toml").write_text(alone.format(column="ASR"))
    with pytest.raises(MeasurementError, match=r"largest accuracy is 0\.3: these look like fractions"):
        IMPORTERS["csv"](columns=tmp_path / "map.toml", success=True).read(tmp_path / "mine.csv")


def test_formats_that_state_what_they_hold_are_not_asked() -> None:
    with pytest.raises(MeasurementError, match="states what its figures are"):
        IMPORTERS["robustbench"](success=True)
    assert which_is_open(["PGD-20"], ()) == ""


def test_the_command_line_asks_and_takes_the_answer(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("model,clean,ASR\n" + ORDINARY)
    (tmp_path / "map.toml").write_text(MAP.format(column="ASR"))
    command = ["import", "csv", str(tmp_path / "mine.csv"), "--columns", str(tmp_path / "map.toml")]
    asked = CliRunner().invoke(app, [*command, "-o", str(tmp_path / "rows.csv")])
    assert asked.exit_code != 0
    assert not (tmp_path / "rows.csv").exists()
    answered = CliRunner().invoke(app, [*command, "--success", "-o", str(tmp_path / "rows.csv")])
    assert answered.exit_code == 0
    assert (tmp_path / "rows.csv").exists()
