"""Published formats become tables of measurements, and damaged ones get a clear answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from advgame.errors import MeasurementError, UnknownName
from advgame.measurements import MeasurementTable, read_table, write_table
from advgame.measurements.importers import IMPORTERS, AdvpruningImporter, CsvImporter, RobustbenchImporter

RICE = {
    "dataset": "cifar10",
    "architecture": "WideResNet-34-20",
    "eps": "8/255",
    "clean_acc": "85.34",
    "reported": "58",
    "autoattack_acc": "53.42",
    "unreliable": False,
}
PRUNED = "dataset,architecture,pruning_method,pruning_structure,sparsity,clean,robust\n"


def record(folder: Path, place: str, **changes: Any) -> Path:
    path = folder / f"{place}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = {key: value for key, value in (RICE | changes).items() if value != "absent"}
    path.write_text(json.dumps(fields), encoding="utf-8")
    return folder


def cells(table: MeasurementTable) -> dict[tuple[str, str], float]:
    return {(row.defence, row.metric): row.accuracy for row in table}


def text_file(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# every importer


@pytest.mark.parametrize("name", IMPORTERS)
def test_every_importer_says_that_a_path_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match=r"no (folder or )?file"):
        IMPORTERS[name]().read(tmp_path / "absent.csv")


@pytest.mark.parametrize("name", [name for name in IMPORTERS if not IMPORTERS[name].takes_columns])
def test_a_format_with_columns_of_its_own_takes_no_map(name: str) -> None:
    with pytest.raises(MeasurementError, match="fixed columns"):
        IMPORTERS[name](columns=Path("map.toml"))


def test_an_unknown_format_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'robustbench'"):
        IMPORTERS["robust-bench"]


# RobustBench


def test_a_record_becomes_a_clean_a_robust_and_a_reported_row(tmp_path: Path) -> None:
    table = RobustbenchImporter().read(record(tmp_path, "model_info/cifar10/Linf/Rice2020Overfitting"))
    clean, robust, reported = table
    assert (clean.attack, clean.metric, clean.accuracy, clean.correct) == ("none", "clean", 0.8534, 8534)
    assert (robust.metric, robust.accuracy, robust.correct, robust.tested) == ("robust", 0.5342, 5342, 10_000)
    assert (robust.attack, robust.norm, robust.radius) == ("autoattack", "Linf", 8 / 255)
    assert (reported.metric, reported.accuracy, reported.correct) == ("robust_reported", 0.58, None)
    assert {row.network for row in table} == {"WideResNet-34-20"}
    assert table.sources == ("RobustBench, model_info/cifar10/Linf/Rice2020Overfitting.json",)


def test_the_smaller_of_autoattack_and_the_external_figure_is_played(tmp_path: Path) -> None:
    record(tmp_path, "cifar10/Linf/Kang", autoattack_acc="71.28", external="64.20", unreliable=True)
    record(tmp_path, "cifar10/Linf/Other", autoattack_acc="40", external="41")
    rows = {row.defence: row for row in RobustbenchImporter().read(tmp_path) if row.metric == "robust"}
    assert rows["Kang"].accuracy == 0.642
    assert "external attack; AutoAttack alone 0.7128" in rows["Kang"].source
    assert "unreliable" in rows["Kang"].warnings[0]
    assert rows["Other"].accuracy == 0.40
    assert "external" not in rows["Other"].source


def test_a_name_on_two_boards_is_two_defences_and_a_name_on_one_board_is_itself(tmp_path: Path) -> None:
    record(tmp_path, "cifar10/Linf/Rice")
    record(tmp_path, "cifar10/L2/Rice", eps="0.5", clean_acc="88.67", autoattack_acc="67.68")
    record(tmp_path, "cifar100/Linf/Rice", dataset="cifar100")
    table = RobustbenchImporter().read(tmp_path)
    assert cells(table)["Rice (Linf)", "clean"] == 0.8534
    assert cells(table)["Rice (L2)", "clean"] == 0.8867
    assert [row.radius for row in table if row.norm == "L2"] == [0.5, 0.5]
    assert {row.defence for row in table if row.dataset == "cifar100"} == {"Rice"}


def test_a_corruption_record_without_radius_or_report_gives_corruption_rows(tmp_path: Path) -> None:
    fields = {"dataset": "imagenet", "eps": None, "reported": None, "autoattack_acc": "absent"}
    folder = record(
        tmp_path, "imagenet/corruptions/AlexNet", corruptions_acc="21.12", corruptions_mce="100.0", **fields
    )
    clean, corrupted = RobustbenchImporter().read(folder)
    assert (corrupted.metric, corrupted.accuracy, corrupted.radius) == ("corruption", 0.2112, None)
    assert clean.tested is None  # the record does not say on how many images


def test_a_radius_just_off_its_board_stays_on_the_board_with_a_warning(tmp_path: Path) -> None:
    robust = RobustbenchImporter().read(record(tmp_path, "cifar10/Linf/Near", eps="0.031")).rows[1]
    assert robust.radius == 8 / 255
    assert robust.warnings == ("attacked at radius 0.031 (7.9/255), on a board of radius 8/255",)
    far = RobustbenchImporter().read(record(tmp_path / "far", "cifar10/Linf/Far", eps="4/255")).rows[1]
    assert (far.radius, far.warnings) == (4 / 255, ())


def test_a_radius_given_only_in_a_footnote_has_a_warning(tmp_path: Path) -> None:
    note = r"Uses \(\ell_{\infty} \) = 0.031 ≈ 7.9/255 instead of 8/255.<br>Trained at \(\varepsilon = 0.5\)."
    robust = RobustbenchImporter().read(record(tmp_path, "cifar10/Linf/Noted", footnote=note)).rows[1]
    assert (robust.radius, len(robust.warnings)) == (8 / 255, 1)
    assert robust.warnings == ("attacked at radius 0.031 (7.9/255), on a board of radius 8/255",)
    trained = r"Trained for \(\ell_2 \) robustness with \(\varepsilon = 0.5\)."
    assert (
        RobustbenchImporter()
        .read(record(tmp_path / "t", "cifar10/Linf/T", footnote=trained))
        .rows[1]
        .warnings
        == ()
    )


@pytest.mark.parametrize("eps", ["8/255", "0.5", None])
def test_the_radius_in_a_corruption_record_is_that_of_training_and_no_column(
    tmp_path: Path, eps: str | None
) -> None:
    fields = {"eps": eps, "corruptions_acc": "70.1", "autoattack_acc": "absent", "reported": None}
    _, corrupted = RobustbenchImporter().read(record(tmp_path, "cifar10/corruptions/Gowal", **fields))
    assert (corrupted.norm, corrupted.radius, corrupted.warnings) == (None, None, ())


def test_a_record_in_the_folder_of_another_data_set_goes_by_the_folder_and_warns(tmp_path: Path) -> None:
    record(tmp_path, "model_info/cifar10/Linf/Hendrycks", clean_acc="87.11", autoattack_acc="54.92")
    record(tmp_path, "model_info/cifar100/Linf/Hendrycks", clean_acc="59.23", autoattack_acc="28.42")
    table = RobustbenchImporter().read(tmp_path)
    rows = [row for row in table if row.dataset == "cifar100"]
    assert [row.accuracy for row in rows if row.metric != "robust_reported"] == [0.5923, 0.2842]
    assert {row.source for row in rows} == {"RobustBench, model_info/cifar100/Linf/Hendrycks.json"}
    assert all("its folder 'cifar100'" in row.warnings[0] for row in rows)
    assert {row.warnings for row in table if row.dataset == "cifar10"} == {()}


def test_outside_robustbenchs_folders_the_record_names_the_data_set_and_no_path_is_made_up(
    tmp_path: Path,
) -> None:
    table = RobustbenchImporter().read(record(tmp_path, "downloads/Linf/Rice"))
    assert table.datasets == ("cifar10",)
    assert table.sources == ("RobustBench, downloads/Linf/Rice.json",)


def test_the_bundled_board_warns_of_what_its_records_state() -> None:
    from advgame.bundled import bundled

    rows = read_table(bundled("data") / "published" / "cifar10-robustbench.csv")
    warned = {row.defence: row.warnings for row in rows if row.warnings}
    unreliable = {name for name, texts in warned.items() if any("unreliable" in text for text in texts)}
    assert unreliable == {"Kang2021Stable", "Xiao2020Enhancing"}
    assert sum("attacked at radius 0.031" in texts[0] for texts in warned.values()) == 7
    assert "Zhang2020Geometry" in warned


def test_one_record_can_be_read_by_itself(tmp_path: Path) -> None:
    record(tmp_path, "cifar10/Linf/Rice")
    assert len(RobustbenchImporter().read(tmp_path / "cifar10/Linf/Rice.json")) == 3


def test_imported_records_write_and_read_back(tmp_path: Path) -> None:
    table = RobustbenchImporter().read(record(tmp_path, "cifar10/Linf/Rice", eps="0.031"))
    assert read_table(write_table(table, tmp_path / "rows.csv")) == table


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"clean_acc": "absent"}, ["Rice.json", "clean_acc", "missing"]),
        ({"clean_acc": "high"}, ["Rice.json", "clean_acc", "'high'", "percent"]),
        ({"clean_acc": None}, ["Rice.json", "clean_acc", "None"]),
        ({"autoattack_acc": "534.2"}, ["Rice.json", "autoattack_acc", "'534.2'", "0..100"]),
        ({"autoattack_acc": "nan"}, ["Rice.json", "autoattack_acc", "'nan'"]),
        ({"eps": "8:255"}, ["Rice.json", "eps", "'8:255'"]),
        (
            {"clean_acc": "0.8534", "autoattack_acc": "0.5342"},
            ["Rice.json", "'0.8534' looks like a fraction"],
        ),
        ({"clean_acc": "1.0"}, ["looks like a fraction"]),
    ],
)
def test_a_record_that_cannot_be_used_is_refused_by_file_and_field(
    tmp_path: Path, changes: Mapping[str, Any], named: list[str]
) -> None:
    with pytest.raises(MeasurementError) as mistake:
        RobustbenchImporter().read(record(tmp_path, "cifar10/Linf/Rice", **changes))
    assert all(part in str(mistake.value) for part in named), str(mistake.value)


@pytest.mark.parametrize(
    "text",
    ['{"clean_acc": "85.34",', "", "[1, 2]", "\udce4", "[" * 100_000, '{"clean_acc": ' + "9" * 5000 + "}"],
    ids=["cut", "empty", "list", "not text", "nested", "long number"],
)
def test_damaged_json_is_refused_by_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cifar10" / "Linf" / "Cut.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(MeasurementError, match=r"Cut\.json .*download the file again"):
        RobustbenchImporter().read(tmp_path)


def test_a_folder_without_records_says_which_folders_are_looked_for(tmp_path: Path) -> None:
    text_file(tmp_path / "package.json", "{}")
    with pytest.raises(MeasurementError, match=r"Nothing to import.*Linf, L2, corruptions"):
        RobustbenchImporter().read(tmp_path)


# Adversarial Pruning Benchmark


def test_a_line_of_the_pruning_benchmark_becomes_a_clean_and_a_robust_row(tmp_path: Path) -> None:
    path = text_file(tmp_path / "t.csv", PRUNED + "cifar10,ResNet18,HARP,unstructured,0.9,0.8338,0.4540\n")
    clean, robust = AdvpruningImporter().read(path)
    assert (clean.defence, clean.network, clean.accuracy) == ("HARP unstructured 90%", "ResNet18", 0.8338)
    assert clean.compression_nominal == 10.0
    assert (robust.attack, robust.norm, robust.radius, robust.accuracy) == (
        "autoattack",
        "Linf",
        0.031,
        0.454,
    )


def test_a_blank_cell_of_the_pruning_benchmark_gives_no_row(tmp_path: Path) -> None:
    lines = "svhn,VGG16,RST,unstructured,0.99,0.6,\nsvhn,VGG16,RST,unstructured,0.95,-,0.3\n"
    rows = AdvpruningImporter().read(text_file(tmp_path / "t.csv", PRUNED + lines)).rows
    assert [(row.defence, row.metric) for row in rows] == [
        ("RST unstructured 99%", "clean"),
        ("RST unstructured 95%", "robust"),
    ]


def test_percent_in_the_pruning_benchmark_is_offered_and_converted(tmp_path: Path) -> None:
    path = text_file(tmp_path / "t.csv", PRUNED + "cifar10,ResNet18,HARP,unstructured,0.9,83.38,45.40\n")
    with pytest.raises(MeasurementError, match=r"line 2.*83\.38.*--percent"):
        AdvpruningImporter().read(path)
    assert [row.accuracy for row in AdvpruningImporter(percent=True).read(path)] == [0.8338, 0.454]


def test_fractions_in_the_pruning_benchmark_are_never_read_as_percent(tmp_path: Path) -> None:
    for line in ("HARP,unstructured,0.9,0.8069,0.4540\n", "HARP,unstructured,0.9,,0.4540\n"):
        path = text_file(tmp_path / "t.csv", PRUNED + "cifar10,ResNet18," + line)
        with pytest.raises(MeasurementError, match=r"like( a)? fraction.*--percent"):
            AdvpruningImporter(percent=True).read(path)
    mixed = PRUNED + "cifar10,ResNet18,HARP,u,0.9,83.3,0.26\ncifar10,ResNet18,RST,u,0.9,80.1,0\n"
    table = AdvpruningImporter(percent=True).read(text_file(tmp_path / "t.csv", mixed))
    assert [row.accuracy for row in table] == [0.833, 0.0026, 0.801, 0.0]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (PRUNED.replace("sparsity", "sparsty"), ["'sparsity' is missing", "did you mean 'sparsty'"]),
        (PRUNED, ["Nothing to import"]),
        (PRUNED + "cifar10,ResNet18,HARP,unstructured,90,0.8,0.4\n", ["line 2", "sparsity", "'90'", "0.9"]),
        (PRUNED + "cifar10,ResNet18,HARP,unstructured,0.9,good,0.4\n", ["line 2", "accuracy", "'good'"]),
        (PRUNED + "cifar10,ResNet18\n", ["line 2", "2 fields", "damaged"]),
    ],
)
def test_a_pruning_table_that_cannot_be_used_is_refused(tmp_path: Path, text: str, named: list[str]) -> None:
    with pytest.raises(MeasurementError) as mistake:
        AdvpruningImporter().read(text_file(tmp_path / "t.csv", text))
    assert all(part in str(mistake.value) for part in named), str(mistake.value)


# any CSV

LONG_MAP = """
[columns]
defence = "model"
attack = "how"
accuracy = "acc"
[constants]
dataset = "faces"
network = "ResNet-18"
source = "our audit"
"""
WIDE_MAP = """
percent = true
separator = ";"
[columns]
defence = "model"
[constants]
dataset = "faces"
network = "ResNet-18"
[[accuracies]]
column = "plain"
attack = "none"
[[accuracies]]
column = "PGD-20"
attack = "pgd"
norm = "Linf"
radius = "8/255"
[[accuracies]]
column = "fog"
attack = "fog"
metric = "corruption"
"""


def imported(folder: Path, columns: str, text: str, *, percent: bool = False) -> MeasurementTable:
    map_path = text_file(folder / "map.toml", columns)
    return CsvImporter(columns=map_path, percent=percent).read(text_file(folder / "theirs.csv", text))


def test_a_long_table_is_read_through_a_map_of_columns_and_constants(tmp_path: Path) -> None:
    clean, robust = imported(tmp_path, LONG_MAP, "model,how,acc,notes\nA,none,0.9,x\nA,pgd,0.4,y\n")
    assert (clean.defence, clean.metric, clean.accuracy, clean.dataset) == ("A", "clean", 0.9, "faces")
    assert (robust.metric, robust.accuracy, robust.source) == ("robust", 0.4, "our audit")


def test_a_wide_table_gives_a_row_for_each_filled_cell(tmp_path: Path) -> None:
    table = imported(tmp_path, WIDE_MAP, "model;plain;PGD-20;fog\nA;94.7;0;50\n")
    clean, robust, fog = table
    assert (clean.metric, clean.accuracy) == ("clean", 0.947)
    assert (robust.norm, robust.radius, robust.accuracy) == ("Linf", 8 / 255, 0.0)
    assert fog.metric == "corruption"
    assert len(imported(tmp_path, WIDE_MAP, "model;plain;PGD-20;fog\nA;94.7;;n/a\n")) == 1


def test_a_field_that_the_map_does_not_mention_is_read_from_the_column_of_its_name(tmp_path: Path) -> None:
    columns = '[columns]\naccuracy = "acc"\n[constants]\ndataset = "m"\nnetwork = "n"\nseconds = ""\n'
    text = "defence,attack,acc,seed,network,seconds,notes\nA,none,0.9,3,theirs,2 min,x\n"
    (row,) = imported(tmp_path, columns, text)
    assert (row.defence, row.attack, row.accuracy, row.seed) == ("A", "none", 0.9, 3)
    assert (row.network, row.seconds) == ("n", None)  # what the map says goes first
    wide = WIDE_MAP.replace('[columns]\ndefence = "model"\n', "")
    table = imported(tmp_path, wide, "defence;attack;accuracy;plain;PGD-20;fog\nA;odd;7;94.7;0;50\n")
    assert [(row.defence, row.attack, row.accuracy) for row in table] == [
        ("A", "none", 0.947),
        ("A", "pgd", 0.0),
        ("A", "fog", 0.5),
    ]


def test_a_column_stands_for_one_field(tmp_path: Path) -> None:
    columns = '[columns]\ndefence = "network"\n[constants]\ndataset = "m"\n'
    with pytest.raises(MeasurementError, match="network is empty"):
        imported(tmp_path, columns, "network,attack,accuracy\nA,none,0.9\n")


def test_fractions_read_in_percent_through_a_map_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="looks like a fraction"):
        imported(tmp_path, WIDE_MAP, "model;plain;PGD-20;fog\nA;0.947;0.1;0.5\n")


def test_without_a_map_the_columns_are_our_fields(tmp_path: Path) -> None:
    text = "dataset,network,defence,attack,metric,accuracy\nm,n,d,none,clean,99\n"
    path = text_file(tmp_path / "rows.csv", text)
    assert CsvImporter(percent=True).read(path).rows[0].accuracy == 0.99


def test_the_map_and_the_flag_both_turn_percent_on_and_never_twice(tmp_path: Path) -> None:
    table = imported(tmp_path, WIDE_MAP, "model;plain;PGD-20;fog\nA;90;40;50\n", percent=True)
    assert table.rows[0].accuracy == 0.9


@pytest.mark.parametrize(
    ("columns", "text", "named"),
    [
        (LONG_MAP, "model,how,accuracy\nA,none,1\n", ["'acc' is missing", "did you mean 'accuracy'"]),
        (LONG_MAP, "model,how,acc\nA,none,90\n", ["line 2", "90", "--percent"]),
        (LONG_MAP, "model,how,acc\nA,none,\n", ["line 2", "accuracy is empty"]),
        (LONG_MAP, "model,how,acc\n", ["Nothing to import"]),
        (WIDE_MAP, "model;plain;PGD-20;fog\nA;;;\n", ["Nothing to import"]),
        (WIDE_MAP, "model;plain;PGD-20;fog\nA;x;1;1\n", ["line 2", "column 'plain'", "'x'"]),
        (LONG_MAP.replace("defence", "defense"), "model\nA\n", ["'defense'", "did you mean 'defence'"]),
        (
            LONG_MAP.replace("[constants]", "[constant]"),
            "model\nA\n",
            ["'constant'", "did you mean 'constants'"],
        ),
        (WIDE_MAP.replace("radius", "epsilon"), "model\nA\n", ["'epsilon'", "[[accuracies]]"]),
        (WIDE_MAP.replace('column = "fog"', ""), "model\nA\n", ["column = "]),
        (WIDE_MAP.replace('";"', '";;"'), "model\nA\n", ["separator is one character"]),
        (WIDE_MAP.replace("true", '"yes"'), "model\nA\n", ["percent is true or false"]),
        ("[columns]\ndefence = 'm'\n", "m\nA\n", ["names no accuracy", "[[accuracies]]"]),
        ("[columns\n", "m\nA\n", ["map.toml", "not valid TOML"]),
        ("columns = 3\n", "m\nA\n", ["map.toml", "column name for each field"]),
        ("accuracies = 3\n", "m\nA\n", ["map.toml", "column = "]),
    ],
)
def test_a_map_or_table_that_cannot_be_used_is_refused(
    tmp_path: Path, columns: str, text: str, named: list[str]
) -> None:
    with pytest.raises(MeasurementError) as mistake:
        imported(tmp_path, columns, text)
    assert all(part in str(mistake.value) for part in named), str(mistake.value)


def test_a_map_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = text_file(tmp_path / "theirs.csv", "a\n1\n")
    with pytest.raises(MeasurementError, match=r"no column map .*absent\.toml"):
        CsvImporter(columns=tmp_path / "absent.toml").read(path)
