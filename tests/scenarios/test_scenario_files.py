"""A scenario file is read strictly, and written so that nothing is lost."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.errors import ScenarioError, UnknownName
from advgame.payoffs.terms import AttackCost, AttackReward, BenignTraffic, DefenceCost
from advgame.scenarios import AttackChoice, Scenario, Select, case, cases, read_scenario, write_scenario
from advgame.scenarios.scenario_files import toml_of

WHOLE = """
name = "Faces"
data = "rows.csv"
largest_share = 0.3
"""
ROWS = """dataset,network,defence,attack,norm,radius,metric,accuracy
faces,net,plain,none,,,clean,0.95
faces,net,plain,pgd,Linf,8/255,robust,0.0
faces,net,hardened,none,,,clean,0.85
faces,net,hardened,pgd,Linf,8/255,robust,0.5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small table."""
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def scenario_in(folder: Path, text: str = WHOLE) -> Scenario:
    path = folder / "question.toml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path)


def same(one: Scenario, other: Scenario, *, but: tuple[str, ...] = ()) -> bool:
    names = [field.name for field in fields(Scenario) if field.name not in ("folder", *but)]
    return all(getattr(one, name) == getattr(other, name) for name in names)


def test_three_keys_are_a_whole_scenario_and_the_rest_has_defaults(folder: Path) -> None:
    scenario = scenario_in(folder)
    assert (scenario.success, scenario.announced, scenario.volume_per_month) == ("every error", False, None)
    assert scenario.term("benign_traffic") == BenignTraffic(1.0, 0.0)
    assert scenario.term("attack_reward") == AttackReward(1.0, 0.0)
    assert scenario.selected == scenario.measurements


@pytest.mark.parametrize("name", [each.name for each in cases()])
def test_a_case_written_and_read_is_the_same_scenario(name: str, tmp_path: Path) -> None:
    scenario = case(name)
    again = read_scenario(write_scenario(scenario, tmp_path / "copy.toml"))
    assert same(scenario, again)


def test_one_changed_field_is_all_that_changes(tmp_path: Path) -> None:
    scenario = case("cifar10-many-attacks")
    changed = replace(scenario, largest_share=0.123)
    again = read_scenario(write_scenario(changed, tmp_path / "copy.toml"))
    assert again.largest_share == 0.123
    assert same(scenario, again, but=("largest_share",))


money = st.floats(0, 1e9)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
amounts = money | st.dictionaries(texts.filter(bool), money, min_size=1, max_size=3)


@settings(max_examples=80, deadline=None)
@given(
    share=st.floats(0, 1),
    volume=st.none() | st.floats(1e-3, 1e12),
    name=texts.filter(str.strip),
    gain=money,
    cost=amounts,
    defence_cost=st.floats(-1e9, 1e9),
    caps=st.dictionaries(texts, st.floats(0, 1), max_size=2),
    basis=st.dictionaries(texts, texts, max_size=2),
    choice=st.builds(
        AttackChoice,
        texts.filter(bool),
        st.none() | texts.filter(bool),
        st.none() | st.floats(0, 100),
        st.none() | texts.filter(bool),
    ),
)
def test_any_scenario_written_and_read_is_the_same_scenario(
    tmp_path_factory: pytest.TempPathFactory,
    share: float,
    volume: float | None,
    name: str,
    gain: float,
    cost: float | dict[str, float],
    defence_cost: float,
    caps: dict[str, float],
    basis: dict[str, str],
    choice: AttackChoice,
) -> None:
    scenario = replace(
        case("cifar10-two-defences"),
        name=name,
        question=name,
        largest_share=share,
        volume_per_month=volume,
        attacker_knows="mixture" if share > 0.5 else None,
        select=Select(attacks=(choice,)),
        adversarial_share=caps,
        basis=basis,
        what_if={"clean_accuracy[Standard]": share},
        terms=(BenignTraffic(gain), AttackCost(cost), DefenceCost(defence_cost)),
    )
    again = read_scenario(write_scenario(scenario, tmp_path_factory.mktemp("scenario") / "copy.toml"))
    assert same(scenario, again, but=("terms",))
    for term in scenario.terms:
        assert again.term(term.name) == term


def test_a_scenario_written_elsewhere_still_finds_its_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = scenario_in(folder)
    elsewhere = folder / "deep" / "er"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    again = read_scenario(write_scenario(scenario, elsewhere / "copy.toml"))
    assert again.data == "../../rows.csv"
    assert again.measurements == scenario.measurements
    back = read_scenario(write_scenario(again, folder / "back.toml"))
    assert back.data == "rows.csv"


def test_a_bundled_table_keeps_its_name_wherever_the_scenario_is_written(tmp_path: Path) -> None:
    path = write_scenario(case("cifar10-two-defences"), tmp_path / "copy.toml")
    assert 'data = "published/cifar10-two-defences.csv"' in path.read_text(encoding="utf-8")


def test_toml_text_names_the_data_as_it_was_given(folder: Path) -> None:
    assert 'data = "rows.csv"' in toml_of(scenario_in(folder))


def test_a_changed_table_is_read_again(folder: Path) -> None:
    import os

    assert len(scenario_in(folder).measurements) == 4
    (folder / "rows.csv").write_text("\n".join(ROWS.splitlines()[:3]) + "\n", encoding="utf-8")
    os.utime(folder / "rows.csv", ns=(1, 1))
    assert len(scenario_in(folder).measurements) == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (WHOLE + "larges_share = 1\n", ["question.toml", "'larges_share'", "did you mean 'largest_share'"]),
        (WHOLE + "[select]\ndefense = ['plain']\n", ["'select.defense'", "did you mean 'defences'"]),
        (WHOLE + "[select]\nattacks = [{ attack = 'pgd', nrom = 'L2' }]\n", ["nrom'", "did you mean 'norm'"]),
        (WHOLE + "[terms.benign_trafic]\n", ["'benign_trafic'", "did you mean 'benign_traffic'"]),
        (WHOLE + "[terms.attack_cost]\nattack_cots = 1\n", ["attack_cots", "did you mean 'attack_cost'"]),
        (WHOLE.replace("0.3", '"much"'), ["largest_share", "'much'", "number"]),
        (WHOLE.replace("0.3", "nan"), ["largest_share", "nan", "finite"]),
        (WHOLE.replace("0.3", "inf"), ["largest_share", "inf", "finite"]),
        (WHOLE.replace("0.3", "30"), ["largest_share", "30", "0..1"]),
        (WHOLE.replace("largest_share = 0.3", ""), ["'largest_share'", "missing"]),
        (WHOLE + "announced = 1\n", ["announced", "1", "boolean"]),
        (WHOLE + "volume_per_month = 0\n", ["volume_per_month", "0", "positive"]),
        (WHOLE + "volume_per_month = -inf\n", ["volume_per_month", "finite"]),
        (WHOLE + "name = 'again'\n", ["question.toml", "not valid TOML"]),
        (WHOLE.replace('"Faces"', '" "'), ["no name"]),
        (WHOLE.replace("rows.csv", "row.csv"), ["'row.csv'", "Bundled: published/"]),
        (WHOLE.replace("rows.csv", "r" * 5000), ["data is 'rrr", "Bundled: published/"]),
        (WHOLE + "[terms.attack_reward]\nattack_reward = -1\n", ["attack_reward", "-1", "at least 0"]),
        (WHOLE + "[terms.attack_reward]\nattack_reward = nan\n", ["attack_reward", "nan", "finite"]),
        (
            WHOLE + "[terms.attack_reward]\nattack_reward = {pgd = 1}\n",
            ["attack_reward", "a single amount"],
        ),
        (
            WHOLE + "[terms.attack_cost.attack_cost]\npgd-0.5 = 1\n",
            ["attack_cost.pgd-0 is", "stands in quotes"],
        ),
        (WHOLE + "[adversarial_share]\npgd = 'half'\n", ["adversarial_share", "'half'", "number"]),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_key_value_and_remedy(
    folder: Path, text: str, named: list[str]
) -> None:
    with pytest.raises(ScenarioError) as mistake:
        scenario_in(folder, text)
    assert all(part in str(mistake.value) for part in named), str(mistake.value)


def test_an_unknown_success_rule_is_answered_with_the_nearest(folder: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'caused errors'"):
        scenario_in(folder, 'success = "caused error"' + WHOLE)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no scenario file"):
        read_scenario(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes("name = 'Gesch\xe4ft'".encode("latin-1"))
    with pytest.raises(ScenarioError, match="UTF-8"):
        read_scenario(tmp_path / "latin.toml")


@pytest.mark.parametrize("name", ["mine.csv", "mine.PARQUET"])
def test_a_table_given_as_a_scenario_is_called_a_table(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("defence,attack,accuracy\n")
    with pytest.raises(ScenarioError, match=rf'{name} is a table, not a scenario.*data = "{name}"'):
        read_scenario(tmp_path / name)
