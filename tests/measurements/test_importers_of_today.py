"""Importers of agents, detectors, backdoors and tabular models, on small files of the same form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advgame.errors import MeasurementError
from advgame.measurements import Measurement, MeasurementTable
from advgame.measurements.importers import IMPORTERS


def written(path: Path, content: Any) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(name: str, path: Path) -> MeasurementTable:
    return IMPORTERS[name]().read(path)


def row(table: MeasurementTable, defence: str, attack: str, metric: str = "robust") -> Measurement:
    (found,) = (r for r in table if (r.defence, r.attack, r.metric) == (defence, attack, metric))
    return found


# AgentDojo


def run(
    task: int, attacked: bool, utility: bool, security: bool, *, tools: bool = True, pipeline: str = "plain"
) -> dict[str, Any]:
    calls = [{"function": "send_money"}] if tools else []
    return {
        "suite_name": "banking",
        "pipeline_name": pipeline,
        "user_task_id": f"user_task_{task}",
        "injection_task_id": "injection_task_0" if attacked else None,
        "attack_type": "direct" if attacked else None,
        "messages": [{"role": "assistant", "content": "", "tool_calls": calls}],
        "error": None,
        "utility": utility,
        "security": security,
    }


RUNS = [  # security true: the injected goal was reached
    run(0, False, True, True),
    run(1, False, False, True),
    run(0, True, True, False),
    run(1, True, True, True),
    run(2, True, False, True),
    run(3, True, False, False, tools=False),
]


def test_runs_of_agentdojo_give_tasks_done_attacks_failed_and_both(tmp_path: Path) -> None:
    for place, each in enumerate(RUNS):
        written(tmp_path / "plain" / f"{place}.json", each)
    table = read("agentdojo", tmp_path)
    assert (row(table, "plain", "none", "clean").correct, row(table, "plain", "none", "clean").tested) == (
        1,
        2,
    )
    failed, both = (row(table, "plain", "direct", metric) for metric in ("robust", "utility_under_attack"))
    assert (failed.correct, failed.tested, both.correct, both.tested) == (2, 4, 1, 4)
    assert failed.population != row(table, "plain", "none", "clean").population
    assert failed.adaptivity == "static"
    assert "security = true is read as: the injected goal was reached" in failed.warnings[0]


def test_the_meaning_of_security_is_taken_from_runs_without_a_tool_call(tmp_path: Path) -> None:
    turned = [each | {"security": not each["security"]} for each in RUNS]
    lines = "\n".join(json.dumps(each) for each in [{"metadata": {"name": "plain"}}, *turned])
    table = read("agentdojo", written(tmp_path / "runs.jsonl", lines))
    assert row(table, "plain", "direct").correct == 2
    assert "security = false is read as" in row(table, "plain", "direct").warnings[0]
    told = [each for each in RUNS if each["messages"][0]["tool_calls"]]
    for place, each in enumerate(told):
        written(tmp_path / "untold" / f"{place}.json", each)
    with pytest.raises(MeasurementError, match="what security means cannot be inferred"):
        read("agentdojo", tmp_path / "untold")


def test_a_run_that_ended_in_an_error_counts_as_neither(tmp_path: Path) -> None:
    for place, each in enumerate([*RUNS, run(4, True, False, True) | {"error": "context too long"}]):
        written(tmp_path / f"{place}.json", each)
    table = read("agentdojo", tmp_path)
    assert row(table, "plain", "direct").tested == 4
    assert "1 runs that ended in an error" in " ".join(row(table, "plain", "direct").warnings)


def test_pipelines_with_other_cases_are_refused_with_their_number(tmp_path: Path) -> None:
    runs = [*RUNS, *(each | {"pipeline_name": "filter"} for each in RUNS[:4])]
    for place, each in enumerate(runs):
        written(tmp_path / f"{place}.json", each)
    with pytest.raises(MeasurementError, match="'filter' lacks 2 of the 4 attacked cases"):
        read("agentdojo", tmp_path)


# agent security sandbox


def results(*verdicts: str) -> dict[str, Any]:
    names = ("attack_exfil_001", "attack_exfil_002", "attack_dos_001", "benign_001", "benign_002")
    return {
        "defense_name": "X",
        "results": [
            {"case_id": name, "verdict": verdict} for name, verdict in zip(names, verdicts, strict=False)
        ],
    }


BLOCKED = ("attack_blocked", "attack_succeeded", "attack_blocked", "benign_completed", "benign_blocked")


def test_the_sandbox_gives_a_row_for_each_kind_of_attack_on_the_common_cases(tmp_path: Path) -> None:
    written(tmp_path / "gpt-4o_D0_run1.json", results(*BLOCKED))
    written(tmp_path / "gpt-4o_D1_run1.json", results(*BLOCKED[:4]))
    table = read("agent_sandbox", tmp_path)
    assert (row(table, "D0", "exfil").correct, row(table, "D0", "exfil").tested) == (1, 2)
    assert row(table, "D0", "none", "clean").tested == 1
    assert row(table, "D0", "dos").seed == 1
    assert row(table, "D0", "dos").warnings == ("1 cases that other files lack are left out",)


def test_an_unknown_verdict_or_name_of_a_file_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "a" / "gpt-4o_D0_run1.json", results("attack_partly"))
    with pytest.raises(MeasurementError, match="the verdict 'attack_partly' is unknown; known are attack_b"):
        read("agent_sandbox", tmp_path / "a")
    written(tmp_path / "b" / "summary.json", results(*BLOCKED))
    with pytest.raises(MeasurementError, match="MODEL_DEFENCE_runN"):
        read("agent_sandbox", tmp_path / "b")


# RAID


def board(**changed: Any) -> dict[str, Any]:
    whole = {"domain": "all", "model": "all", "decoding": "all", "repetition_penalty": "all"}
    scores = [
        whole | {"attack": "none", "accuracy": {"0.05": {"tp": 90, "fn": 10}, "0.01": {"tp": 60, "fn": 40}}},
        whole | {"attack": "zero_width_space", "accuracy": {"0.05": {"tp": 30, "fn": 70}}},
        whole | {"attack": "all", "accuracy": {"0.05": {"tp": 120, "fn": 80}}},
        whole | {"domain": "news", "attack": "none", "accuracy": {"0.05": {"tp": 1, "fn": 99}}},
    ]
    return {"detector_name": "Finder", "scores": scores} | changed


def test_a_detector_is_one_defence_for_each_false_positive_rate(tmp_path: Path) -> None:
    written(tmp_path / "_index.json", [])
    written(tmp_path / "finder.json", board())
    table = read("raid", tmp_path)
    assert table.defences == ("Finder (5 % FPR)", "Finder (1 % FPR)")
    assert row(table, "Finder (5 % FPR)", "none", "clean").accuracy == pytest.approx(0.95)
    assert row(table, "Finder (5 % FPR)", "none", "clean").correct is None
    assert row(table, "Finder (1 % FPR)", "no modification").correct == 60
    assert row(table, "Finder (5 % FPR)", "zero width space").correct == 30
    assert not [each for each in table if "exceeds the clean" in " ".join(each.warnings)]


def test_a_board_without_counts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="detector_name' is missing"):
        read("raid", written(tmp_path / "a.json", {"scores": []}))
    with pytest.raises(MeasurementError, match="not readable JSON"):
        read("raid", written(tmp_path / "b.json", "{"))
    bad = board()
    bad["scores"][0]["accuracy"]["0.05"]["tp"] = "many"
    with pytest.raises(MeasurementError, match="tp is 'many'; expected int"):
        read("raid", written(tmp_path / "c.json", bad))


# BackdoorBench

HEADER = ",dataset,backbone,attack_name,defense_name,ratio,test_acc,test_asr,test_ra\n"


def test_a_success_rate_becomes_an_accuracy_and_each_poisoned_share_a_data_set(tmp_path: Path) -> None:
    lines = "0,cifar10,net,badnet,fp,0.1,0.9,0.25,0.7\n1,cifar10,net,sig,fp,0.1,0.8,0.5,0.6\n"
    lines += "2,cifar10,net,sig,ft,0.1,,,\n3,cifar10,net,sig,nc,0.1,0.9,-1,-1\n"
    table = read("backdoorbench", written(tmp_path / "results.csv", HEADER + lines))
    assert table.datasets == ("cifar10, 10 % poisoned",)
    assert table.defences == ("fp",)
    assert row(table, "fp", "none", "clean").accuracy == pytest.approx(0.85)
    assert row(table, "fp", "badnet").accuracy == 0.75
    assert row(table, "fp", "badnet", "utility_under_attack").accuracy == 0.7
    # success .5 and right .6 cannot both hold
    assert "exceeds the 0.5" in " ".join(row(table, "fp", "sig", "utility_under_attack").warnings)


def test_a_rate_in_percent_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "results.csv", HEADER + "0,cifar10,net,badnet,fp,0.1,90,25,70\n")
    with pytest.raises(MeasurementError, match=r"column test_acc: '90' is not a rate"):
        read("backdoorbench", path)


# JailbreakBench


def artifact(**changed: Any) -> dict[str, Any]:
    about = {"method": "PAIR", "model": "llama", "attack_type": "black_box", "defense": None}
    items = [
        {"index": place, "prompt": "…" if hit else None, "jailbroken": hit}
        for place, hit in enumerate((True, False, True, False))
    ]
    return {"parameters": about | {"total_number_of_jailbreaks": 2} | changed, "jailbreaks": items}


def test_verdicts_of_an_artifact_are_counted_and_surprises_noted(tmp_path: Path) -> None:
    written(tmp_path / "PAIR" / "llama.json", artifact())
    written(tmp_path / "PAIR" / "smooth.json", artifact(defense="SmoothLLM", total_number_of_jailbreaks=3))
    table = read("jailbreakbench", tmp_path)
    first = row(table, "llama", "PAIR")
    assert (first.correct, first.tested, first.adaptivity) == (2, 4, "adaptive")
    assert "no prompt was submitted for 2 of 4" in first.warnings[0]
    assert "states 3 jailbreaks, its verdicts are 2" in row(table, "llama with SmoothLLM", "PAIR").warnings[1]


def test_an_unknown_access_or_verdict_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="attack_type 'telepathy' is unknown"):
        read("jailbreakbench", written(tmp_path / "a.json", artifact(attack_type="telepathy")))
    bad = artifact()
    bad["jailbreaks"][0]["jailbroken"] = "yes"
    with pytest.raises(MeasurementError, match="jailbroken is 'yes'; expected bool"):
        read("jailbreakbench", written(tmp_path / "b.json", bad))


# TabularBench

TABLE = """# Board
|   | dataset | architecture | training | augmentation | ID | ADV+CTR | ADV | precision | recall | accuracy |
|--:|:--------|:-------------|:---------|:-------------|---:|--------:|----:|----------:|-------:|---------:|
| 0 | CTU | STG | standard | None | 0.95 | 0.2 | 0.94 | 0.9 | 0.95 | 0.99 |
| 1 | CTU | STG | adversarial | ctgan | 1 | 1 | 1 | 0.007 | 1 | 0.0074 |
| 2 | CTU | STG | standard | goggle | 0.9 | 0.3 | 0.8 | nan | nan | nan |
"""


def test_accuracy_on_the_attacked_class_is_not_clean_accuracy_and_collapsed_models_are_marked(
    tmp_path: Path,
) -> None:
    table = read("tabularbench", written(tmp_path / "board.md", TABLE))
    assert row(table, "standard training", "none", "clean").accuracy == 0.99
    assert row(table, "standard training", "no modification").accuracy == 0.95
    assert row(table, "standard training", "constraints kept").accuracy == 0.2
    collapsed = row(table, "adversarial training with ctgan", "no modification")
    assert "collapsed model: it calls nearly everything positive" in collapsed.warnings[0]
    assert not [each for each in table if "exceeds the clean" in " ".join(each.warnings)]
    assert not [
        each for each in table if (each.defence, each.metric) == ("standard training with goggle", "clean")
    ]


def test_a_table_of_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="no Markdown table"):
        read("tabularbench", written(tmp_path / "a.md", "nothing"))
    with pytest.raises(MeasurementError, match="'ADV\\+CTR' is missing"):
        read("tabularbench", written(tmp_path / "b.md", TABLE.replace("ADV+CTR", "ROBUST")))
    with pytest.raises(MeasurementError, match="has 10 cells, the header 11"):
        read("tabularbench", written(tmp_path / "c.md", TABLE.replace("| 0.94 | 0.9 |", "| 0.94 |")))


@pytest.mark.parametrize(
    "name", ["agentdojo", "agent_sandbox", "raid", "jailbreakbench", "tabularbench", "backdoorbench"]
)
def test_a_file_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="absent"):
        read(name, tmp_path / "absent")
