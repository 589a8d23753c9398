import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from streamlit import config as streamlit_config
from typer.main import get_command
from typer.testing import CliRunner

import advgame as ag
from advgame.cli import app, main, progress
from advgame.cli.dashboard import _server_flags
from advgame.scenarios import cases

CASE = "cifar10-two-defences"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of the command as a shell sees it."""
    monkeypatch.setattr(sys, "argv", ["advgame", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_solve_prints_the_decision_first(monkeypatch, capsys) -> None:
    assert run(monkeypatch, "solve", CASE) == 0
    first = next(line for line in capsys.readouterr().out.splitlines() if line.strip())
    assert "Announce the defence: adversarially trained network for 86 %" in first


def test_solve_writes_the_report_in_the_format_of_the_name(monkeypatch, capsys, tmp_path: Path) -> None:
    assert run(monkeypatch, "solve", CASE, "-o", str(tmp_path / "decision.json")) == 0
    told = json.loads((tmp_path / "decision.json").read_text())
    assert told["schema"] == "advgame-report/1"
    assert "Announce the defence: adversarially trained network" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["decision.json"]


def test_studies_are_added_to_the_report_before_its_inputs(monkeypatch, capsys) -> None:
    assert run(monkeypatch, "solve", CASE, "--section", "portfolio", "--section", "sweet-spots") == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "2 of 2 defences, undefended network + adversarially trained network, suffice" in printed
    assert "The study sweet_spots does not apply here." in printed
    order = [printed.index(text) for text in ("THE EQUILIBRIUM", "suffice", "sweet_spots", "PAYOFFS")]
    assert order == sorted(order)


def test_a_long_study_reports_its_progress_on_standard_error(monkeypatch, capsys) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_PERCENTAGES", 0.0)
    assert run(monkeypatch, "study", "dynamics", CASE, "--with", "rounds=20") == 0
    printed = capsys.readouterr()
    lines = [line for line in printed.err.splitlines() if line.startswith("Study dynamics: ")]
    assert lines == [f"Study dynamics: {part} %" for part in range(10, 101, 10)]
    assert "Study dynamics" not in printed.out


def test_parameters_can_be_set_and_presets_applied(monkeypatch, capsys) -> None:
    assert run(monkeypatch, "solve", CASE, "--set", "largest_share=0.08") == 0
    assert "Deploy undefended network" in capsys.readouterr().out
    assert (
        run(monkeypatch, "solve", CASE, "--set", "largest_share=0.15", "--set", "attacker_knows=mixture") == 0
    )
    assert "Deploy adversarially trained network" in capsys.readouterr().out
    assert run(monkeypatch, "solve", CASE, "--preset", "spam") == 0


def test_sweep_writes_a_row_for_each_cell(monkeypatch, capsys, tmp_path: Path) -> None:
    target = tmp_path / "sweep.parquet"
    arguments = (
        "sweep",
        CASE,
        "--vary",
        "attack_cost=0:1:5",
        "--vary",
        "largest_share=0.1,0.3",
        "-o",
        str(target),
    )
    assert run(monkeypatch, *arguments) == 0
    frame = pd.read_parquet(target)
    assert frame["attack_cost"].tolist() == [0.0, 0.0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.0, 1.0]
    assert "10 cells" in capsys.readouterr().out


def test_sweep_without_a_file_prints_csv(monkeypatch, capsys) -> None:
    assert run(monkeypatch, "sweep", CASE, "--vary", "largest_share=0.1,0.3") == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.startswith("largest_share,regime,")
    assert len(rows) == 2


def test_import_makes_a_table_a_scenario_can_name(monkeypatch, capsys, tmp_path: Path) -> None:
    source = tmp_path / "theirs.csv"
    source.write_text(
        "dataset,network,defence,attack,metric,accuracy\n"
        "mine,net,plain,none,clean,95\nmine,net,plain,pgd,robust,10\n"
        "mine,net,trained,none,clean,90\nmine,net,trained,pgd,robust,60\n"
    )
    assert run(monkeypatch, "import", "csv", str(source), "-o", str(tmp_path / "rows.csv")) == 2
    assert "percent" in capsys.readouterr().err
    assert run(monkeypatch, "import", "csv", str(source), "--percent", "-o", str(tmp_path / "rows.csv")) == 0
    scenario = tmp_path / "mine.toml"
    scenario.write_text('name = "Mine"\ndata = "rows.csv"\nlargest_share = 0.5\n')
    assert run(monkeypatch, "solve", str(scenario)) == 0
    assert "Deploy trained" in capsys.readouterr().out  # break-even share .05 / .55 is below .5


def test_cases_lists_every_bundled_case_by_the_origin_of_its_figures_and_every_preset(
    monkeypatch, capsys
) -> None:
    assert run(monkeypatch, "cases") == 0
    published, measured, prices = capsys.readouterr().out.split("\n\n")
    assert published.startswith("Cases on published figures:")
    assert measured.startswith("Cases on figures that advgame measured:")
    for case in cases():
        folder = ag.case(case.name).data.partition("/")[0]
        assert folder in ("published", "measured")
        assert (f"  {case.name} " in measured) == (folder == "measured")
        assert (f"  {case.name} " in published) == (folder == "published")
    assert "face-verification" in prices


def test_the_version_is_printed(monkeypatch, capsys) -> None:
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"advgame {ag.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["solve", "cifar10-two-defenses"], "did you mean 'cifar10-two-defences'"),
        (["solve", "missing.toml"], "There is no scenario file missing.toml"),
        (["solve", CASE, "--set", "attack_cots=1"], "did you mean 'attack_cost'"),
        (["solve", CASE, "--set", "attack_cost"], "is not of the form NAME=VALUE"),
        (["solve", CASE, "--set", "attack_cost=much"], "expected a finite number"),
        (["solve", CASE, "--set", "largest_share=nan"], "expected a finite number"),
        (["solve", CASE, "--set", "largest_share=30%"], "write 0.3 for 30%"),
        (["sweep", CASE, "--vary", "largest_share=10%,0.3"], "write 0.1 for 10%"),
        (["sweep", CASE, "--vary", "largest_share=0:50 %:3"], "write 0.5 for 50 %"),
        (["findings", "--only", "importanc"], "did you mean 'importance'"),
        (["findings", "-o", "nowhere/findings.md", "--only", "importance"], "create it first"),
        (["solve", CASE, "--concept", "nahs"], "did you mean 'nash'"),
        (["solve", CASE, "--section", "portfolo"], "did you mean 'portfolio'"),
        (["solve", CASE, "--format", "htm"], "did you mean 'html'"),
        (["solve", CASE, "--preset", "spam2"], "did you mean 'spam'"),
        (["sweep", CASE, "--vary", "attack_cost=0:1"], "is not a range"),
        (["sweep", CASE, "--vary", "attack_cost=0:1:0"], "is not a range"),
        (["sweep", CASE, "--vary", "attack_cost=0:inf:3"], "is not a range"),
        (["sweep", CASE, "--vary", "attack_cost=1,2", "--vary", "attack_cost=3"], "names attack_cost twice"),
        (["solve", CASE, "--set", "attack_reward=1e308"], "at most 1e+100"),
        (["solve", "n" * 5000], "No bundled case"),
        (["sweep", CASE, "--vary", "attack_cost=0:1:3", "-o", "x.xls"], "written as .csv or .parquet"),
        (["import", "robustbnch", "."], "did you mean 'robustbench'"),
        (["app", "cifar10-two-defenses"], "did you mean 'cifar10-two-defences'"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_code_2(
    monkeypatch, capsys, arguments: list[str], answer: str
) -> None:
    assert run(monkeypatch, *arguments) == 2
    told = capsys.readouterr()
    assert answer in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert not told.out


def test_a_file_that_cannot_be_written_leaves_nothing_behind(monkeypatch, capsys, tmp_path: Path) -> None:
    assert run(monkeypatch, "solve", CASE, "-o", str(tmp_path / "missing" / "decision.html")) == 2
    assert "create it first" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("open_browser", [True, False])
def test_the_dashboard_starts_without_notices_of_its_framework_and_on_this_machine_only(
    open_browser: bool,
) -> None:
    flags = _server_flags(8501, open_browser)
    known = streamlit_config.get_config_options(force_reparse=True)
    assert set(flags) <= set(known)  # a flag that is renamed would be refused at the start
    assert flags["logger.hideWelcomeMessage"] == "true"
    assert flags["server.address"] == "127.0.0.1"
    assert flags["browser.gatherUsageStats"] == "false"


@pytest.mark.parametrize("command", sorted(get_command(app).commands))
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    told = CliRunner().invoke(app, [command, "--help"])
    assert told.exit_code == 0
    assert f"advgame {command}" in " ".join(told.output.split())


def test_importing_advgame_loads_nothing_heavy() -> None:
    code = "import sys, advgame; print([m for m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("torch", "streamlit", "nashpy", "pandas", "scipy", "plotly", "pydantic", "numba"):
        assert f"'{heavy}'" not in loaded


def test_solve_loads_no_library_and_no_study_that_its_report_does_not_need(tmp_path: Path) -> None:
    code = (
        "import sys; from advgame.cli import app\n"
        f"app(['solve', 'cifar10-two-defences', '-o', {str(tmp_path / 'x.html')!r}], standalone_mode=False)\n"
        "print(*sys.modules, sep='\\n')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    needless = {
        "advgame.jobs",
        "advgame.lab",
        "advgame.studies.portfolio",
        "advgame.studies.study_catalogue",
        "pandas",
        "pyarrow",
        "rich",
        "scipy",
        "streamlit",
        "torch",
    }
    assert needless & set(run.stdout.splitlines()) == set()


def test_every_public_name_can_be_imported() -> None:
    import advgame

    for name in advgame.__all__:
        assert getattr(advgame, name) is not None
    assert set(advgame.__all__) <= set(dir(advgame))
    with pytest.raises(AttributeError, match="no attribute 'sovle'"):
        advgame.sovle  # noqa: B018
